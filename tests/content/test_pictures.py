"""Pictures are drawings or photographs and nothing else."""

import pytest

from lms.content.errors import Problems
from lms.content.pictures import LIMIT_BYTES, check_pictures, read_picture

DRAWING = b'<svg xmlns="http://www.w3.org/2000/svg"><a href="#x"/><path d="M0 0"/></svg>'
PNG = b"\x89PNG\r\n\x1a\n..."


def put(folder, name, data):
    (folder / "img").mkdir(exist_ok=True)
    (folder / "img" / name).write_bytes(data)


def codes(folder):
    problems = Problems("boundaries")
    check_pictures(folder, problems)
    return [(problem.file, problem.code.value) for problem in problems.found]


def test_drawings_and_png_are_fine_and_are_served_as_they_are(tmp_path):
    put(tmp_path, "a.svg", DRAWING)
    put(tmp_path, "b.png", PNG)
    assert codes(tmp_path) == []
    picture = read_picture(tmp_path, "a.svg")
    assert (picture.media_type, picture.data) == ("image/svg+xml", DRAWING)


@pytest.mark.parametrize("name", ["../module.md", "gone.svg", "a.gif", ""])
def test_only_pictures_of_the_folder_are_found(tmp_path, name):
    put(tmp_path, "a.gif", b"GIF89a")
    (tmp_path / "module.md").write_text("words")
    assert read_picture(tmp_path, name) is None


@pytest.mark.parametrize(
    ("name", "data", "code"),
    [
        ("a.svg", b"<svg><script>x</script></svg>", "unsafe-picture"),
        ("a.svg", b"<svg onload='x'/>", "unsafe-picture"),
        ("a.svg", b"<svg><foreignObject/></svg>", "unsafe-picture"),
        ("a.svg", b"<svg><a href='javascript:x'/></svg>", "unsafe-picture"),
        ("a.svg", b"<svg><image href='https://example.org/x.png'/></svg>", "unsafe-picture"),
        ("a.svg", b"<!DOCTYPE svg [<!ENTITY x 'y'>]><svg/>", "unsafe-picture"),
        ("a.svg", b"<svg><style>@import 'x'</style></svg>", "unsafe-picture"),
        ("a.svg", b"words", "unsafe-picture"),
        ("a.png", b"GIF89a", "unsafe-picture"),
        ("a.png", PNG + b"x" * LIMIT_BYTES, "too-large"),
    ],
)
def test_anything_else_is_named(tmp_path, name, data, code):
    put(tmp_path, name, data)
    assert codes(tmp_path) == [(f"boundaries/img/{name}", code)]
