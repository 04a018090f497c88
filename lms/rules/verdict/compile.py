"""A programme version made ready once: its judges in order, or every problem it has."""

import re
from dataclasses import dataclass, fields
from zoneinfo import ZoneInfo

from lms.rules.programmes.nodes import Node
from lms.rules.programmes.programme import AppealClock, Keeping, LeftOut, Programme, Validity
from lms.rules.programmes.quantities import Length
from lms.rules.record import Problem
from lms.rules.verdict.build import NOTHING_CHECKED, Builder, Known, Path
from lms.rules.verdict.case import Place
from lms.rules.verdict.combine import AllJudge
from lms.rules.verdict.giving import check_documents
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
           `renewal` is what renewing demands and `while_held` what must go on holding afterwards,
           each made ready in the same way.
    """

    programme: Programme
    root: AllJudge
    places: tuple[Place, ...]
    to_be_set: tuple[Path, ...]
    complete_within: Length | None
    renewal: "CompiledProgramme | None" = None
    while_held: "CompiledProgramme | None" = None

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
    _check_example(build, programme)
    _check_validity(build, whole, programme.validity)
    _check_omits(build, programme.omits)
    _check_keeping(build, whole, programme.keeping)
    check_documents(build, programme)
    _check_due_process(build, whole, programme)
    _check_appeals(build, whole, programme.appeals)
    renewal = _compiled_renewal(build, programme, known)
    held = _compiled_while_held(build, programme, known)
    whole.unset = False
    places = tuple(build.places)
    unset = tuple(build.to_be_set)
    return build, CompiledProgramme(programme, root, places, unset, limit, renewal, held)


def _check_appeals(build: Builder, whole: Place, clock: AppealClock) -> None:
    build.length(whole, ("appeals", "ask_within"), clock.ask_within)
    build.length(whole, ("appeals", "decide_within"), clock.decide_within)


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
    for key in ("opens", "grace", "late", "reinstate"):
        own.length(root.place, ("renewal", key), getattr(renewal, key))
    if renewal.terms < 0 or renewal.terms == 1:
        words = "Say how many terms there may be, the first among them, or leave it out."
        own.problem(("renewal", "terms"), "range", words)
    return _joined(build, own, root, programme)


def _compiled_while_held(
    build: Builder, programme: Programme, known: Known
) -> CompiledProgramme | None:
    """Return what must go on holding made ready; None where the programme names nothing."""
    if not programme.while_held:
        return None
    own = _builder(programme, known)
    root = _root(own, programme.title, programme.while_held, ("while_held",))
    return _joined(build, own, root, programme)


def _joined(
    build: Builder, own: Builder, root: AllJudge, programme: Programme
) -> CompiledProgramme:
    root.place.unset = False
    build.problems.extend(own.problems)
    build.to_be_set.extend(own.to_be_set)
    return CompiledProgramme(programme, root, tuple(own.places), tuple(own.to_be_set), None)


def _check_due_process(build: Builder, whole: Place, programme: Programme) -> None:
    if programme.due_process is not None:
        build.length(whole, ("due_process", "answer"), programme.due_process.answer)


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


def _check_example(build: Builder, programme: Programme) -> None:
    if programme.example and not (programme.source and programme.checked_on):
        words = "An example names its source and the day somebody read it there (checked_on)."
        build.problem(("example",), "no-source", words)
    if programme.example and programme.demo:
        words = "An example has its board's figures; those of a demo are invented."
        build.problem(("demo",), "contradiction", words)


def _check_omits(build: Builder, omits: tuple[LeftOut, ...]) -> None:
    """Note lessons left out that do not exist, without a reason, twice, or all of a module."""
    known = build.known.lessons
    left: dict[str, set[str]] = {}
    for number, one in enumerate(omits):
        path: Path = ("omits", number)
        if not one.reason.strip():
            build.problem((*path, "reason"), "empty", "Say why, in words that trainees read.")
        if one.lesson in left.setdefault(one.module, set()):
            build.problem((*path, "lesson"), "doubled", f"“{one.lesson}” is left out already.")
        left[one.module].add(one.lesson)
        if known is None:
            continue
        if one.module not in known:
            build.problem((*path, "module"), "unknown", f"There is no module “{one.module}”.")
        elif one.lesson not in known[one.module]:
            words = f"The module “{one.module}” has no lesson “{one.lesson}”."
            build.problem((*path, "lesson"), "unknown", words)
        elif known[one.module] <= left[one.module]:
            words = "This leaves no lesson of the module. Take the module out of the requirements."
            build.problem((*path, "lesson"), "empty", words)


def _check_keeping(build: Builder, whole: Place, keeping: Keeping) -> None:
    for part in fields(keeping):
        build.length(whole, ("keeping", part.name), getattr(keeping, part.name))


def _check_validity(build: Builder, whole: Place, validity: Validity) -> None:
    path: Path = ("validity",)
    months = build.number(whole, (*path, "months"), validity.months, sourced=validity.months != 0)
    fixed = validity.fixed_day
    if (validity.anchor == "fixed-day") != (fixed is not None):
        build.problem((*path, "fixed_day"), "empty", "A fixed day and its anchor go together.")
    if fixed is not None and not (1 <= fixed.month <= 12 and 1 <= fixed.day <= 31):
        build.problem((*path, "fixed_day"), "range", "There is no such day.")
    if (validity.anchor == "latest") != bool(validity.latest_of):
        words = "The latest of several and the list of those programmes go together."
        build.problem((*path, "latest_of"), "empty", words)
    build.names((*path, "latest_of"), validity.latest_of, build.known.programmes)
    if validity.anchor in ("month-start", "month-end", "year-end", "latest") and months == 0:
        build.problem((*path, "months"), "empty", "Say for how many months it is valid.")
