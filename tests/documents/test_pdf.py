"""The file as such: its objects, its texts, its names."""

import io

import pytest
from pypdf import PdfReader

from lms.documents.pdf import PdfFile, name_part, plain_number, reference, text_string


def a_file(title: str, extra: bytes = b"") -> bytes:
    file = PdfFile()
    page, pages = file.kept(), file.kept()
    content = file.stream(b"0 0 m " + extra)
    size = "/MediaBox[0 0 10 10]"
    file.put(page, f"<</Type/Page/Parent {reference(pages)}{size}/Contents {reference(content)}>>")
    file.put(pages, f"<</Type/Pages/Count 1/Kids[{reference(page)}]>>")
    root = file.added(f"<</Type/Catalog/Pages {reference(pages)}>>")
    return file.finished(root, file.added(f"<</Title{text_string(title)}>>"))


@pytest.mark.parametrize(
    "title", ["Plain", "(Open) and \\ closed", "Zoë 山 \U0001f389", "a\tb", ")("]
)
def test_a_text_is_read_as_it_was_written(title):
    reader = PdfReader(io.BytesIO(a_file(title)), strict=True)
    assert reader.metadata.title == title
    assert reader.pages[0].get_contents().get_data().strip() == b"0 0 m"


def test_the_identity_is_that_of_the_whole_file():
    first, same, other = a_file("One"), a_file("One"), a_file("One", b"1 1 l")
    assert first == same
    identities = {PdfReader(io.BytesIO(one)).trailer["/ID"][0] for one in (first, other)}
    assert len(identities) == 2


def test_numbers_and_names_are_plain():
    assert [plain_number(one) for one in (1, 0.5, -0.0001, 841.89, 1 / 3)] == [
        "1",
        "0.5",
        "0",
        "841.89",
        "0.333",
    ]
    assert name_part("Noto Sans/Über-1") == "Noto#20Sans#2F#DCber-1"
