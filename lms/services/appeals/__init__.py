"""Appeals: another look at an act, asked for, assigned, answered with reasons, applied anew."""

from lms.services.appeals.acts import Act, act_of, get_decision
from lms.services.appeals.asking import Standing, ask_again, standing_of, withdraw_appeal
from lms.services.appeals.deciding import (
    Answer,
    answer_appeal,
    assign_decider,
    list_fitting,
    may_take_again,
    named_in,
    whose_turn,
)
from lms.services.appeals.listing import (
    AppealRow,
    list_answered_by,
    list_for_office,
    list_own_appeals,
    list_to_answer,
    row_of,
    unassigned_in,
    waits_for,
)
from lms.services.appeals.texts import asker_of, get_appeal, read_part

__all__ = [
    "Act",
    "Answer",
    "AppealRow",
    "Standing",
    "act_of",
    "answer_appeal",
    "ask_again",
    "asker_of",
    "assign_decider",
    "get_appeal",
    "get_decision",
    "list_answered_by",
    "list_fitting",
    "list_for_office",
    "list_own_appeals",
    "list_to_answer",
    "may_take_again",
    "named_in",
    "read_part",
    "row_of",
    "standing_of",
    "unassigned_in",
    "waits_for",
    "whose_turn",
    "withdraw_appeal",
]
