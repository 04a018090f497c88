"""Who may issue a certificate, and when none is issued."""

from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from lms.rules.curriculum import Pack
from lms.rules.programmes import Programme, gates_of


class IssueRefusal(StrEnum):
    """Why a certificate may not be issued now, or not by this person."""

    VERDICT_NOT_MET = "verdict-not-met"
    ALREADY_ISSUED = "already-issued"
    SCOPE_MISSING = "scope-missing"
    PACK_OVERDUE = "pack-overdue"
    OWN_CERTIFICATE = "own-certificate"
    ONLY_MARKER = "only-marker"
    ONLY_CONFIRMER = "only-confirmer"
    PLACE_NOT_OPEN = "place-not-open"
    NAME_CHANGED = "name-changed"
    NAME_NOT_PRINTABLE = "name-not-printable"
    WORDS_DO_NOT_FIT = "words-do-not-fit"
    TRAINING_NOT_MET = "training-not-met"
    NOTHING_TO_STATE = "nothing-to-state"
    CHOICE_CHANGED = "choice-changed"
    SECOND_MISSING = "second-missing"
    SECOND_IS_FIRST = "second-is-first"


@dataclass(frozen=True, slots=True)
class IssueCase:
    """What the act of issuing is judged on.

    `markers` marked the released role-plays and `confirmers` confirmed the counted hours, each
    person once. `separation_waived` says that a small programme has recorded its reason. `scope` is
    the sentence the certificate prints about what it covers. `place_open` is false for a place that
    was not admitted, is paused or was given up. Of a document beside the certificate (`is_whole`
    false) `verdict_met` is about the part it rests on; `states_something` is false where it would
    say when and how long somebody took part, and nothing is on record. `second_asked` says that a
    second person approves each certificate here, `second_id` who has done so.
    """

    verdict_met: bool
    already_issued: bool
    scope: str
    pack_overdue: bool
    holder_id: int
    issuer_id: int
    markers: frozenset[int]
    confirmers: frozenset[int]
    separation_waived: bool = False
    place_open: bool = True
    is_whole: bool = True
    states_something: bool = True
    second_asked: bool = False
    second_id: int | None = None


def is_held_by_pack(programme: Programme, pack: Pack | None, on: date) -> bool:
    """Say whether a programme issues nothing on a day because the local pack is overdue.

    Edge: an organisation that has chosen no pack is not held.
    """
    if pack is None or gates_of(programme).overdue_pack == "off":
        return False
    return pack.is_overdue(on)


def refusal_to_issue(case: IssueCase) -> IssueRefusal | None:
    """Return why this certificate may not be issued by this person, or None if it may.

    Edge: a recorded waiver lifts the rule about sole markers and confirmers; nothing lifts the
          rule that nobody issues their own. What holds for the one who issues holds for the second
          person too, who is another; that nobody has approved yet is said last.
    """
    if case.holder_id in (case.issuer_id, case.second_id):
        return IssueRefusal.OWN_CERTIFICATE
    alone = refusal_of_second(
        second_asked=case.second_asked, first_id=case.issuer_id, second_id=case.second_id
    )
    if alone is IssueRefusal.SECOND_IS_FIRST:
        return alone
    return _refusal_of_the_case(case) or alone


def refusal_to_propose(case: IssueCase) -> IssueRefusal | None:
    """Return why this person may not propose the certificate to a second one, or None."""
    return refusal_to_issue(replace(case, second_asked=False))


def refusal_of_second(
    *, second_asked: bool, first_id: int, second_id: int | None
) -> IssueRefusal | None:
    """Return why somebody does not act without, or with, this second person; None if they may."""
    if second_id == first_id:
        return IssueRefusal.SECOND_IS_FIRST
    return IssueRefusal.SECOND_MISSING if second_asked and second_id is None else None


def _refusal_of_the_case(case: IssueCase) -> IssueRefusal | None:
    if case.already_issued:
        return IssueRefusal.ALREADY_ISSUED
    if not case.place_open:
        return IssueRefusal.PLACE_NOT_OPEN
    refusal = _refusal_by_content(case)
    if refusal or case.separation_waived:
        return refusal
    return _refusal_of_sole_judge(case)


def _refusal_by_content(case: IssueCase) -> IssueRefusal | None:
    if not case.verdict_met:
        return IssueRefusal.VERDICT_NOT_MET if case.is_whole else IssueRefusal.TRAINING_NOT_MET
    if not case.states_something:
        return IssueRefusal.NOTHING_TO_STATE
    if not case.scope.strip():
        return IssueRefusal.SCOPE_MISSING
    return IssueRefusal.PACK_OVERDUE if case.pack_overdue else None


def _refusal_of_sole_judge(case: IssueCase) -> IssueRefusal | None:
    for judge in (case.issuer_id, case.second_id):
        if case.markers == {judge}:
            return IssueRefusal.ONLY_MARKER
        if case.confirmers == {judge}:
            return IssueRefusal.ONLY_CONFIRMER
    return None
