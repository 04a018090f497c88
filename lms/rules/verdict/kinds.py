"""One maker a kind: a definition read and checked, a judge made."""

from collections.abc import Callable
from fractions import Fraction
from typing import Any

from lms.rules.programmes import nodes
from lms.rules.programmes.evidence import Hours, HoursPart
from lms.rules.programmes.quantities import Length
from lms.rules.verdict.build import Builder, Path, noun_from
from lms.rules.verdict.case import Judge, Place
from lms.rules.verdict.combine import (
    AllJudge,
    SequenceJudge,
    SomeJudge,
    WhenJudge,
    condition_from,
)
from lms.rules.verdict.completions import CompletionsJudge
from lms.rules.verdict.contradictions import contradictions_in
from lms.rules.verdict.hours import Picker
from lms.rules.verdict.papers import (
    AttestJudge,
    CertificateJudge,
    DecisionJudge,
    DocumentJudge,
    SignatureJudge,
)
from lms.rules.verdict.rates import GapJudge, RatioJudge, ShareJudge
from lms.rules.verdict.rubrics import RubricJudge
from lms.rules.verdict.scores import Mark, ScoreJudge
from lms.rules.verdict.substitute import SubstituteJudge
from lms.rules.verdict.sums import PartJudge, SumJudge
from lms.rules.verdict.times import CadenceJudge, CountJudge, SpanJudge
from lms.rules.verdict.windows import AnchorDay

TODAY = AnchorDay(lambda case: case.on, fixed=False)


def _all(build: Builder, node: nodes.All, place: Place, path: Path) -> Judge:
    return AllJudge(place, build.children(node.of, place, path))


def _any(build: Builder, node: nodes.AnyOf, place: Place, path: Path) -> Judge:
    return SomeJudge(place, build.children(node.of, place, path), 1)


def _at_least(build: Builder, node: nodes.AtLeast, place: Place, path: Path) -> Judge:
    need = build.number(place, (*path, "count"), node.count)
    if need is not None and not 1 <= need <= len(node.of):
        build.problem((*path, "count"), "range", f"Write a number from 1 to {len(node.of)}.")
    return SomeJudge(place, build.children(node.of, place, path), need or 1)


def _sequence(build: Builder, node: nodes.Sequence, place: Place, path: Path) -> Judge:
    children = build.children(node.of, place, path)
    return SequenceJudge(place, children, earlier_counts=node.earlier_counts)


def _when(build: Builder, node: nodes.When, place: Place, path: Path) -> Judge:
    condition = node.condition
    values = [condition.equals, *condition.one_of, *condition.none_of]
    for value in values if condition.fact == "stage" else ():
        if value is not None and value not in build.stages:
            build.problem((*path, "condition"), "unknown", f"There is no stage “{value}”.")
    drawn = build.percent(place, (*path, "condition", "drawn"), condition.drawn)
    try:
        holds = condition_from(condition, drawn)
    except ValueError as wrong:
        build.problem((*path, "condition"), "condition", str(wrong))
        holds = _never
    then = build.node(node.then, place, (*path, "then"))
    other = node.otherwise
    otherwise = build.node(other, place, (*path, "otherwise")) if other else None
    return WhenJudge(place, holds, condition.fact, then, otherwise, node.if_unknown)


def _never(_case: Any) -> bool | None:
    return None


def _completions(build: Builder, node: nodes.Completions, place: Place, path: Path) -> Judge:
    build.names((*path, "modules"), node.modules, build.known.modules, empty="Name a module.")
    by_credits = node.min_credits is not None
    worth = dict.fromkeys(node.modules, 1)
    if by_credits:
        worth = {module: (node.credits or {}).get(module, 0) for module in node.modules}
    for key, own in (("credits", node.credits), ("since_version", node.since_version)):
        for module in (own or {}).keys() - set(node.modules):
            build.problem((*path, key, module), "unknown", f"“{module}” is not listed above.")
    key, figure = ("min_credits", node.min_credits) if by_credits else ("at_least", node.at_least)
    total = sum(worth.values())
    need = total if figure is None else build.number(place, (*path, key), figure) or 0
    if need > total:
        build.problem((*path, key), "range", f"All together come to {total}.")
    return CompletionsJudge(
        place,
        build.frame(place, node.within, (*path, "within")),
        worth=worth,
        need=need,
        by_credits=by_credits,
        since=node.since_version or {},
    )


def _sum(build: Builder, node: nodes.Sum, place: Place, path: Path) -> SumJudge:
    least = build.minutes(place, (*path, "min"), node.min)
    most = build.minutes(place, (*path, "max"), node.max)
    if least is not None and most is not None and least > most:
        build.problem((*path, "min"), "contradiction", "The minimum is above the maximum.")
    if not (node.min or node.max or any(part.min for part in node.parts)):
        build.problem(path, "empty", "Give a minimum or a maximum.")
    first = build.hours(place, node.hours, (*path, "hours"))
    also = (
        build.hours(place, hours, (*path, "also", number)) for number, hours in enumerate(node.also)
    )
    parts = tuple(
        _part(build, part, place, least, (*path, "parts", number))
        for number, part in enumerate(node.parts)
    )
    return SumJudge(place, (first, *also), least=least, most=most, parts=parts)


def _part(
    build: Builder, part: HoursPart, whole: Place, least: int | None, path: Path
) -> PartJudge:
    if part.min:
        place = build.row(part.id, whole, "sum", path)
        build.before[part.id] = place.index
    else:
        place = Place(part.id, whole.id, "sum", whole.index)
    place.label, place.severity = part.label, part.severity
    place.noun = part.noun or noun_from(part.label)
    own = build.minutes(place, (*path, "min"), part.min)
    cap = _cap(build, part, whole, least, (*path, "cap"))
    if not part.min and not part.cap:
        build.problem(path, "empty", "Give a minimum or a cap.")
    if own is not None and cap is not None and own > cap:
        build.problem((*path, "min"), "contradiction", "The minimum is above the cap.")
    if own is not None and least is not None and part.inside and own > least:
        words = "The minimum of a part is above the whole; or is it on top (inside: false)?"
        build.problem((*path, "min"), "contradiction", words)
    needed = 0 if part.min and own is None else own
    return PartJudge(place, Picker(part.of), least=needed, cap=cap, inside=part.inside)


def _cap(
    build: Builder, part: HoursPart, whole: Place, least: int | None, path: Path
) -> int | None:
    if not part.cap.strip().endswith("%"):
        return build.minutes(whole, path, part.cap)
    share = build.percent(whole, path, part.cap)
    if share is None or least is None:
        return None
    return int(share * least / 100)


def _count(build: Builder, node: nodes.Count, place: Place, path: Path) -> Judge:
    need = build.number(place, (*path, "min"), node.min) or 0
    if node.among and not node.distinct:
        build.problem((*path, "among"), "empty", "Say of what these are, with “distinct”.")
    if node.among and need > len(node.among):
        build.problem((*path, "min"), "range", f"There are {len(node.among)} to choose from.")
    selector = build.entries(place, node.hours, (*path, "hours"))
    return CountJudge(place, selector, need, distinct=node.distinct, among=node.among)


def _share(build: Builder, node: nodes.Share, place: Place, path: Path) -> Judge:
    least = build.percent(place, (*path, "min"), node.min)
    most = build.percent(place, (*path, "max"), node.max)
    if node.min == "" and node.max == "":
        build.problem(path, "empty", "Give a minimum or a maximum.")
    if least is not None and most is not None and least > most:
        build.problem((*path, "min"), "contradiction", "The minimum is above the maximum.")
    part = build.hours(place, node.hours, (*path, "hours"))
    whole = build.hours(place, node.of_hours, (*path, "of_hours"))
    return ShareJudge(place, part, whole, least=least, most=most)


def _cadence(build: Builder, node: nodes.Cadence, place: Place, path: Path) -> Judge:
    every = build.length(place, (*path, "every"), node.every)
    if every == Length(0, 0) or not node.every:
        build.problem((*path, "every"), "range", "Write a stretch of at least a day.")
    if not node.since:
        build.problem((*path, "since"), "empty", "Say from which day the stretches count.")
    return CadenceJudge(
        place,
        build.entries(place, node.hours, (*path, "hours")),
        times=build.number(place, (*path, "times"), node.times) or 0,
        every=every or Length(1, 0),
        since=build.anchor((*path, "since"), node.since) or TODAY,
        until=build.anchor((*path, "until"), node.until) or TODAY,
        tolerate=build.number(place, (*path, "tolerate"), node.tolerate) or 0,
    )


def _ratio(build: Builder, node: nodes.Ratio, place: Place, path: Path) -> Judge:
    give = build.minutes(place, (*path, "give"), node.give)
    per = build.minutes(place, (*path, "per"), node.per)
    if per == 0:
        build.problem((*path, "per"), "range", "Write more than no time.")
    return RatioJudge(
        place,
        build.hours(place, node.hours, (*path, "hours")),
        build.hours(place, node.to, (*path, "to")),
        Fraction(give or 0, per or 1),
    )


def _gap(build: Builder, node: nodes.Gap, place: Place, path: Path) -> Judge:
    over: Hours | None = node.over
    most = build.minutes(place, (*path, "max"), node.max) if over else None
    longest = None if over else build.length(place, (*path, "max"), node.max)
    if not node.max:
        build.problem((*path, "max"), "empty", "Give the longest stretch allowed.")
    return GapJudge(
        place,
        build.entries(place, node.hours, (*path, "hours")),
        build.hours(place, over, (*path, "over")) if over else None,
        most=most if most is not None or not over else 0,
        longest=longest,
        since=build.anchor((*path, "since"), node.since),
    )


def _span(build: Builder, node: nodes.Span, place: Place, path: Path) -> Judge:
    if not (node.min or node.max):
        build.problem(path, "empty", "Give a minimum or a maximum.")
    if (node.hours is None) == (not node.since):
        build.problem(path, "empty", "Give either “since” or “hours”.")
    hours = build.entries(place, node.hours, (*path, "hours")) if node.hours else None
    return SpanJudge(
        place,
        hours,
        since=build.anchor((*path, "since"), node.since),
        until=build.anchor((*path, "until"), node.until) or TODAY,
        least=build.length(place, (*path, "min"), node.min),
        most=build.length(place, (*path, "max"), node.max),
    )


def _document(build: Builder, node: nodes.Document, place: Place, path: Path) -> Judge:
    build.names((*path, "kinds"), node.kinds, None, empty="Name a kind of document.")
    build.names((*path, "reviewed_by"), node.reviewed_by, None, empty="Say who looks at it.")
    return DocumentJudge(
        place,
        build.frame(place, node.within, (*path, "within"), dated=bool(node.max_age)),
        node,
        need=build.number(place, (*path, "count"), node.count) or 0,
        signers=max(
            build.number(place, (*path, "signers"), node.signers) or 0,
            1 if node.signer_credentials else 0,
        ),
        max_age=build.length(place, (*path, "max_age"), node.max_age),
        known_for=build.length(place, (*path, "known_for"), node.known_for),
    )


def _attest(build: Builder, node: nodes.Attest, place: Place, path: Path) -> Judge:
    build.names((*path, "by"), node.by, None, empty="Say who may say so.")
    build.names((*path, "each"), node.each, None)
    if node.each and node.types:
        build.problem((*path, "types"), "contradiction", "Give “each” or “types”, not both.")
    return AttestJudge(place, build.frame(place, node.within, (*path, "within")), node)


def _signature(build: Builder, node: nodes.Signature, place: Place, path: Path) -> Judge:
    known = build.known.agreements
    if known is not None and node.agreement not in known:
        build.problem((*path, "agreement"), "unknown", f"There is no “{node.agreement}”.")
    return SignatureJudge(place, build.frame(place, node.within, (*path, "within")), node)


def _score(build: Builder, node: nodes.Score, place: Place, path: Path) -> Judge:
    known = build.named((*path, "assessment"), node.assessment, build.known.assessments)
    named = tuple(part.part for part in node.parts)
    parts = None if known is None else known | {"whole"}
    build.names((*path, "parts"), named, parts, empty="Name the parts to be reached.")
    marks = []
    for number, part in enumerate(node.parts):
        where = (*path, "parts", number)
        row = build.row(f"{node.id}.{part.part}", place, "score", where) if named[1:] else None
        if row is not None:
            row.label, row.noun = part.label, noun_from(part.label)
            row.severity = "required"
        need = build.percent(row or place, (*where, "min"), part.min)
        if part.weight < 1:
            build.problem((*where, "weight"), "range", "Write a whole number of at least 1.")
        marks.append(Mark(row, part.part, part.label, need or Fraction(0), max(part.weight, 1)))
    limit = node.attempts.limit
    return ScoreJudge(
        place,
        build.frame(place, node.within, (*path, "within")),
        node.assessment,
        tuple(marks),
        combined=build.percent(place, (*path, "combined"), node.combined),
        limit=build.number(place, (*path, "attempts", "limit"), limit, sourced=limit != 0) or 0,
        wait=build.length(place, (*path, "attempts", "wait"), node.attempts.wait),
    )


def _rubric(build: Builder, node: nodes.RubricStandard, place: Place, path: Path) -> Judge:
    known = build.named((*path, "rubric"), node.rubric, build.known.rubrics)
    build.names((*path, "floors"), tuple(node.floors or ()), known)
    build.names((*path, "cover"), tuple(node.cover or ()), known)
    build.names((*path, "scenarios"), node.scenarios, build.known.scenarios)
    build.names((*path, "resolved_by"), node.resolved_by, None, empty="Say who resolves harm.")
    if node.settle_above is not None:
        words = "Say who settles a difference."
        build.names((*path, "settled_by"), node.settled_by, None, empty=words)
    levels = [node.floor, *(node.floors or {}).values(), *(node.cover or {}).values()]
    if node.max_level < 1 or not all(0 <= level <= node.max_level for level in levels):
        build.problem(path, "range", "Levels go from 0 to “max_level”.")
    need = build.number(place, (*path, "performances"), node.performances, sourced=True)
    if need == 0:
        build.problem((*path, "performances"), "range", "Ask for at least one.")
    return RubricJudge(
        place,
        build.frame(place, node.within, (*path, "within")),
        node,
        need=need or 1,
        percent=build.percent(place, (*path, "percent"), node.percent) or Fraction(0),
        markers=build.number(place, (*path, "markers"), node.markers) or 0,
        sample=build.percent(place, (*path, "sample"), node.sample),
    )


def _decision(build: Builder, node: nodes.DecisionBy, place: Place, path: Path) -> Judge:
    build.names((*path, "by"), node.by, None, empty="Say who decides.")
    build.names((*path, "outcomes"), node.outcomes, None, empty="Name the outcome asked for.")
    return DecisionJudge(
        place,
        build.frame(place, node.within, (*path, "within")),
        node,
        due=build.length(place, (*path, "due"), node.due),
        since=build.anchor((*path, "since"), node.since),
    )


def _certificate(build: Builder, node: nodes.HoldsCertificate, place: Place, path: Path) -> Judge:
    known = build.known.programmes
    build.names((*path, "programmes"), node.programmes, known, empty="Name a programme.")
    if build.programme in node.programmes and not build.is_renewal:
        words = "A programme cannot ask for its own certificate first."
        build.problem((*path, "programmes"), "cycle", words)
    frame = build.frame(place, node.within, (*path, "within"), dated=True)
    return CertificateJudge(place, frame, node)


def _substitute(build: Builder, node: nodes.Substitute, place: Place, path: Path) -> Judge:
    into = build.node(node.into, place, (*path, "into"))
    give = build.minutes(place, (*path, "give"), node.give)
    get = build.minutes(place, (*path, "get"), node.get)
    if give == 0:
        build.problem((*path, "give"), "range", "Write more than no time.")
    if not isinstance(into, SumJudge):
        raise TypeError(f"{node.id}: only a sum can be added to")
    return SubstituteJudge(
        place,
        into,
        build.hours(place, node.hours, (*path, "hours")),
        rate=Fraction(get or 0, give or 1),
        cap=build.minutes(place, (*path, "cap"), node.cap),
    )


MAKERS: dict[type, Callable[[Builder, Any, Place, Path], Judge]] = {
    nodes.All: _all,
    nodes.AnyOf: _any,
    nodes.AtLeast: _at_least,
    nodes.Sequence: _sequence,
    nodes.When: _when,
    nodes.Completions: _completions,
    nodes.Sum: _sum,
    nodes.Count: _count,
    nodes.Share: _share,
    nodes.Cadence: _cadence,
    nodes.Ratio: _ratio,
    nodes.Gap: _gap,
    nodes.Span: _span,
    nodes.Document: _document,
    nodes.Attest: _attest,
    nodes.Signature: _signature,
    nodes.Score: _score,
    nodes.RubricStandard: _rubric,
    nodes.DecisionBy: _decision,
    nodes.HoldsCertificate: _certificate,
    nodes.Substitute: _substitute,
}


def make(build: Builder, node: nodes.Node, place: Place, path: Path) -> Judge:
    """Return the judge of a requirement of any kind; what nobody could meet is noted."""
    build.problems.extend(contradictions_in(node, path))
    return MAKERS[type(node)](build, node, place, path)
