"""A programme version made ready once: its judges in order, or every problem it has."""

import re
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from lms.rules.programmes.nodes import Node
from lms.rules.programmes.programme import Programme, Validity
from lms.rules.programmes.quantities import Length
from lms.rules.record import Problem
from lms.rules.verdict.build import NOTHING_CHECKED, Builder, Known, Path
from lms.rules.verdict.case import Place
from lms.rules.verdict.combine import AllJudge
from lms.rules.verdict.kinds import make

ROOT = "root"
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")


class ProgrammeError(ValueError):
    """The programme cannot be used; `problems` names everything at once."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__("; ".join(problem.message for problem in problems))
        self.problems = problems


@dataclass(frozen=True, slots=True)
class CompiledProgramme:
    """A programme version ready for verdicts; keep it and use it for every record.

    Shape: `places` are the rows in order, the whole first; `to_be_set` where figures are missing;
           `renewal` is what renewing demands, made ready in the same way.
    """

    programme: Programme
    root: AllJudge
    places: tuple[Place, ...]
    to_be_set: tuple[Path, ...]
    complete_within: Length | None
    renewal: "CompiledProgramme | None" = None

    @property
    def can_open(self) -> bool:
        """Whether people can be enrolled: no figure is still to be set."""
        return not self.to_be_set


def compile_programme(programme: Programme, known: Known = NOTHING_CHECKED) -> CompiledProgramme:
    """Return a programme made ready for verdicts.

    Raises: ProgrammeError with every problem (path, code, message).
    """
    build, compiled = _compiled(programme, known)
    if build.problems:
        raise ProgrammeError(tuple(build.problems))
    return compiled


def problems_in(programme: Programme, known: Known = NOTHING_CHECKED) -> tuple[Problem, ...]:
    """Return everything that is wrong with a programme, in the order it is written."""
    build, _ = _compiled(programme, known)
    return tuple(build.problems)


def _compiled(programme: Programme, known: Known) -> tuple[Builder, CompiledProgramme]:
    build = _builder(programme, known)
    root = _root(build, programme.title, programme.requirements, ("requirements",))
    whole = root.place
    limit = build.length(whole, ("complete_within",), programme.complete_within)
    _check_head(build, programme)
    _check_validity(build, whole, programme.validity)
    renewal = _compiled_renewal(build, programme, known)
    whole.unset = False
    places = tuple(build.places)
    unset = tuple(build.to_be_set)
    return build, CompiledProgramme(programme, root, places, unset, limit, renewal)


def _builder(programme: Programme, known: Known) -> Builder:
    return Builder(
        programme=programme.id,
        known=known,
        is_demo=programme.demo,
        source=programme.source,
        make=make,
        stages=frozenset(stage.id for stage in programme.stages),
    )


def _root(build: Builder, label: str, requirements: tuple[Node, ...], path: Path) -> AllJudge:
    place = build.row(ROOT, None, "all", ())
    place.label = place.noun = label
    if not requirements:
        build.problem(path, "empty", "Name at least one requirement.")
    children = [
        build.node(node, place, (*path, number)) for number, node in enumerate(requirements)
    ]
    place.end = len(build.places)
    return AllJudge(place, tuple(children))


def _compiled_renewal(
    build: Builder, programme: Programme, known: Known
) -> CompiledProgramme | None:
    """Return the renewal made ready; its problems and unset figures go to the programme's."""
    renewal = programme.renewal
    if renewal is None:
        return None
    own = _builder(programme, known)
    own.is_renewal = True
    root = _root(own, programme.title, renewal.requirements, ("renewal", "requirements"))
    for key in ("opens", "grace", "reinstate"):
        own.length(root.place, ("renewal", key), getattr(renewal, key))
    root.place.unset = False
    build.problems.extend(own.problems)
    build.to_be_set.extend(own.to_be_set)
    return CompiledProgramme(programme, root, tuple(own.places), tuple(own.to_be_set), None)


def _check_head(build: Builder, programme: Programme) -> None:
    try:
        ZoneInfo(programme.zone)
    except (ValueError, OSError, KeyError):
        words = "Write a time zone such as Europe/Copenhagen."
        build.problem(("zone",), "zone", words)
    if _LANGUAGE.fullmatch(programme.language) is None:
        build.problem(("language",), "language", "Write a language such as en or pt-BR.")
    if not programme.version.strip():
        build.problem(("version",), "empty", "Name the version.")
    ids = [stage.id for stage in programme.stages]
    for number, name in enumerate(ids):
        if name in ids[:number]:
            build.problem(("stages", number, "id"), "doubled", f"“{name}” stands here twice.")


def _check_validity(build: Builder, whole: Place, validity: Validity) -> None:
    path: Path = ("validity",)
    months = build.number(whole, (*path, "months"), validity.months, sourced=validity.months != 0)
    fixed = validity.fixed_day
    if (validity.anchor == "fixed-day") != (fixed is not None):
        build.problem((*path, "fixed_day"), "empty", "A fixed day and its anchor go together.")
    if fixed is not None and not (1 <= fixed.month <= 12 and 1 <= fixed.day <= 31):
        build.problem((*path, "fixed_day"), "range", "There is no such day.")
    if validity.anchor in ("month-start", "month-end", "year-end") and months == 0:
        build.problem((*path, "months"), "empty", "Say for how many months it is valid.")
