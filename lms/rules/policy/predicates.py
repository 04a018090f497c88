"""What is acted on, and the small questions that the policy asks of it and the actor."""

from collections.abc import Callable
from dataclasses import dataclass

from lms.rules.roles import Actor, Role
from lms.rules.visibility import RecordClass, Relation, may_read


@dataclass(frozen=True, slots=True)
class Subject:
    """What is acted on. `organisation_id` is its home; the person is whose record it is.

    `relations` are the asker's to that person; `named` are the people this very object names for
    the act (its marker, its supervisor). None of them count where the asker is the person.
    `members` are those whom a gathering is for.
    """

    organisation_id: int | None = None
    person_id: int | None = None
    relations: frozenset[Relation] = frozenset()
    named: frozenset[int] = frozenset()
    members: frozenset[int] = frozenset()


Predicate = Callable[[Actor, Subject], bool]


def anyone(actor: Actor, subject: Subject) -> bool:
    """Everybody who is signed in."""
    return True


def own(actor: Actor, subject: Subject) -> bool:
    """The person whose record it is."""
    return subject.person_id == actor.person_id


def trainee(actor: Actor, subject: Subject) -> bool:
    """Whoever is in training, in any programme."""
    return actor.is_trainee


def holds(role: Role) -> Predicate:
    """Return the question whether the actor holds a role in the house that the thing is of."""

    def predicate(actor: Actor, subject: Subject) -> bool:
        at_home = subject.organisation_id in (None, actor.organisation_id)
        return role in actor.roles and at_home

    return predicate


def stands_as(relation: Relation) -> Predicate:
    """Return the question whether the actor stands so to somebody else, the person."""

    def predicate(actor: Actor, subject: Subject) -> bool:
        return subject.person_id != actor.person_id and relation in subject.relations

    return predicate


def named(actor: Actor, subject: Subject) -> bool:
    """Whoever this very thing names for the act, never the person themselves."""
    return subject.person_id != actor.person_id and actor.person_id in subject.named


def opened_to(actor: Actor, subject: Subject) -> bool:
    """Say whether the person opened this very thing to the asker, who is still beside them."""
    return named(actor, subject) and may_read(
        RecordClass.DISCLOSURE, subject.relations, opened=True
    )


def invited(actor: Actor, subject: Subject) -> bool:
    """Whoever a gathering is for."""
    return actor.person_id in subject.members


def runs(actor: Actor, subject: Subject) -> bool:
    """A gathering's leader, or a trainer in its cohort, for as long as they are a trainer."""
    return Role.TRAINER in actor.roles and named(actor, subject)


def signed(actor: Actor, subject: Subject) -> bool:
    """The supervisor of the person, for what they have signed themselves."""
    return supervisor(actor, subject) and actor.person_id in subject.named


def said_it(actor: Actor, subject: Subject) -> bool:
    """Whoever said this very thing, while they are still beside the person."""
    return named(actor, subject) and (supervisor(actor, subject) or trainer(actor, subject))


coordinator = stands_as(Relation.COORDINATOR)
office = holds(Role.COORDINATOR)
trainer = stands_as(Relation.TRAINER)
supervisor = stands_as(Relation.SUPERVISOR)
host = stands_as(Relation.HOST_MANAGER)
