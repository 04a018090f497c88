"""Who may read what: record class by relation, the very table of docs/visibility.md."""

from enum import StrEnum


class Relation(StrEnum):
    """What the asker is to the person whose record it is."""

    SELF = "self"
    TRAINER = "trainer"
    MARKER = "marker"
    SUPERVISOR = "supervisor"
    COORDINATOR = "coordinator"
    HOST_MANAGER = "host-manager"
    CLASSMATE = "classmate"
    EVALUATOR = "evaluator"
    ADMINISTRATOR = "administrator"
    PUBLIC = "public"


class RecordClass(StrEnum):
    """A kind of record, named as in docs/visibility.md."""

    CHOSEN_NAME = "chosen name"
    CONTACT_DETAILS = "contact details"
    CERTIFICATE_NAME = "certificate name"
    PRIVATE = "draft, private reflection, topics to be told about, route taken"
    DISCLOSURE = "shared reflection, disclosure"
    DISCLOSURE_LOG = "log of who read a disclosure"
    PROGRESS = "module progress, completions"
    ATTENDANCE = "attendance"
    GATHERING = "gathering one is invited to: plan, place, link"
    GATHERING_ANSWER = "answer to an invitation to a gathering"
    TRUST_AGREEMENT = "trust agreement of the cohort"
    TRUST_ACKNOWLEDGED = "trust agreement: who has acknowledged it"
    ANSWERS = "attempt: answers"
    SCORE = "attempt: score and outcome"
    FLAG = "flagged option (conversation to have)"
    PERFORMANCE = "performance: booking, scenario"
    MARKING = "own marking before both are in"
    RESULT = "result and feedback"
    HARM = "harm item, referral, remediation"
    STAFF_NOTE = "staff note on a booking or performance"
    DEBRIEF = "debrief: that it took place"
    DEBRIEF_TEXT = "debrief: text"
    HOURS_ENTRY = "hours entry (facts)"
    HOURS_TOTALS = "hours totals"
    SUPERVISION_NOTE_PRIVATE = "supervision note: private"
    SUPERVISION_NOTE_SHARED = "supervision note: shared"
    SUPERVISION_PLAN = "supervision plan"
    READINESS_OWN = "readiness: own view"
    READINESS_OTHERS = "readiness: others' observations"
    READINESS_DECISION = "readiness decision: outcome, reasons"
    SCREENING_NOTES = "screening notes"
    ADJUSTMENT = "adjustment (the need, never a reason)"
    EVIDENCE = "document, attestation, reference, waiver"
    QUALIFICATION = "qualification record of a trainer or supervisor"
    AGREEMENT = "agreement and signature"
    VERDICT_STATE = "verdict: state of each requirement"
    VERDICT_EVIDENCE = "verdict: numbers and evidence"
    PROGRAMME_MOVE = "move to another version of the programme, with its reason"
    CERTIFICATE = "certificate: claims and state"
    CERTIFICATE_REASON = "certificate: reason of an event, sealed facts"
    CERTIFICATE_MATTER = "certificate: what its holder asks for, conditions that lapsed"
    PROPOSAL = "certificate: proposal that waits, why it was sent back, run of issuing"
    COMPLAINT = "complaint, appeal"
    KEEP_APART = "keep-apart flag"
    SIGNINS = "sign-ins"
    AUDIT = "audit entries"


class Sight(StrEnum):
    """How much of a record a relation lets one see."""

    NO = "-"
    YES = "y"
    OPENED = "o"
    RELEASED = "r"
    AGGREGATE = "a"
    STATE = "s"
    PART = "part"


# Cells as printed in docs/visibility.md, in the order of Relation. Words mean a part of the record.
# fmt: off
_TABLE: dict[RecordClass, tuple[str, ...]] = {
    RecordClass.CHOSEN_NAME: ("y", "y", "y", "y", "y", "y", "y", "-", "y", "-"),
    RecordClass.CONTACT_DETAILS: ("y", "y", "-", "y", "y", "-", "o", "-", "account only", "-"),
    RecordClass.CERTIFICATE_NAME: ("y", "-", "-", "-", "y", "-", "-", "-", "-", "on certificate, unless hidden"),  # noqa: E501
    RecordClass.PRIVATE: ("y", "-", "-", "-", "-", "-", "-", "-", "-", "-"),
    RecordClass.DISCLOSURE: ("y", "o", "-", "o", "o", "-", "o", "-", "-", "-"),
    RecordClass.DISCLOSURE_LOG: ("y", "-", "-", "-", "-", "-", "-", "-", "-", "-"),
    RecordClass.PROGRESS: ("y", "y", "-", "y", "y", "y", "-", "a", "-", "-"),
    RecordClass.ATTENDANCE: ("y", "y", "-", "y", "y", "y", "-", "a", "-", "-"),
    RecordClass.GATHERING: ("y", "y", "-", "-", "y", "-", "where invited too", "-", "-", "-"),
    RecordClass.GATHERING_ANSWER: ("y", "s", "-", "-", "s", "-", "-", "-", "-", "-"),
    RecordClass.TRUST_AGREEMENT: ("y", "y", "-", "-", "y", "-", "y", "-", "-", "-"),
    RecordClass.TRUST_ACKNOWLEDGED: ("y", "y", "-", "-", "y", "-", "-", "-", "-", "-"),
    RecordClass.ANSWERS: ("y", "y", "its own items", "-", "-", "-", "-", "-", "-", "-"),
    RecordClass.SCORE: ("y", "y", "r", "o", "y", "s", "-", "a", "-", "-"),
    RecordClass.FLAG: ("-", "y", "-", "-", "y", "-", "-", "-", "-", "-"),
    RecordClass.PERFORMANCE: ("y", "y", "y", "-", "y", "-", "the other player", "-", "-", "-"),
    RecordClass.MARKING: ("-", "own", "own", "-", "-", "-", "-", "-", "-", "-"),
    RecordClass.RESULT: ("r", "r", "r", "o", "r", "s", "-", "a", "-", "-"),
    RecordClass.HARM: ("r, in plain words", "y", "own tick", "-", "y", "-", "-", "a", "-", "-"),
    RecordClass.STAFF_NOTE: ("-", "y", "own", "-", "y", "-", "-", "-", "-", "-"),
    RecordClass.DEBRIEF: ("y", "y", "-", "y", "y", "-", "-", "a", "-", "-"),
    RecordClass.DEBRIEF_TEXT: ("y", "-", "-", "o", "-", "-", "-", "-", "-", "-"),
    RecordClass.HOURS_ENTRY: ("y", "y", "-", "y", "y", "-", "-", "-", "-", "-"),
    RecordClass.HOURS_TOTALS: ("y", "y", "-", "y", "y", "y", "-", "a", "-", "-"),
    RecordClass.SUPERVISION_NOTE_PRIVATE: ("y", "-", "-", "-", "-", "-", "-", "-", "-", "-"),
    RecordClass.SUPERVISION_NOTE_SHARED: ("y", "-", "-", "y", "o", "-", "-", "-", "-", "-"),
    RecordClass.SUPERVISION_PLAN: ("y", "-", "-", "y", "y", "-", "-", "-", "-", "-"),
    RecordClass.READINESS_OWN: ("y", "y", "-", "o", "y", "-", "-", "-", "-", "-"),
    RecordClass.READINESS_OTHERS: ("r", "y", "-", "own", "y", "-", "-", "-", "-", "-"),
    RecordClass.READINESS_DECISION: ("y", "y", "-", "o", "y", "s", "-", "a", "-", "-"),
    RecordClass.SCREENING_NOTES: ("-", "-", "-", "-", "named screeners", "-", "-", "-", "-", "-"),
    RecordClass.ADJUSTMENT: ("y", "y", "the part that applies", "the part that applies", "y", "-", "-", "-", "-", "-"),  # noqa: E501
    RecordClass.EVIDENCE: ("y", "-", "-", "own", "y", "-", "-", "-", "-", "-"),
    RecordClass.QUALIFICATION: ("y", "-", "-", "-", "y", "-", "-", "-", "-", "-"),
    RecordClass.AGREEMENT: ("y", "y", "-", "y", "y", "y", "-", "-", "-", "-"),
    RecordClass.VERDICT_STATE: ("y", "y", "-", "y", "y", "s, whole only", "-", "a", "-", "-"),
    RecordClass.VERDICT_EVIDENCE: ("y", "as the rows above", "-", "as the rows above", "y", "-", "-", "-", "-", "-"),  # noqa: E501
    RecordClass.PROGRAMME_MOVE: ("y", "-", "-", "-", "y", "-", "-", "-", "-", "-"),
    RecordClass.CERTIFICATE: ("y", "y", "y", "y", "y", "y", "o", "a", "y", "claims not hidden, and state"),  # noqa: E501
    RecordClass.CERTIFICATE_REASON: ("own reasons", "-", "-", "-", "y", "-", "-", "-", "-", "-"),
    RecordClass.CERTIFICATE_MATTER: ("y", "-", "-", "-", "y", "-", "-", "-", "-", "-"),
    RecordClass.PROPOSAL: ("-", "-", "-", "-", "y", "-", "-", "-", "-", "-"),
    RecordClass.COMPLAINT: ("own", "-", "-", "-", "its named decider", "-", "-", "-", "-", "-"),
    RecordClass.KEEP_APART: ("own", "-", "-", "-", "y", "-", "-", "-", "-", "-"),
    RecordClass.SIGNINS: ("y", "-", "-", "-", "-", "-", "-", "-", "ends only", "-"),
    RecordClass.AUDIT: ("own acts and acts on own record", "-", "-", "-", "organisation's, without sealed text", "-", "-", "-", "installation's", "-"),  # noqa: E501
}
# fmt: on

_LETTERS = {sight.value: sight for sight in Sight}


def cell(record_class: RecordClass, relation: Relation) -> str:
    """Return the table's cell as it is printed, a dash for nothing."""
    return _TABLE[record_class][tuple(Relation).index(relation)]


def sight_of(record_class: RecordClass, relation: Relation) -> Sight:
    """Return what one relation lets one see; `r, in plain words` counts as released."""
    words = cell(record_class, relation)
    return _LETTERS.get(words.split(",", 1)[0], Sight.PART)


def sights_of(record_class: RecordClass, relations: frozenset[Relation]) -> frozenset[Sight]:
    """Return all that a person's relations together let them see.

    Edge: whoever is `self` holds no other relation to their own record.
    """
    if Relation.SELF in relations:
        relations = frozenset({Relation.SELF})
    return frozenset(sight_of(record_class, relation) for relation in relations) - {Sight.NO}


def may_read(
    record_class: RecordClass,
    relations: frozenset[Relation],
    *,
    released: bool = False,
    opened: bool = False,
) -> bool:
    """Say whether the record itself may be read (not only an aggregate, a state or a part).

    Edge: `released` opens cells marked r, `opened` those marked o.
    """
    sights = sights_of(record_class, relations)
    return (
        Sight.YES in sights
        or (released and Sight.RELEASED in sights)
        or (opened and Sight.OPENED in sights)
    )


def may_know_of(record_class: RecordClass, relations: frozenset[Relation]) -> bool:
    """Say whether the asker may know of such a record: if not, it is answered as absent."""
    return bool(sights_of(record_class, relations) - {Sight.AGGREGATE})
