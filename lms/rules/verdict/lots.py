"""Drawing by lot: so many of a hundred, the same ones whenever and wherever it is asked."""

from fractions import Fraction
from hashlib import sha256

_SIDES = 2**64


def is_drawn(lot: str, percent: Fraction) -> bool:
    """Return whether a lot is among so many of a hundred.

    Shape: `lot` is any text; nobody can tell before it is there whether it will be drawn, and
           anybody can check afterwards that it was.
    Edge:  0 draws none and 100 all; who is drawn at a share is drawn at every larger one.
    """
    number = int.from_bytes(sha256(lot.encode()).digest()[:8], "big")
    return 100 * number < percent * _SIDES
