"""Papers handed in and put on file, and files to send."""

import io
import secrets
from datetime import date
from typing import Any

from PIL import Image

from lms.models import Document, Enrolment
from lms.rules.evidence import Paper, Review
from lms.services.evidence import give_document
from tests.cast import NOW, TODAY

PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"
WHERE = 0x010E  # the tag of a picture's description


def picture(kind: str = "JPEG", *, size: tuple[int, int] = (60, 40), said: str = "") -> bytes:
    """Return a picture; `said` stands in it as a camera writes where it was taken."""
    out = io.BytesIO()
    exif = Image.Exif()
    if said:
        exif[WHERE] = said
    Image.new("RGB", size, "white").save(out, kind, exif=exif)
    return out.getvalue()


def give(session: Any, place: Enrolment, kind: str = "reference", **more: Any) -> Document:
    """Hand a paper in as the trainee."""
    paper = Paper(kind, more.pop("on", TODAY), more.pop("expires_on", None))
    given = {"by": place.person_id, "op_id": secrets.token_hex(8), "now": NOW, "file": None, **more}
    return give_document(session, place, paper, **given)


def put_on_file(
    session: Any, place: Enrolment, by: int, kind: str = "reference", **more: Any
) -> Document:
    """Put a paper on file as a coordinator."""
    review = more.pop("review", None) or Review(more.pop("outcome", "accepted"))
    return give(session, place, kind, by=by, review=review, **more)


def day(text: str) -> date:
    """Return a day from its digits."""
    return date.fromisoformat(text)
