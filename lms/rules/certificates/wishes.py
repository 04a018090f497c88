"""What a holder may ask about a certificate; it stays open until it is done or taken back."""

from enum import StrEnum

from lms.rules.certificates.editions import REPLACED_FROM
from lms.rules.certificates.lifecycle import CertificateState


class Wish(StrEnum):
    """A new document with the present name, the look-up switched over, or everything erased."""

    NEW_NAME = "new-name"
    LOOK_UP = "look-up"
    ERASURE = "erasure"


class WishOutcome(StrEnum):
    """How a wish ended; empty while it is open."""

    DONE = "done"
    TAKEN_BACK = "taken-back"


class WishRefusal(StrEnum):
    """Why a wish may not be made."""

    NOT_THE_HOLDER = "wish-not-the-holder"
    ASKED_ALREADY = "wish-asked-already"
    ERASED_ALREADY = "wish-erased-already"
    NOT_REPLACED = "wish-not-replaced"
    SAME_NAME = "wish-same-name"


def refusal_to_wish(
    wish: Wish, *, is_holder: bool, is_erased: bool, state: CertificateState, same_name: bool
) -> WishRefusal | None:
    """Return why a wish may not be made, or None if it may.

    Edge: a certificate that was given back or revoked may still be erased or hidden.
    """
    if not is_holder:
        return WishRefusal.NOT_THE_HOLDER
    if is_erased and wish is not Wish.LOOK_UP:
        return WishRefusal.ERASED_ALREADY
    if wish is not Wish.NEW_NAME:
        return None
    if state not in REPLACED_FROM:
        return WishRefusal.NOT_REPLACED
    return WishRefusal.SAME_NAME if same_name else None


class EraseRefusal(StrEnum):
    """Why a certificate may not be erased, or its look-up switched, by this person."""

    OWN_CERTIFICATE = "erase-own-certificate"
    NOT_ASKED = "erase-not-asked"
    ERASED_ALREADY = "erased-already"
    KEPT_STILL = "erase-kept-still"


def refusal_to_erase(
    *, asked: bool, is_erased: bool, is_kept: bool, actor_id: int, holder_id: int
) -> EraseRefusal | None:
    """Return why a certificate may not be erased, or None if it may.

    Edge: only at the holder's own wish, and by somebody else's hand: the holder asks, a coordinator
          makes sure that it was them, and does it. `is_kept` says that the programme keeps the
          papers behind it still: the wish then stays open until they may go.
    """
    if actor_id == holder_id:
        return EraseRefusal.OWN_CERTIFICATE
    if is_erased:
        return EraseRefusal.ERASED_ALREADY
    if is_kept:
        return EraseRefusal.KEPT_STILL
    return None if asked else EraseRefusal.NOT_ASKED
