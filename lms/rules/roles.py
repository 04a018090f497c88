"""Roles a person may hold, and what the asker of a request is."""

from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """A role held in an organisation or one of its cohorts."""

    TRAINER = "trainer"
    SUPERVISOR = "supervisor"
    COORDINATOR = "coordinator"
    AUTHOR = "author"
    HOST_MANAGER = "host-manager"
    EVALUATOR = "evaluator"
    ADMINISTRATOR = "administrator"


@dataclass(frozen=True, slots=True)
class Actor:
    """Who asks: a signed-in person with the roles held today, and whether in training."""

    person_id: int
    organisation_id: int
    roles: frozenset[Role] = frozenset()
    is_trainee: bool = False
