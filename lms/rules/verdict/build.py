"""What every kind needs while it is made ready: rows, figures read, problems gathered."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import NamedTuple, TypeVar

from lms.rules.programmes.evidence import ANY_TIME, Hours, Window
from lms.rules.programmes.nodes import Node
from lms.rules.programmes.quantities import (
    Length,
    is_to_be_set,
    length_from,
    minutes_from,
    number_from,
    percent_from,
)
from lms.rules.record import Problem
from lms.rules.verdict.case import Judge, Place
from lms.rules.verdict.hours import Selector
from lms.rules.verdict.windows import AnchorDay, TimeFrame, anchor_from

Path = tuple[str | int, ...]
Figure = TypeVar("Figure")
Names = Mapping[str, frozenset[str]]
_ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


class Known(NamedTuple):
    """What a programme may name; None is not checked.

    Shape: `assessments` maps each to its parts (domains), `rubrics` each to its competencies,
           `lessons` each module to its lessons.
    """

    modules: frozenset[str] | None = None
    assessments: Names | None = None
    rubrics: Names | None = None
    scenarios: frozenset[str] | None = None
    agreements: frozenset[str] | None = None
    programmes: frozenset[str] | None = None
    lessons: Names | None = None


NOTHING_CHECKED = Known()


@dataclass(slots=True)
class Builder:
    """Gathers the rows, the problems and the figures still to be set of one programme."""

    programme: str
    known: Known
    is_demo: bool
    source: str
    make: Callable[["Builder", Node, Place, Path], Judge]
    is_renewal: bool = False
    places: list[Place] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    to_be_set: list[Path] = field(default_factory=list)
    stages: frozenset[str] = frozenset()
    before: dict[str, int] = field(default_factory=dict)
    sources: dict[str, str] = field(default_factory=dict)
    ids: set[str] = field(default_factory=set)

    def problem(self, path: Path, code: str, message: str) -> None:
        """Note something to mend."""
        self.problems.append(Problem(path, code, message))

    def node(self, node: Node, parent: Place, path: Path) -> Judge:
        """Return a requirement made ready, with its rows placed after its parent's."""
        place = self.row(node.id, parent, node.kind, path)
        place.label = node.label
        place.noun = node.noun or noun_from(node.label)
        place.severity = node.severity
        place.waivable = node.waivable
        self.sources[place.id] = node.source or self.sources.get(parent.id, self.source)
        if node.waivable is not None and not node.waivable.by:
            self.problem((*path, "waivable", "by"), "empty", "Say who may waive this.")
        judge = self.make(self, node, place, path)
        place.end = len(self.places)
        self.before[place.id] = place.index
        return judge

    def row(self, own_id: str, parent: Place | None, kind: str, path: Path) -> Place:
        """Return a new row; its id must be new too."""
        place = Place(own_id, parent.id if parent else None, kind, len(self.places))
        if own_id in self.ids or (own_id == "root" and parent is not None):
            self.problem((*path, "id"), "doubled", f"The id “{own_id}” is taken already.")
        if _ID.fullmatch(own_id.replace(".", "-")) is None:
            words = "Write an id in small letters, figures and single hyphens."
            self.problem((*path, "id"), "id", words)
        self.ids.add(own_id)
        self.places.append(place)
        if parent is not None:
            self.sources[own_id] = self.sources.get(parent.id, self.source)
        return place

    def children(self, nodes: Sequence[Node], place: Place, path: Path) -> tuple[Judge, ...]:
        """Return children made ready; there must be some."""
        if not nodes:
            self.problem((*path, "of"), "empty", "Name at least one requirement.")
        return tuple(
            self.node(child, place, (*path, "of", number)) for number, child in enumerate(nodes)
        )

    def minutes(self, place: Place, path: Path, text: str) -> int | None:
        """Return a duration's minutes; None where it is left out, to be set, or wrong."""
        return self._figure(place, path, text, minutes_from)

    def length(self, place: Place, path: Path, text: str) -> Length | None:
        """Return a stretch of the calendar; None where it is left out, to be set, or wrong."""
        return self._figure(place, path, text, length_from)

    def percent(self, place: Place, path: Path, value: int | str) -> Fraction | None:
        """Return a percentage; None where it is left out, to be set, or wrong."""
        return self._figure(place, path, value, percent_from)

    def number(
        self, place: Place, path: Path, value: int | str, *, sourced: bool = False
    ) -> int | None:
        """Return a whole number; None where it is left out, to be set, or wrong."""
        return self._figure(place, path, value, number_from, sourced=sourced)

    def _figure(
        self,
        place: Place,
        path: Path,
        value: int | str,
        read: Callable[..., Figure],
        *,
        sourced: bool = True,
    ) -> Figure | None:
        if value == "":
            return None
        if is_to_be_set(value):
            place.unset = True
            self.to_be_set.append(path)
            return None
        try:
            figure = read(value)
        except ValueError as wrong:
            self.problem(path, "figure", str(wrong))
            return None
        if sourced and not self.is_demo and not self.sources.get(place.id, self.source):
            words = "This figure has no source. Name one, or write “to be set”."
            self.problem(path, "no-source", words)
        return figure

    def anchor(self, path: Path, text: str) -> AnchorDay | None:
        """Return an anchor; None where it is left out or wrong."""
        if not text:
            return None
        try:
            return anchor_from(text, self.before)
        except ValueError as wrong:
            self.problem(path, "anchor", str(wrong))
            return None

    def frame(self, place: Place, window: Window, path: Path, *, dated: bool = False) -> TimeFrame:
        """Return a window made ready.

        Edge: in a renewal evidence counts from the certificate's issue on unless the window says
              otherwise, or the requirement is `dated` in another way.
        """
        if self.is_renewal and window == ANY_TIME and not dated:
            window = Window(since=f"certificate:{self.programme}")
        if window.length and not window.since:
            self.problem((*path, "length"), "window", "A length counts from “since”: add that.")
        return TimeFrame(
            self.length(place, (*path, "last"), window.last),
            self.anchor((*path, "since"), window.since),
            self.anchor((*path, "until"), window.until),
            self.length(place, (*path, "length"), window.length),
        )

    def hours(self, place: Place, hours: Hours, path: Path) -> Selector:
        """Return a selector of hours made ready."""
        accept, deep = hours.accept, (*path, "accept")
        held = tuple(
            self.length(place, (*deep, "supervisors", number, "held_for"), way.held_for)
            for number, way in enumerate(accept.supervisors)
        )
        for number, way in enumerate(accept.supervisors):
            where = (*deep, "supervisors", number, "hours_practised")
            self.number(place, where, way.hours_practised)
        return Selector(
            hours.ledger,
            hours.of,
            accept,
            frame=self.frame(place, hours.within, (*path, "within")),
            steps=self.minutes(place, (*path, "steps_of"), hours.steps_of) or 0,
            at_least=self.minutes(place, (*deep, "each_at_least"), accept.each_at_least) or 0,
            held_for=held,
        )

    def entries(self, place: Place, hours: Hours, path: Path) -> Selector:
        """Return a selector of whole entries, for a kind that does not add up minutes."""
        if hours.steps_of:
            words = "Steps are for minutes added up; here whole entries count."
            self.problem((*path, "steps_of"), "entries", words)
        if not hours.accept.repeats:
            words = (
                "Repeats are told apart where minutes are added up; use a count with “distinct”."
            )
            self.problem((*path, "accept", "repeats"), "entries", words)
        return self.hours(place, hours, path)

    def names(
        self, path: Path, named: Sequence[str], known: frozenset[str] | None, *, empty: str = ""
    ) -> None:
        """Check a list of names: not empty where `empty` has words, none twice, all known."""
        if not named and empty:
            self.problem(path, "empty", empty)
        for number, name in enumerate(named):
            if name in named[:number]:
                self.problem((*path, number), "doubled", f"“{name}” stands here twice.")
            if known is not None and name not in known:
                self.problem((*path, number), "unknown", f"There is no “{name}”.")

    def named(self, path: Path, name: str, known: Names | None) -> frozenset[str] | None:
        """Check a name that has names of its own; return those, None where not checked."""
        if known is None:
            return None
        if name not in known:
            self.problem(path, "unknown", f"There is no “{name}”.")
        return known.get(name)


def noun_from(label: str) -> str:
    """Return a label as it stands inside a sentence: "Supervision" becomes "supervision".

    Edge: a word in capitals ("HIV basics") keeps them.
    """
    return label if label[1:2].isupper() else label[:1].lower() + label[1:]
