"""Files that are handed in: told by their bytes, made clean, or not taken."""

import io

import pytest
from PIL import Image

from lms.content.papers import PAPER_LIMIT_BYTES, PaperError, PaperRefusal, clean_paper
from tests.filing import PDF, picture

SECRET = "12 Willow Lane"


@pytest.mark.parametrize(
    ("data", "media_type"),
    [
        (PDF, "application/pdf"),
        (b"\n  junk of a scanner\n" + PDF, "application/pdf"),
        (picture("PNG"), "image/png"),
        (picture("JPEG"), "image/jpeg"),
    ],
)
def test_what_a_file_is_follows_from_its_bytes(data, media_type):
    assert clean_paper(data).media_type == media_type


@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
def test_where_a_picture_was_taken_is_gone(kind):
    sent = picture(kind, said=SECRET)
    assert SECRET.encode() in sent
    kept = clean_paper(sent).data
    assert SECRET.encode() not in kept
    assert not Image.open(io.BytesIO(kept)).getexif()


def test_what_hangs_behind_a_picture_is_gone():
    kept = clean_paper(picture("PNG") + b"PK\x03\x04 and a whole archive").data
    assert b"archive" not in kept


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", PaperRefusal.EMPTY),
        (b"x" * (PAPER_LIMIT_BYTES + 1), PaperRefusal.TOO_LARGE),
        (b"MZ this is a programme named letter.pdf", PaperRefusal.OTHER_KIND),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", PaperRefusal.OTHER_KIND),
        (b"PK\x03\x04word/document.xml", PaperRefusal.OTHER_KIND),
        (PDF[:-8], PaperRefusal.BROKEN),
        (picture("PNG")[:60], PaperRefusal.BROKEN),
        (b"\xff\xd8\xff not a picture at all", PaperRefusal.BROKEN),
        (picture("PNG", size=(6000, 6000)), PaperRefusal.TOO_MANY_PIXELS),
    ],
)
def test_what_is_not_taken_says_why(data, reason):
    with pytest.raises(PaperError) as refused:
        clean_paper(data)
    assert refused.value.reason is reason
