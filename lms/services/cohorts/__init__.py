"""Cohorts: opened under a programme version, filled with people, each with those beside them."""

from lms.services.cohorts.assigning import (
    Choice,
    assign_people,
    list_holders,
    people_beside,
)
from lms.services.cohorts.opening import (
    CohortRow,
    NewCohort,
    ProgrammeChoice,
    find_cohort,
    get_cohort,
    list_cohorts,
    list_programmes,
    make_cohort,
)
from lms.services.cohorts.pauses import Pause, last_pause
from lms.services.cohorts.places import (
    Candidate,
    KeptOut,
    PlaceRow,
    admit_people,
    count_invited,
    count_kept_out,
    list_kept_out,
    list_places,
    list_without_place,
    move_place,
    set_state,
)

__all__ = [
    "Candidate",
    "Choice",
    "CohortRow",
    "KeptOut",
    "NewCohort",
    "Pause",
    "PlaceRow",
    "ProgrammeChoice",
    "admit_people",
    "assign_people",
    "count_invited",
    "count_kept_out",
    "find_cohort",
    "get_cohort",
    "last_pause",
    "list_cohorts",
    "list_holders",
    "list_kept_out",
    "list_places",
    "list_programmes",
    "list_without_place",
    "make_cohort",
    "move_place",
    "people_beside",
    "set_state",
]
