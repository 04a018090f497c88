"""Which part of a verdict a document rests on, and whether what a programme gives makes sense."""

from collections.abc import Collection, Iterator

from lms.rules.programmes import DocumentKind, DocumentTerms, LivedWords, Programme, documents_of
from lms.rules.verdict.build import Builder, Path
from lms.rules.verdict.result import Row, Verdict


def rows_of(verdict: Verdict, terms: DocumentTerms) -> tuple[Row, ...]:
    """Return the rows a document rests on, with all below them, in the programme's order.

    Edge: a letter rests on none.
    """
    return verdict.rows if terms.is_whole else tuple(_below(verdict, frozenset(terms.requires)))


def _below(verdict: Verdict, named: Collection[str]) -> Iterator[Row]:
    inside: set[str] = set()
    for row in verdict.rows:  # a row stands after the one it belongs to
        if row.id in named or row.parent in inside:
            inside.add(row.id)
            yield row


def is_earned(verdict: Verdict, terms: DocumentTerms) -> bool:
    """Say whether everything a document rests on is settled: met, waived, or not asked.

    Edge: a requirement that the verdict does not know is not met; a letter rests on nothing.
    """
    if terms.is_whole:
        return verdict.rows[0].state.is_settled
    states = {row.id: row.state for row in verdict.rows}
    return all(name in states and states[name].is_settled for name in terms.requires)


def check_documents(build: Builder, programme: Programme) -> None:
    """Note documents given twice, without the part they rest on, or resting on what is not there.

    Edge: to be called when every requirement has its row.
    """
    known = {place.id for place in build.places if place.parent is not None}
    given: set[DocumentKind] = set()
    for number, terms in enumerate(documents_of(programme), start=-1):
        path: Path = ("certificate",) if terms.is_whole else ("documents", number)
        if terms.kind in given:
            words = f"Another document of the kind “{terms.kind}” stands above. One is enough."
            build.problem((*path, "kind"), "doubled", words)
        given.add(terms.kind)
        _check_lived(build, terms.lived, (*path, "implies_lived_experience"))
        if not terms.is_whole:
            _check_requires(build, terms, (*path, "requires"), known)


def _check_requires(build: Builder, terms: DocumentTerms, path: Path, known: set[str]) -> None:
    if terms.kind is DocumentKind.LETTER:
        if terms.requires:
            words = "A letter says what somebody took part in: nothing has to be met for it."
            build.problem(path, "contradiction", words)
        return
    if not terms.requires:
        words = "Name the requirements that make up the training."
        build.problem(path, "empty", words)
    for number, name in enumerate(terms.requires):
        if name not in known:
            words = f"There is no requirement “{name}” in this programme."
            build.problem((*path, number), "unknown", words)
        elif name in terms.requires[:number]:
            build.problem((*path, number), "doubled", f"“{name}” stands here twice.")


def _check_lived(build: Builder, lived: LivedWords, path: Path) -> None:
    for number, line in enumerate(lived.lines):
        if not line.strip():
            build.problem((*path, "lines", number), "empty", "Write something, or take it away.")
