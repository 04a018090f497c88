"""What is said when a programme is read aloud: codes, the values beside them, and headings."""

from enum import StrEnum
from typing import Any, NamedTuple

from lms.rules.programmes.figures import Sort


class Amount(NamedTuple):
    """A figure as written, with its sort: "46 h", "to be set", 3."""

    sort: Sort
    text: Any


class Area(StrEnum):
    """What names are names of, so that a page knows where their titles are."""

    CONTENT = "content"
    ROLE = "role"
    LEDGER = "ledger"
    PLAIN = "plain"
    LABEL = "label"


class Names(NamedTuple):
    """Names to be read out as a list; `joined` is "and" or "or"."""

    area: Area
    ids: tuple[str, ...]
    joined: str = "and"


class Levels(NamedTuple):
    """Names, each with a number: competencies with levels, modules with credits."""

    pairs: tuple[tuple[str, int], ...]


class Moment(NamedTuple):
    """A day that a rule counts from or to.

    Shape: `base` is today, enrolled, date, fact, certificate, certificate-end or requirement;
           `about` what it is of; `moves` are (sign, stretch) in order.
    """

    base: str
    about: str = ""
    moves: tuple[tuple[str, str], ...] = ()


class Tell(StrEnum):
    """What a sentence says."""

    ALL = "all"
    ANY = "any"
    SOME = "some"
    IN_ORDER = "in-order"
    EARLIER_COUNTS = "earlier-counts"
    EARLIER_LOST = "earlier-lost"
    IF_EQUALS = "if-equals"
    IF_ONE_OF = "if-one-of"
    IF_NONE_OF = "if-none-of"
    IF_AT_LEAST = "if-at-least"
    IF_AT_MOST = "if-at-most"
    IF_ON_OR_AFTER = "if-on-or-after"
    IF_BEFORE = "if-before"
    IF_DRAWN = "if-drawn"
    IF_SO = "if-so"
    IF_NOT = "if-not"
    IF_NOT_NOTHING = "if-not-nothing"
    UNKNOWN_ASK = "unknown-ask"
    UNKNOWN_THEN = "unknown-then"
    UNKNOWN_OTHERWISE = "unknown-otherwise"
    MODULES = "modules"
    MODULES_SOME = "modules-some"
    MODULES_AMONG = "modules-among"
    CREDITS = "credits"
    CREDITS_EACH = "credits-each"
    SINCE_VERSION = "since-version"
    HOURS_OF = "hours-of"
    HOURS_MIN = "hours-min"
    HOURS_MAX = "hours-max"
    PART_MIN = "part-min"
    PART_ON_TOP = "part-on-top"
    PART_CAP = "part-cap"
    ENTRIES = "entries"
    DIFFERENT = "different"
    AMONG = "among"
    SHARE_MIN = "share-min"
    SHARE_MAX = "share-max"
    CADENCE = "cadence"
    TOLERATE = "tolerate"
    COUNTED_FROM = "counted-from"
    COUNTED_UNTIL = "counted-until"
    RATIO = "ratio"
    GAP_WORK = "gap-work"
    GAP_DAYS = "gap-days"
    SPAN_MIN = "span-min"
    SPAN_MAX = "span-max"
    SPAN_OF = "span-of"
    SPAN_BETWEEN = "span-between"
    DOCUMENTS = "documents"
    HOW_MANY = "how-many"
    OUTCOMES = "outcomes"
    OUTCOMES_USUAL = "outcomes-usual"
    MAX_AGE = "max-age"
    WRITER_BARRED = "writer-barred"
    KNOWN_FOR = "known-for"
    SIGNERS = "signers"
    SIGNER_CREDENTIALS = "signer-credentials"
    DIFFERENT_SIGNERS = "different-signers"
    REVIEWED_BY = "reviewed-by"
    ATTEST = "attest"
    ATTEST_BY = "attest-by"
    TYPES = "types"
    EACH = "each"
    SIGNATURE = "signature"
    VERSIONS = "versions"
    SCORE = "score"
    MARK = "mark"
    MARK_OF = "mark-of"
    WEIGHT = "weight"
    COMBINED = "combined"
    TRIES = "tries"
    TRIES_FREE = "tries-free"
    WAIT = "wait"
    ROLE_PLAYS = "role-plays"
    POINTS = "points"
    SCALE = "scale"
    FLOOR = "floor"
    FLOORS = "floors"
    COVER = "cover"
    SCENARIOS_DIFFER = "scenarios-differ"
    SCENARIOS_REPEAT = "scenarios-repeat"
    SCENARIOS = "scenarios"
    MARKERS = "markers"
    SAMPLE = "sample"
    SETTLE = "settle"
    RESOLVED_BY = "resolved-by"
    SETTLED_BY = "settled-by"
    DECISION = "decision"
    DECISION_BY = "decision-by"
    DECISION_OUTCOMES = "decision-outcomes"
    DUE = "due"
    CERTIFICATE = "certificate"
    STATES = "states"
    IN_DATE = "in-date"
    OUT_OF_DATE = "out-of-date"
    SUBSTITUTE = "substitute"
    RATE = "rate"
    REPLACED_AT_MOST = "replaced-at-most"
    OF_KINDS = "of-kinds"
    OF_DOMAINS = "of-domains"
    OF_TOPICS = "of-topics"
    OF_MODES = "of-modes"
    OF_MEDIA = "of-media"
    OF_PROVIDERS = "of-providers"
    OF_POPULATIONS = "of-populations"
    OF_FLAGS = "of-flags"
    PAID = "paid"
    UNPAID = "unpaid"
    CONFIRMED = "confirmed"
    UNCONFIRMED = "unconfirmed"
    ASSURANCE = "assurance"
    PROVIDER = "provider"
    PROVIDER_SINCE = "provider-since"
    PROVIDER_UNTIL = "provider-until"
    WITHOUT_KINDS = "without-kinds"
    WITHOUT_TOPICS = "without-topics"
    WITHOUT_FLAGS = "without-flags"
    PLAN = "plan"
    BARRED = "barred"
    SUPERVISOR_WAY = "supervisor-way"
    SUPERVISOR_HELD = "supervisor-held"
    SUPERVISOR_CREDENTIALS = "supervisor-credentials"
    SUPERVISOR_TRAINED = "supervisor-trained"
    SUPERVISOR_PRACTISED = "supervisor-practised"
    SUPERVISOR_UNTIL = "supervisor-until"
    EACH_AT_LEAST = "each-at-least"
    REPEATS_ONCE = "repeats-once"
    STEPS = "steps"
    LAST = "last"
    SINCE = "since"
    UNTIL = "until"
    LENGTH = "length"
    WAIVED_BY = "waived-by"
    WAIVED_UNTIL = "waived-until"
    WAIVED_ON = "waived-on"
    NEVER_WAIVED = "never-waived"
    REQUIRED = "required"
    RECOMMENDED = "recommended"
    # the whole
    SUMMARY = "summary"
    LANGUAGE = "language"
    ZONE = "zone"
    STAGE = "stage"
    WITHIN = "within"
    NO_LIMIT = "no-limit"
    VALID_MONTHS = "valid-months"
    VALID_ALWAYS = "valid-always"
    FROM_ISSUED = "from-issued"
    FROM_MONTH_START = "from-month-start"
    FROM_MONTH_END = "from-month-end"
    FROM_YEAR_END = "from-year-end"
    FROM_LATEST = "from-latest"
    FIXED_DAY = "fixed-day"
    FIXED_ODD = "fixed-odd"
    FIXED_EVEN = "fixed-even"
    NO_RENEWAL = "no-renewal"
    RENEWAL_OPENS = "renewal-opens"
    GRACE = "grace"
    LATE = "late"
    REINSTATE = "reinstate"
    TERMS = "terms"
    PROVISIONAL = "provisional"
    WHILE_HELD = "while-held"
    TIME_TO_ANSWER = "time-to-answer"
    ASK_WITHIN = "ask-within"
    ASK_ALWAYS = "ask-always"
    ANSWER_WITHIN = "answer-within"
    KEPT = "kept"
    KEPT_PAPERS = "kept-papers"
    PRINTED_TITLE = "printed-title"
    COVERS = "covers"
    NOT_QUALIFY = "not-qualify"
    PRINTS_CREDENTIAL = "prints-credential"
    PRINTS_TRAINING = "prints-training"
    BESIDE_TRAINING = "beside-training"
    BESIDE_LETTER = "beside-letter"
    ENDORSEMENT = "endorsement"
    RESTS_ON = "rests-on"
    CHOSEN_TITLE = "chosen-title"
    CHOSEN_ENDORSEMENT = "chosen-endorsement"
    CHOSEN_LINE = "chosen-line"
    OMITS = "omits"
    GATE_LESSONS = "gate-lessons"
    GATE_LESSONS_OFF = "gate-lessons-off"
    GATE_PACK = "gate-pack"
    GATE_PACK_OFF = "gate-pack-off"
    DEMO = "demo"
    EXAMPLE = "example"


class Say(NamedTuple):
    """A code and the values for the places of its template, as pairs in order."""

    code: Tell
    values: tuple[tuple[str, Any], ...] = ()


def say(code: Tell, **values: Any) -> Say:
    """Return a sentence with its values."""
    return Say(code, tuple(values.items()))


class Heading(StrEnum):
    """Under which heading sentences stand."""

    ASKS = "asks"
    COUNTS = "counts"
    AGAINST = "against"
    ALSO = "also"
    WHEN = "when"
    DECIDES = "decides"
    WEIGHT = "weight"
    WHOLE = "whole"
    TERM = "term"
    PRINTED = "printed"
    GATES = "gates"


class Group(NamedTuple):
    """Sentences under one heading; never empty."""

    heading: Heading
    says: tuple[Say, ...]
