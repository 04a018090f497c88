"""A programme read aloud: each requirement as sentences that a newcomer understands.

What comes out are codes with values; a page turns them into words of the reader's language.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any

from lms.rules.programmes import nodes
from lms.rules.programmes.evidence import HoursPart
from lms.rules.programmes.figures import children_of
from lms.rules.programmes.programme import Programme
from lms.rules.programmes.telling.codes import Group, Heading, Say, Tell, say
from lms.rules.programmes.telling.head import tell_head
from lms.rules.programmes.telling.hours import against, also, counts, subset, when
from lms.rules.programmes.telling.kinds import ASKS, part_asks
from lms.rules.programmes.telling.values import Says, grouped, is_unset, plain, roles


@dataclass(frozen=True, slots=True)
class Told:
    """One requirement in sentences.

    Shape: `kind` is the requirement's, or `part` for a part of a sum; `groups` are in the order to
           be read; `is_unset` says that one of its own figures is still to be set.
    """

    id: str
    label: str
    noun: str
    kind: str
    severity: str
    help: str
    source: str
    checked_on: date | None
    effective_from: date | None
    groups: tuple[Group, ...]
    children: tuple["Told", ...] = ()
    is_unset: bool = False


@dataclass(frozen=True, slots=True)
class Reading:
    """A whole programme in sentences: the head, what it asks, and what renewing asks."""

    head: tuple[Group, ...]
    requirements: tuple[Told, ...]
    renewal: tuple[Told, ...]


def read_aloud(programme: Programme) -> Reading:
    """Return everything that a programme says, in sentences."""
    renewal = programme.renewal.requirements if programme.renewal else ()
    return Reading(
        tell_head(programme),
        tuple(tell(node) for node in programme.requirements),
        tuple(tell(node) for node in renewal),
    )


def tell(node: Any) -> Told:
    """Return one requirement, and those inside it, in sentences."""
    groups = grouped(
        {
            Heading.ASKS: ASKS[type(node)](node),
            Heading.COUNTS: counts(getattr(node, "hours", None)),
            Heading.AGAINST: against(node),
            Heading.ALSO: also(node),
            Heading.WHEN: when(node),
            Heading.DECIDES: _decides(node),
            Heading.WEIGHT: iter([_weight(node.severity)]),
        }
    )
    parts = tuple(_part(part) for part in getattr(node, "parts", ()) if isinstance(part, HoursPart))
    return Told(
        id=node.id,
        label=node.label,
        noun=node.noun,
        kind=node.kind,
        severity=node.severity,
        help=node.help,
        source=node.source,
        checked_on=node.checked_on,
        effective_from=node.effective_from,
        groups=groups,
        children=(*parts, *(tell(child) for _key, child in children_of(node))),
        is_unset=is_unset(groups),
    )


def _part(part: HoursPart) -> Told:
    groups = grouped(
        {
            Heading.ASKS: part_asks(part),
            Heading.COUNTS: subset(part.of),
            Heading.WEIGHT: iter([_weight(part.severity)]),
        }
    )
    return Told(
        id=part.id,
        label=part.label,
        noun=part.noun,
        kind="part",
        severity=part.severity,
        help="",
        source="",
        checked_on=None,
        effective_from=None,
        groups=groups,
        is_unset=is_unset(groups),
    )


def _weight(severity: str) -> Say:
    return say(Tell.REQUIRED if severity == "required" else Tell.RECOMMENDED)


def _decides(node: Any) -> Says:
    waivable = node.waivable
    if isinstance(node, nodes.DecisionBy):
        yield say(Tell.DECISION_BY, roles=roles(node.by))
    if isinstance(node, nodes.Attest):
        yield say(Tell.ATTEST_BY, roles=roles(node.by))
    if isinstance(node, nodes.Document):
        yield say(Tell.REVIEWED_BY, roles=roles(node.reviewed_by))
    if isinstance(node, nodes.RubricStandard):
        yield say(Tell.RESOLVED_BY, roles=roles(node.resolved_by))
        yield say(Tell.SETTLED_BY, roles=roles(node.settled_by))
    if waivable is None:
        yield say(Tell.NEVER_WAIVED)
        return
    yield say(Tell.WAIVED_BY, roles=roles(waivable.by))
    if waivable.until is not None:
        yield say(Tell.WAIVED_UNTIL, day=waivable.until)
    if waivable.evidence:
        yield say(Tell.WAIVED_ON, names=plain(*waivable.evidence))
