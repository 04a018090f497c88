"""The verdict: met, not yet, needs a person or waived, with the numbers and the evidence."""

from lms.rules.verdict.build import Known
from lms.rules.verdict.compile import (
    CompiledProgramme,
    ProgrammeError,
    compile_programme,
    problems_in,
)
from lms.rules.verdict.judging import verdict
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
from lms.rules.verdict.summary import Summary, ToGo, describe, english_summary, summary_of
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
    "Known",
    "NotCounted",
    "Outlook",
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
    "problems_in",
    "summary_of",
    "verdict",
]
