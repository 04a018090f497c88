"""Pictures are drawings or photographs and nothing else."""

import time

import pytest

from lms.content.errors import Problems
from lms.content.pictures import (
    DRAWING_LIMIT_BYTES,
    LIMIT_BYTES,
    check_pictures,
    read_picture,
)

OPENING = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9">'
TITLE = b"<title>A line</title>"
DRAWING = OPENING + TITLE + b'<use href="#x"/><path id="x" d="M0 0"/></svg>'
PNG = b"\x89PNG\r\n\x1a\n..."


def put(folder, name, data):
    (folder / "img").mkdir(exist_ok=True)
    (folder / "img" / name).write_bytes(data)


def codes(folder):
    problems = Problems("boundaries")
    check_pictures(folder, problems)
    return [(problem.file, problem.line, problem.code.value) for problem in problems.found]


def drawn(inside):
    return OPENING + TITLE + b"\n" + inside + b"</svg>"


def test_a_photograph_is_served_as_it_is(tmp_path):
    put(tmp_path, "b.png", PNG)
    assert codes(tmp_path) == []
    picture = read_picture(tmp_path, "b.png")
    assert (picture.media_type, picture.data) == ("image/png", PNG)


def test_a_drawing_is_served_with_ink_for_light_and_dark(tmp_path):
    put(tmp_path, "a.svg", b"<?xml version='1.0'?>\n<!-- by hand > -->\n" + DRAWING)
    assert codes(tmp_path) == []
    picture = read_picture(tmp_path, "a.svg")
    assert picture.media_type == "image/svg+xml"
    assert OPENING + b"<style>svg{color:" in picture.data
    assert b"prefers-color-scheme:dark" in picture.data
    assert picture.data.endswith(DRAWING.removeprefix(OPENING))


def test_other_bytes_have_another_stamp(tmp_path):
    put(tmp_path, "a.svg", DRAWING)
    first = read_picture(tmp_path, "a.svg").stamp
    put(tmp_path, "a.svg", DRAWING.replace(b"M0 0", b"M0 1"))
    assert read_picture(tmp_path, "a.svg").stamp != first


@pytest.mark.parametrize("name", ["../module.md", "gone.svg", "a.gif", ""])
def test_only_pictures_of_the_folder_are_found(tmp_path, name):
    put(tmp_path, "a.gif", b"GIF89a")
    (tmp_path / "module.md").write_text("words")
    assert read_picture(tmp_path, name) is None


@pytest.mark.parametrize(
    "inside",
    [
        b"<script>x</script>",
        b"<SCRIPT>x</SCRIPT>",
        b"<foreignObject/>",
        b'<html xmlns="http://www.w3.org/1999/xhtml"/>',
        b'<x:script xmlns:x="http://www.w3.org/2000/svg">1</x:script>',
        b"<g onload='x'/>",
        b"<g OnClick='x'/>",
        b"<a href='javascript:x'/>",
        b"<use href='javascript:x'/>",
        b"<use href='&#106;avascript:x'/>",
        b"<use xlink:href='other.svg#x' xmlns:xlink='http://www.w3.org/1999/xlink'/>",
        b"<image href='https://example.org/x.png'/>",
        b"<path fill='url(https://example.org/#x)' d='M0 0'/>",
        b"<path fill='url(&quot;//example.org/x&quot;)' d='M0 0'/>",
        b"<path style='fill:u\\72l(//example.org)' d='M0 0'/>",
        b"<style>@import 'x'</style>",
        b"<style>text{background:url(x)}</style>",
        b"<style><![CDATA[@import 'x']]></style>",
        b"<style>@im<!-- -->port 'x'</style>",
        b"<g xml:base='https://example.org/'/>",
        b"<animate attributeName='href' to='x'/>",
        b"<set attributeName='onclick' to='x'/>",
        b"<svg><path/></svg>",
        b"<?xml-stylesheet href='x'?>",
        b"<g>" * 60 + b"</g>" * 60,
        b"<g>",
    ],
)
def test_what_could_run_or_reach_out_is_refused(tmp_path, inside):
    put(tmp_path, "a.svg", drawn(inside))
    assert codes(tmp_path) == [("boundaries/img/a.svg", 2, "unsafe-picture")]


@pytest.mark.parametrize(
    "inside",
    [
        b"<g fill='url(#x)'><text font-family='sans-serif'>Words &amp; more</text></g>",
        b"<style>text{font-size:12px}</style>",
        b"<defs><marker id='m'><path d='M0 0'/></marker></defs>",
        b"<desc>https://example.org is only a word here</desc>",
    ],
)
def test_shapes_and_words_are_fine(tmp_path, inside):
    put(tmp_path, "a.svg", drawn(inside))
    assert codes(tmp_path) == []


@pytest.mark.parametrize(
    ("name", "data", "code"),
    [
        ("a.svg", b"words", "unsafe-picture"),
        ("a.svg", b"", "unsafe-picture"),
        ("a.svg", b"<svg viewBox='0 0 1 1'><title>A</title></svg>", "unsafe-picture"),
        ("a.svg", b"<!DOCTYPE svg [<!ENTITY x 'y'>]>" + DRAWING, "unsafe-picture"),
        ("a.svg", DRAWING.decode().encode("utf-16"), "unsafe-picture"),
        ("a.svg", DRAWING.replace(b"viewBox", b"width"), "no-alternative-text"),
        ("a.svg", DRAWING.replace(TITLE, b"<title> </title>"), "no-alternative-text"),
        ("a.svg", drawn(b" " * DRAWING_LIMIT_BYTES), "too-large"),
        ("a.png", b"GIF89a", "unsafe-picture"),
        ("a.png", PNG + b"x" * LIMIT_BYTES, "too-large"),
        ("A Line.svg", DRAWING, "bad-id"),
    ],
)
def test_anything_else_is_named(tmp_path, name, data, code):
    put(tmp_path, name, data)
    assert [(file, kind) for file, _, kind in codes(tmp_path)] == [(f"boundaries/img/{name}", code)]


def test_a_drawing_made_to_grow_is_refused_at_once(tmp_path):
    lines = b"".join(
        b'<!ENTITY a%d "%s">' % (n, b"&a%d;" % (n - 1) * 9 if n else b"x") for n in range(10)
    )
    put(tmp_path, "a.svg", b"<!DOCTYPE svg [" + lines + b"]>" + drawn(b"<text>&a9;</text>"))
    started = time.process_time()
    assert codes(tmp_path) == [("boundaries/img/a.svg", 1, "unsafe-picture")]
    assert time.process_time() - started < 1
