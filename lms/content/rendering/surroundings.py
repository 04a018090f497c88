"""What the texts of a module refer to: sources, lessons, pictures, words, phases."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from lms.content.citing import short_words
from lms.content.markdown import Links, Page
from lms.content.rendering.shapes import RenderedSource
from lms.rules.curriculum import Module, Phase, Term
from lms.rules.definitions import Reference, ReferenceList, SourceRef


def lesson_address(module: str, lesson: str) -> str:
    """Return the address of a lesson, or of the module itself where `lesson` is empty."""
    return f"/modules/{module}/{lesson}" if lesson else f"/modules/{module}"


def picture_address(module: str, name: str, stamp: str) -> str:
    """Return the address of a picture of a module: other bytes, another address."""
    return f"/modules/{module}/img/{stamp[:16]}/{name}"


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a module's texts refer to, and where that is; None from an address means: not there.

    Shape: `pictures` are stamps by name; `picture_at` holds addresses of pictures that are still
           being drawn.
    Edge:  `terms` is None where no words are explained.
    """

    references: dict[str, Reference]
    terms: dict[str, Term] | None = None
    phases: dict[str, Phase] = field(default_factory=dict)
    pictures: dict[str, str] = field(default_factory=dict)
    lesson: Callable[[str, str], str | None] = lesson_address
    picture_at: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, references: ReferenceList, module: Module | None = None) -> "Surroundings":
        """Return surroundings in which every lesson is where it should be, with the terms, phases
        and pictures of a module.
        """
        return cls(
            {reference.id: reference for reference in references.references},
            {term.id: term for term in module.terms} if module else None,
            {phase.id: phase for phase in module.phases} if module else {},
            {picture.name: picture.stamp for picture in module.pictures} if module else {},
        )

    def page(self, module: str) -> Page:
        """Return an empty page of a module."""
        return Page.of(
            Links(
                cite=self._cite,
                lesson=lambda other, lesson: self.lesson(other or module, lesson),
                picture=lambda name: self._picture(module, name),
                word=self._word if self.terms is not None else None,
            )
        )

    def card(self) -> Page:
        """Return an empty page on which nothing is linked but the web."""
        return Page.of(Links())

    def source(self, source: SourceRef) -> RenderedSource:
        """Return a source as it is listed; an unknown one under its bare id."""
        known = self.references.get(source.ref)
        if known is None:
            return RenderedSource(source.ref, source.ref, source.ref, source.where, "", "", "")
        return RenderedSource(
            source.ref,
            short_words(known),
            known.cite,
            source.where,
            known.strength,
            known.address,
            known.note,
        )

    def _cite(self, identifier: str) -> str | None:
        known = self.references.get(identifier)
        return short_words(known) if known else None

    def _picture(self, module: str, name: str) -> str | None:
        if name in self.picture_at:
            return self.picture_at[name]
        stamp = self.pictures.get(name)
        return picture_address(module, name, stamp) if stamp else None

    def _word(self, identifier: str) -> str | None:
        return f"#word-{identifier}" if identifier in (self.terms or {}) else None
