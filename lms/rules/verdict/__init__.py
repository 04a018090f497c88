"""The verdict: met, not yet, needs a person or waived, with the numbers and the evidence."""

from lms.rules.verdict.build import Known
from lms.rules.verdict.compile import (
    CompiledProgramme,
    ProgrammeError,
    compile_programme,
    problems_in,
)
from lms.rules.verdict.giving import is_earned, rows_of
from lms.rules.verdict.holding import Hold, holds_of
from lms.rules.verdict.judging import unjudged, verdict
from lms.rules.verdict.past import Lapse, PastRefusal, lapsed_between, refusal_of_day
from lms.rules.verdict.renewing import renewal_verdict
from lms.rules.verdict.result import (
    Bounds,
    Caution,
    Counted,
    NotCounted,
    Outlook,
    Row,
    Tally,
    Verdict,
)
from lms.rules.verdict.summary import (
    Summary,
    ToGo,
    english_summary,
    leaves_of,
    shown_state,
    summary_of,
)
from lms.rules.verdict.telling import describe
from lms.rules.verdict.terms import CanStill, Detail, Reason, State, Unit, WaitingOn
from lms.rules.verdict.words import (
    REASONS,
    STEPS,
    WHO,
    Amount,
    Phrase,
    Step,
    StepCode,
    english,
    english_amount,
)

__all__ = [
    "REASONS",
    "STEPS",
    "WHO",
    "Amount",
    "Bounds",
    "CanStill",
    "Caution",
    "CompiledProgramme",
    "Counted",
    "Detail",
    "Hold",
    "Known",
    "Lapse",
    "NotCounted",
    "Outlook",
    "PastRefusal",
    "Phrase",
    "ProgrammeError",
    "Reason",
    "Row",
    "State",
    "Step",
    "StepCode",
    "Summary",
    "Tally",
    "ToGo",
    "Unit",
    "Verdict",
    "WaitingOn",
    "compile_programme",
    "describe",
    "english",
    "english_amount",
    "english_summary",
    "holds_of",
    "is_earned",
    "lapsed_between",
    "leaves_of",
    "problems_in",
    "refusal_of_day",
    "renewal_verdict",
    "rows_of",
    "shown_state",
    "summary_of",
    "unjudged",
    "verdict",
]
