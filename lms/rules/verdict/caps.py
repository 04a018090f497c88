"""Caps: how much of each entry counts, taken in order, and what hours come to under them."""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from lms.rules.verdict.hours import Picker, Piece, Refused, Sifted
from lms.rules.verdict.result import Bounds, Counted, NotCounted, Tally
from lms.rules.verdict.terms import Number, Reason, Unit

OVER_CAP = (Reason.OVER_CAP, None)


UNDER_NONE: frozenset[int] = frozenset()


class Cap(NamedTuple):
    """At most so many minutes of a kind of entry count."""

    picker: Picker
    limit: int


class Share(NamedTuple):
    """What of a piece counts, and what lies over a cap of `limit`."""

    piece: Piece
    minutes: int
    over: int
    limit: int | None


def allocate(pieces: Sequence[Piece], caps: Sequence[Cap]) -> list[Share]:
    """Return how much of each piece counts under the caps, taken in order.

    Edge: where two caps cross (some entries under both, some under either alone), entries under
          fewer caps are taken first, so that one more entry can never lower the total.
    """
    if not caps:
        return [Share(piece, piece.minutes, 0, None) for piece in pieces]
    if len(caps) == 1 and caps[0].picker.domains is None:
        return _under_one(pieces, caps[0])
    atoms = [
        (place, minutes, under)
        for place, piece in enumerate(pieces)
        for minutes, under in _atoms(piece, caps)
    ]
    if _caps_cross({under for _, _, under in atoms}, len(caps)):
        atoms.sort(key=lambda atom: len(atom[2]))
    rooms = [cap.limit for cap in caps]
    taken = [0] * len(pieces)
    limits: list[int | None] = [None] * len(pieces)
    for place, minutes, under in atoms:
        if not under:
            taken[place] += minutes
            continue
        take = min([minutes, *(rooms[cap] for cap in under)])
        taken[place] += take
        for cap in under:
            rooms[cap] -= take
        if take < minutes:
            limits[place] = caps[min(under, key=rooms.__getitem__)].limit
    return [
        Share(piece, minutes, piece.minutes - minutes, limit)
        for piece, minutes, limit in zip(pieces, taken, limits, strict=True)
    ]


def _under_one(pieces: Sequence[Piece], cap: Cap) -> list[Share]:
    """Return the same for the commonest case, one cap that means whole entries."""
    room = cap.limit
    shares = []
    for piece in pieces:
        is_under = cap.picker.holds(piece.entry)
        over = max(0, piece.minutes - room) if is_under else 0
        counted = piece.minutes - over
        room -= counted if is_under else 0
        shares.append(Share(piece, counted, over, cap.limit if over else None))
    return shares


def _atoms(piece: Piece, caps: Sequence[Cap]) -> list[tuple[int, frozenset[int]]]:
    """Return a piece cut so that each cut lies wholly inside or outside of each cap."""
    holding = [place for place, cap in enumerate(caps) if cap.picker.holds(piece.entry)]
    if not holding:
        return [(piece.minutes, UNDER_NONE)]
    if all(caps[place].picker.domains is None for place in holding):
        return [(piece.minutes, frozenset(holding))]
    atoms = []
    left = piece.minutes
    for name, own in [*sorted(piece.entry.domains.items()), ("", piece.minutes)]:
        inside = name == "" or piece.domains is None or name in piece.domains
        minutes = min(own, left) if inside else 0
        left -= minutes
        under = (p for p in holding if _is_under(caps[p].picker, name))
        atoms.append((minutes, frozenset(under)))
    return atoms


def _is_under(picker: Picker, domain: str) -> bool:
    return picker.domains is None or domain in picker.domains


def _caps_cross(patterns: set[frozenset[int]], caps: int) -> bool:
    if caps < 2:
        return False
    for one in range(caps):
        for other in range(one):
            meets = {(one in under, other in under) for under in patterns}
            if {(True, True), (True, False), (False, True)} <= meets:
                return True
    return False


class Total(NamedTuple):
    """Minutes counted, the evidence behind them, and what a confirmation would add."""

    have: int
    counted: tuple[Counted, ...]
    not_counted: tuple[NotCounted, ...]
    days: list[tuple[date, Number]]
    waiting: int

    def tally(self, need: Number | Bounds | None) -> Tally:
        """Return it against a need."""
        return Tally(self.have, need, Unit.MINUTES, self.counted, self.not_counted)


def total_of(sifted: Sifted, caps: Sequence[Cap]) -> Total:
    """Return what sifted entries come to under caps."""
    shares = allocate(sifted.kept, caps)
    have = sum(share.minutes for share in shares)
    lost = [*sifted.refused, *(over for share in shares for over in _over(share))]
    return Total(
        have,
        tuple(Counted(one.piece.entry.id, one.minutes) for one in shares if _is_shown(one)),
        tuple(one.shown() for one in lost),
        _days_of(shares, caps),
        _waiting(sifted, caps, have),
    )


def _days_of(shares: list[Share], caps: Sequence[Cap]) -> list[tuple[date, Number]]:
    """Return what each day added.

    Edge: where what counts in the end is not what had counted by then (entries over several days,
          caps that cross), it is what had been reached by each day: a later entry must never move
          the day on which a need was met.
    """
    if not any(share.over for share in shares) or not _may_differ(shares, caps):
        return [(share.piece.ends, share.minutes) for share in shares]
    found: list[tuple[date, Number]] = []
    before = 0
    for day in sorted({share.piece.ends for share in shares}):
        past = [share.piece for share in shares if share.piece.ends <= day]
        reached = sum(share.minutes for share in allocate(past, caps))
        found.append((day, reached - before))
        before = reached
    return found


def _may_differ(shares: list[Share], caps: Sequence[Cap]) -> bool:
    if any(share.piece.entry.until is not None for share in shares):
        return True
    if len(caps) < 2:
        return False
    atoms = (atom for share in shares for atom in _atoms(share.piece, caps))
    return _caps_cross({under for _, under in atoms}, len(caps))


def _is_shown(share: Share) -> bool:
    return share.minutes > 0 or share.over == 0


def _over(share: Share) -> list[Refused]:
    if share.over == 0:
        return []
    return [Refused(share.piece.entry, share.over, OVER_CAP, share.limit)]


def _waiting(sifted: Sifted, caps: Sequence[Cap], have: int) -> int:
    """Return the minutes that would be added if what is handed in were confirmed."""
    handed_in = [
        Piece(lost.entry, lost.minutes, None)
        for lost in sifted.refused
        if lost.why[0] is Reason.NOT_CONFIRMED and lost.entry.state == "submitted"
    ]
    if not caps or not handed_in:
        return sum(piece.minutes for piece in handed_in)
    return sum(share.minutes for share in allocate([*sifted.kept, *handed_in], caps)) - have
