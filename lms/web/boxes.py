"""The private boxes of a lesson, as its page takes them."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask import url_for
from flask_babel import gettext as _

from lms.content.rendering import RenderedReflection
from lms.services.curriculum import LessonPage
from lms.services.reflections import OpenSharing, OwnWords
from lms.services.sealed import is_readable
from lms.web.filters import date_words, datetime_words
from lms.web.fragments import Marks

EMPTY = OwnWords("")
Readers = Mapping[str, Sequence[OpenSharing]]
"""Who can read which text now, by its public id."""


class Boxes:
    """The private boxes of a lesson. What stands in them is filled into the page, never kept."""

    def __init__(
        self, page: LessonPage, own: Mapping[str, OwnWords], readers: Readers, zone: str
    ) -> None:
        self._zone = zone
        self._readers = readers
        self._own = {
            part.id: own.get(part.id, EMPTY)
            for part in page.shown.parts
            if isinstance(part, RenderedReflection)
        }

    @property
    def shape(self) -> tuple[tuple[int, int, bool, bool, bool, bool], ...]:
        """Return what the page shows of them beside the words, their time and their readers."""
        return tuple(
            (
                box.version,
                box.draft_version,
                bool(box.saved_at),
                is_readable(box.words),
                bool(box.public_id),
                box.public_id in self._readers,
            )
            for box in self._own.values()
        )

    @property
    def typed(self) -> dict[str, str]:
        """Return what is the reader's own in the boxes, by the names of its marks."""
        words = {
            f"{block} words": box.words if is_readable(box.words) else ""
            for block, box in self._own.items()
        }
        saved = {
            f"{block} saved": datetime_words(box.saved_at, self._zone)
            for block, box in self._own.items()
            if box.saved_at
        }
        kept = {block: box for block, box in self._own.items() if box.public_id}
        share = {f"{block} share": _share_url(box) for block, box in kept.items()}
        readers = {
            f"{block} readers": _names(self._readers.get(box.public_id, ()))
            for block, box in kept.items()
        }
        return words | saved | share | readers

    def marked(self, block: str, marks: Marks) -> dict[str, Any]:
        """Return a box as the component takes it, with marks for what is the reader's own."""
        box = self._own[block]
        return {
            "words": marks[f"{block} words"],
            "version": box.version,
            "draft_version": box.draft_version,
            "saved": marks[f"{block} saved"] if box.saved_at else "",
            "is_damaged": not is_readable(box.words),
            "share_url": marks[f"{block} share"] if box.public_id else "",
            "readers": marks[f"{block} readers"] if box.public_id in self._readers else "",
        }


def _share_url(box: OwnWords) -> str:
    return url_for("reflections.share_form", reflection_id=box.public_id)


def _names(readers: Sequence[OpenSharing]) -> str:
    return "; ".join(
        _("%(name)s until %(day)s", name=row.reader, day=date_words(row.until_on))
        for row in readers
    )
