"""Packages: out and in again, and every trick that a .zip can play."""

import io
import stat
import zipfile

import pytest

from lms.content.images import PictureError, PictureRefusal, clean_picture
from lms.content.packing import PackageError, PackageRefusal, packed, unpacked

SVG = (
    b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 2 2"><title>A dot</title>'
    b'<circle cx="1" cy="1" r="1"/></svg>'
)
FILES = {"module.md": b"---\n", "01-a.md": "Wörter".encode(), "img/dot.svg": SVG}


def package(entries, **more):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for name, data in entries.items():
            entry = zipfile.ZipInfo(name)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = more.get("mode", 0o644) << 16
            made.writestr(entry, data)
    return out.getvalue()


def refused(data):
    with pytest.raises(PackageError) as no:
        unpacked(data)
    return no.value.reason


def test_a_package_comes_back_as_it_went_out():
    data = packed("first-steps", FILES)
    assert data == packed("first-steps", dict(reversed(FILES.items())))
    found = unpacked(data)
    assert (found.slug, found.files) == ("first-steps", FILES)


def test_a_package_without_a_folder_and_with_what_computers_add_is_taken():
    extra = {"__MACOSX/._module.md": b"x", ".DS_Store": b"x", "img/": b""}
    found = unpacked(package({**FILES, **extra}))
    assert (found.slug, found.files) == ("", FILES)


@pytest.mark.parametrize(
    "name",
    [
        "../module.md",
        "first/../../module.md",
        "/etc/passwd",
        "C:/windows/module.md",
        "first\\..\\module.md",
        "first//module.md",
        "./module.md",
    ],
)
def test_a_name_that_leads_elsewhere_is_refused(name):
    data = package({**FILES, name: b"x"})
    assert refused(data) is PackageRefusal.ODD_PATH


def test_links_and_pipes_are_refused():
    for kind in (stat.S_IFLNK, stat.S_IFIFO, stat.S_IFCHR):
        assert refused(package({"module.md": b"x"}, mode=kind | 0o777)) is PackageRefusal.LINK


@pytest.mark.parametrize("name", ["run.exe", "img/a.gif", "inner.zip", "a/b/01-a.md", "notes.txt"])
def test_what_belongs_to_no_module_is_refused(name):
    inner = packed("inner", FILES)
    assert refused(package({**FILES, name: inner})) is PackageRefusal.WRONG_KIND


def test_a_package_that_unpacks_to_far_more_than_it_is_stops_early():
    bomb = package({"module.md": b"x", "01-a.md": b"0" * 60_000_000})
    assert len(bomb) < 100_000
    assert refused(bomb) is PackageRefusal.FILE_TOO_LARGE
    many = {f"{n:02}-x{n}.md": b"0" * 199_000 for n in range(99)}
    assert refused(package({"module.md": b"x", **many})) is PackageRefusal.TOO_LARGE


def test_a_lesson_of_ten_megabytes_is_refused():
    assert refused(package({"module.md": b"x", "01-a.md": b"ab\n" * 3_400_000})) is (
        PackageRefusal.FILE_TOO_LARGE
    )


def test_a_size_that_lies_is_found_out():
    data = packed("a", {"module.md": b"x" * 500})
    place = data.index(b"a/module.md")
    for at in (place - 30 + 22, data.index(b"PK\x01\x02") + 24):
        data = data[:at] + (3).to_bytes(4, "little") + data[at + 4 :]
    assert refused(data) in {PackageRefusal.BROKEN, PackageRefusal.NO_ZIP}


def test_too_many_files_are_refused():
    many = {f"img/x{n}.svg": SVG for n in range(130)}
    assert refused(package({"module.md": b"x", **many})) is PackageRefusal.TOO_MANY
    assert refused(package({f"x{n}/": b"" for n in range(500)})) is PackageRefusal.TOO_MANY


@pytest.mark.parametrize(
    ("entries", "reason"),
    [
        ({"01-a.md": b"x"}, PackageRefusal.NO_MODULE),
        ({"module.md": b"\xff\xfe\x00"}, PackageRefusal.NO_TEXT),
        ({"module.md": b"a\x00b"}, PackageRefusal.NO_TEXT),
        ({"module.md": b"x", "img/a.svg": b"<svg><script/></svg>"}, PackageRefusal.PICTURE),
        ({"module.md": b"x", "img/a.png": SVG}, PackageRefusal.PICTURE),
    ],
)
def test_what_cannot_be_used_is_named(entries, reason):
    assert refused(package(entries)) is reason


def test_a_file_twice_is_refused():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        made.writestr("module.md", "a")
        with pytest.warns(UserWarning, match="Duplicate"):
            made.writestr("module.md", "b")
    assert refused(out.getvalue()) is PackageRefusal.TWICE


@pytest.mark.parametrize("data", [b"", b"no zip", b"PK\x03\x04" + b"\0" * 40, b"x" * 5_000_001])
def test_what_is_no_zip_is_refused(data):
    reason = PackageRefusal.TOO_LARGE if len(data) > 5_000_000 else PackageRefusal.NO_ZIP
    assert refused(data) is reason


def test_a_locked_package_is_refused():
    data = bytearray(packed("a", {"module.md": b"x"}))
    data[6] |= 1
    data[data.index(b"PK\x01\x02") + 8] |= 1
    assert refused(bytes(data)) is PackageRefusal.LOCKED


# Pictures


def photo(kind="PNG", size=(40, 30), **more):
    from PIL import Image

    out = io.BytesIO()
    Image.new(more.pop("mode", "RGB"), size, (10, 120, 90)).save(out, kind, **more)
    return out.getvalue()


def test_a_photo_is_made_anew_without_where_and_when_it_was_taken():
    from PIL import Image

    exif = Image.Exif()
    exif[0x010E] = "taken at home"
    sent = photo("JPEG", exif=exif)
    assert b"taken at home" in sent
    found = clean_picture(sent)
    assert found.suffix == ".jpg"
    assert b"taken at home" not in found.data
    with Image.open(io.BytesIO(found.data)) as made:
        assert made.size == (40, 30)
        assert not made.getexif()


def test_what_hangs_behind_a_picture_is_gone():
    found = clean_picture(photo() + b"<script>alert(1)</script>")
    assert found.suffix == ".png"
    assert b"script" not in found.data


def test_a_wide_picture_is_made_smaller():
    from PIL import Image

    with Image.open(io.BytesIO(clean_picture(photo(size=(3000, 100))).data)) as made:
        assert made.width == 1400


def test_a_drawing_is_taken_as_it_is():
    assert clean_picture(SVG).data == SVG


def noise():
    import random

    from PIL import Image

    out = io.BytesIO()
    made = random.Random(7).randbytes(900 * 900 * 3)
    Image.frombytes("RGB", (900, 900), made).save(out, "PNG")
    return out.getvalue()


def bomb():
    """Return a PNG that says it has 40,000 by 40,000 pixels."""
    import struct
    import zlib

    chunks = {b"IHDR": struct.pack(">IIBBBBB", 40_000, 40_000, 8, 2, 0, 0, 0), b"IDAT": b"x"}
    written = b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in chunks.items()
    )
    return b"\x89PNG\r\n\x1a\n" + written


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", PictureRefusal.EMPTY),
        (b"GIF89a" + b"\0" * 40, PictureRefusal.NO_PICTURE),
        (b"MZ\x90\0 not a picture", PictureRefusal.NO_PICTURE),
        (b"\x89PNG\r\n\x1a\nbroken", PictureRefusal.BROKEN),
        (photo()[:60], PictureRefusal.BROKEN),
        (b"\xff\xd8\xff\xe0broken", PictureRefusal.BROKEN),
        (b"<html><script>alert(1)</script></html>", PictureRefusal.DRAWING),
        (SVG.replace(b"<circle", b"<script>alert(1)</script><circle"), PictureRefusal.DRAWING),
        (SVG.replace(b"<circle", b'<circle onload="x()"'), PictureRefusal.DRAWING),
        (SVG + b" " * 20_001, PictureRefusal.DRAWING_TOO_HEAVY),
        (b"\x89PNG" + b"\0" * 8_000_000, PictureRefusal.TOO_LARGE),
        (bomb(), PictureRefusal.TOO_MANY_PIXELS),
        (noise(), PictureRefusal.TOO_HEAVY),
    ],
)
def test_what_is_no_picture_that_can_be_shown_is_refused(data, reason):
    with pytest.raises(PictureError) as no:
        clean_picture(data)
    assert no.value.reason is reason
