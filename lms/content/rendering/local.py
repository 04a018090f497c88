"""A local pack made into what pages need."""

from lms.content.rendering.shapes import RenderedEntry, RenderedPack, RenderedSource
from lms.content.rendering.surroundings import Surroundings
from lms.rules.curriculum import Pack, PackEntry, Site
from lms.rules.definitions import ReferenceList, SourceRef


def render_pack(pack: Pack, references: ReferenceList) -> RenderedPack:
    """Return a pack rendered for readers."""
    around = Surroundings.of(references)
    return RenderedPack(pack, tuple(_entry(entry, around) for entry in pack.entries))


def _entry(entry: PackEntry, around: Surroundings) -> RenderedEntry:
    page = around.page("")
    return RenderedEntry(
        id=entry.id,
        kind=entry.kind,
        topic=entry.topic,
        title=page.line(entry.title),
        words=page.line(entry.words),
        how_in=page.line(entry.how_in),
        wait=page.line(entry.wait),
        cost=page.line(entry.cost),
        suits=page.line(entry.suits),
        contact=page.line(entry.contact),
        checked_on=entry.checked_on,
        checked_by=entry.checked_by,
        source=_source(entry.source, around),
    )


def _source(source: SourceRef | Site | None, around: Surroundings) -> RenderedSource | None:
    if isinstance(source, Site):
        return RenderedSource("", source.title, source.title, "", "", source.address, "")
    return around.source(source) if source else None
