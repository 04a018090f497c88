"""The certificate: what it shows, what it refuses, and that it is the same file every time."""

import hashlib
import io
import itertools
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
import zxingcpp
from pypdf import PdfReader

from lms.documents.certificate import (
    Detail,
    DoesNotFitError,
    FontFileError,
    MissingGlyphError,
    Orientation,
    Paper,
    ShapingMissingError,
    Signatory,
    certificate_pdf,
    unprintable_characters,
)
from lms.documents.typefaces import CAN_SHAPE
from lms.rules.certificates import format_code
from tests.documents.making import CHECK, CODE, make_facts, make_mark, rendered, run_tool

PAGES = [
    pytest.param(paper, orientation, id=f"{paper}-{orientation}")
    for paper, orientation in itertools.product(Paper, Orientation)
]
NAMES = {
    "short": "Li",
    "apostrophe and markup": "Seán O\u2019Brien & <b>Sons</b> %s {0}",
    "extended Latin": "Żółć Łęczycka-Ğüneş Ọlá",
    "Vietnamese": "Nguyễn Thị Ngọc Ánh",
    "Greek": "Ἀλέξανδρος Παπαδόπουλος",
    "Cyrillic": "Ярослава Щербиніна",
}
SHAPED_NAMES = {
    "Arabic": "فاطمة الزهراء بنت محمد",
    "Persian": "مریم حسینی\u200cزاده",
    "Hebrew": "נֹעָה בֶּן־דָּוִד",
    "Devanagari": "प्रज्ञा श्रीनिवास ठक्कुर",
    "Latin with a loose mark": "T\u0304ova M\u0323\u0302",
    "mixed": "محمد (Mo) Smith 12",
}
LONG_NAMES = {
    "300 letters in words": ("Maria Concepción Guadalupe Fernández-Villanueva " * 7)[:300],
    "300 wide letters without a space": "W" * 300,
    "300 narrow letters": "i" * 300,
}

needs_shaping = pytest.mark.skipif(not CAN_SHAPE, reason="the extra 'shaping' is not installed")


def text_of(pdf: bytes) -> str:
    return PdfReader(io.BytesIO(pdf)).pages[0].extract_text()


@pytest.mark.parametrize("name", NAMES.values(), ids=NAMES)
def test_a_name_is_printed_as_it_is_written(name):
    assert name in " ".join(text_of(certificate_pdf(make_facts(name=name))).split())


def test_everything_a_certificate_must_say_is_on_the_page():
    text = " ".join(text_of(certificate_pdf(make_facts())).split())
    facts = make_facts()
    said = (facts.organisation, facts.programme, facts.level, facts.covers, facts.limits, CHECK)
    for part in (*said, format_code(CODE), "Valid until", "2 May 2028", "Ruth Okafor"):
        assert part in text


@pytest.mark.parametrize(("paper", "orientation"), PAGES)
@pytest.mark.parametrize("name", ["Amina Yusuf", *LONG_NAMES.values()], ids=["short", *LONG_NAMES])
def test_one_page_holds_it_in_every_size(paper, orientation, name):
    facts = make_facts(name=name, paper=paper, orientation=orientation, mark=make_mark())
    reader = PdfReader(io.BytesIO(certificate_pdf(facts)))
    box = reader.pages[0].mediabox
    assert len(reader.pages) == 1
    assert (box.width > box.height) == (orientation is Orientation.LANDSCAPE)
    shown = "".join(reader.pages[0].extract_text().split())
    assert name.replace(" ", "") in shown


@pytest.mark.parametrize("name", LONG_NAMES.values(), ids=LONG_NAMES)
def test_a_long_name_leaves_the_margins_free(name, tmp_path):
    image = rendered(certificate_pdf(make_facts(name=name)), tmp_path, 60)
    ink = image.point(lambda value: 255 if value < 200 else 0).getbbox()
    margin = 40 * 60 / 72
    assert ink is not None
    left, top, right, bottom = ink
    assert min(left, top, image.width - right, image.height - bottom) > margin


@pytest.mark.parametrize(("paper", "orientation"), PAGES)
def test_the_code_on_the_page_opens_the_check_page(paper, orientation, tmp_path):
    facts = make_facts(paper=paper, orientation=orientation, check_address=CHECK + "/")
    found = zxingcpp.read_barcodes(rendered(certificate_pdf(facts), tmp_path))
    assert [barcode.text for barcode in found] == [f"{CHECK}/{CODE}"]


@needs_shaping
@pytest.mark.parametrize("name", SHAPED_NAMES.values(), ids=SHAPED_NAMES)
def test_a_name_that_needs_shaping_is_given_to_readers_in_its_own_order(name):
    reader = PdfReader(io.BytesIO(certificate_pdf(make_facts(name=name))))
    spoken = [element["/ActualText"] for element in elements(reader) if "/ActualText" in element]
    assert name.replace("M\u0323\u0302", "\u1e42\u0302") in spoken


@needs_shaping
def test_a_mixed_line_runs_as_a_reader_of_it_expects(tmp_path):
    """The bracket pair around Latin letters stands to the left of the Arabic name."""
    path = tmp_path / "mixed.pdf"
    path.write_bytes(certificate_pdf(make_facts(name=SHAPED_NAMES["mixed"])))
    assert "Smith 12 (Mo)" in run_tool("pdftotext", "-raw", str(path), "-")


@needs_shaping
def test_a_right_to_left_language_mirrors_the_page(tmp_path):
    facts = make_facts(language="ar", mark=make_mark())
    image = rendered(certificate_pdf(facts), tmp_path)
    (found,) = zxingcpp.read_barcodes(image)
    assert found.position.top_left.x > image.width / 2


def test_a_name_that_cannot_be_shown_is_refused_with_its_characters():
    with pytest.raises(MissingGlyphError) as refused:
        certificate_pdf(
            make_facts(name="Amina \U0001f389 山 Yusuf \U0001f389", level="\u0870\ue000")
        )
    assert set(refused.value.characters) == {"\U0001f389", "山", "\u0870", "\ue000"}
    assert "U+1F389 PARTY POPPER" in str(refused.value)


def test_what_cannot_be_shown_can_be_asked_before():
    assert unprintable_characters("Amina Yusuf") == ()
    assert unprintable_characters("山田 \U0001f469\u200d\U0001f680") == (
        "山",
        "田",
        "\U0001f469",
        "\U0001f680",
    )


def test_characters_that_control_a_line_are_taken_out():
    name = "\u202eAmina\x00\x07 \u2066Yusuf\u2069\u200f\tde\nla Cruz"
    text = text_of(certificate_pdf(make_facts(name=name)))
    assert "Amina Yusuf de la Cruz" in text


def test_too_many_words_are_refused_instead_of_squeezed():
    with pytest.raises(DoesNotFitError):
        certificate_pdf(make_facts(covers="Peer support with adults. " * 200))


def test_what_may_be_empty_leaves_no_gap_and_no_tag():
    facts = make_facts(level="", details=(), signatories=())
    reader = PdfReader(io.BytesIO(certificate_pdf(facts)))
    roles = [element["/S"] for element in elements(reader)]
    assert "/L" not in roles
    assert roles.count("/H2") == 1


def test_six_facts_and_five_signatories_still_fit():
    facts = make_facts(
        details=tuple(Detail(f"Label {n}", f"A value of some length {n}") for n in range(6)),
        signatories=tuple(Signatory(f"Somebody {n}", f"Part {n}") for n in range(5)),
    )
    text = text_of(certificate_pdf(facts))
    assert "Somebody 4" in text
    assert "Label 5" in text


# The same file every time


def test_the_same_facts_give_the_same_bytes():
    facts = make_facts(mark=make_mark())
    first = certificate_pdf(facts)
    certificate_pdf(make_facts(name="Ярослава Щербиніна"))
    assert certificate_pdf(facts) == first


def test_another_process_gives_the_same_bytes():
    script = (
        "import hashlib, sys\n"
        "from tests.documents.making import make_facts\n"
        "from lms.documents.certificate import certificate_pdf\n"
        "print(hashlib.sha256(certificate_pdf(make_facts())).hexdigest())\n"
    )
    done = run_python(script, PYTHONHASHSEED="7", TZ="Pacific/Auckland")
    assert done.strip() == hashlib.sha256(certificate_pdf(make_facts())).hexdigest()


def test_threads_do_not_disturb_each_other():
    names = [f"{name} {n}" for n in range(4) for name in NAMES.values()]
    facts = [make_facts(name=name) for name in names]
    alone = [certificate_pdf(one) for one in facts]
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(certificate_pdf, facts)) == alone


def test_one_changed_fact_changes_the_file_and_its_identity():
    files = [certificate_pdf(make_facts(issued_on=date(2026, 5, day))) for day in (3, 4)]
    first, second = (PdfReader(io.BytesIO(file)).trailer["/ID"][0] for file in files)
    assert first != second


# Without the extra, with other fonts


WITHOUT_SHAPING = "import sys\nsys.modules['uharfbuzz'] = None\n"


def test_without_shaping_names_of_simple_scripts_are_still_printed():
    script = (
        WITHOUT_SHAPING
        + "from tests.documents.making import make_facts\n"
        + "from lms.documents.certificate import certificate_pdf\n"
        + "pdf = certificate_pdf(make_facts(name='Ярослава Łęczycka'))\n"
        + "from tests.documents.test_certificate import text_of\n"
        + "print('Ярослава Łęczycka' in text_of(pdf))\n"
    )
    assert run_python(script).strip() == "True"


def test_without_shaping_a_name_that_needs_it_is_refused():
    script = (
        WITHOUT_SHAPING
        + "from tests.documents.making import make_facts\n"
        + "from lms.documents.certificate import *\n"
        + "try:\n    certificate_pdf(make_facts(name='Amina \u0645\u062d\u0645'))\n"
        + "except ShapingMissingError as refused:\n    print(ascii(refused.characters))\n"
        + "print(ascii(unprintable_characters('\u0905')))\n"
    )
    first, second = run_python(script).splitlines()
    assert first == ascii(("\u0645", "\u062d"))
    assert second == ascii(("\u0905",))
    assert issubclass(ShapingMissingError, ValueError)


def run_python(script: str, **env: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", script],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2]), **env},
    )
    return done.stdout


DEJAVU = Path("/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf")
NANUM = Path("/usr/share/fonts/truetype/nanum/NanumGothic.ttf")
CJK_FONTS = [
    Path("/usr/share/fonts/truetype/droid/DroidSansFallbackFull.ttf"),
    Path("/usr/share/fonts/truetype/wqy/wqy-zenhei.ttc"),
    Path("/usr/share/fonts/truetype/arphic/uming.ttc"),
]


@pytest.mark.skipif(not DEJAVU.exists(), reason="DejaVu Sans is not installed")
def test_an_organisation_can_add_a_font():
    facts = make_facts(name="ნინო კალანდაძე")
    with pytest.raises(MissingGlyphError):
        certificate_pdf(facts)
    assert facts.name in text_of(certificate_pdf(facts, extra_fonts=(DEJAVU,)))
    assert unprintable_characters(facts.name, extra_fonts=(DEJAVU,)) == ()


def test_an_added_font_can_carry_chinese_and_japanese_names():
    font = next(filter(Path.exists, CJK_FONTS), None)
    if font is None:
        pytest.skip("no Chinese or Japanese TrueType font is installed")
    facts = make_facts(name="山田太郎 王小明")
    assert facts.name in text_of(certificate_pdf(facts, extra_fonts=(font,)))


def test_an_added_font_can_carry_korean_names():
    if not NANUM.exists():
        pytest.skip("no Korean TrueType font is installed")
    facts = make_facts(name="박 서연 Dvořák")
    with pytest.raises(MissingGlyphError):
        certificate_pdf(facts)
    assert facts.name in text_of(certificate_pdf(facts, extra_fonts=(NANUM,)))


@pytest.mark.parametrize("content", [b"", b"not a font at all", b"OTTO" + bytes(200), None])
def test_a_file_that_is_no_usable_font_is_named(tmp_path, content):
    path = tmp_path / "Added.otf"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(FontFileError, match="TrueType") as refused:
        certificate_pdf(make_facts(), extra_fonts=(path,))
    assert refused.value.path == path


# What other tools say about it


@pytest.fixture
def file(tmp_path: Path) -> str:
    path = tmp_path / "certificate.pdf"
    path.write_bytes(certificate_pdf(make_facts(mark=make_mark())))
    return str(path)


def test_the_file_is_sound(file):
    assert "No syntax or stream encoding errors found" in run_tool("qpdf", "--check", file)


def test_the_file_is_tagged_and_titled_and_dated_by_its_facts(file):
    said = dict(line.split(":", 1) for line in run_tool("pdfinfo", "-isodates", file).splitlines())
    assert said["Tagged"].strip() == "yes"
    assert said["Title"].strip() == "Certificate PS-2026-0017"
    assert said["CreationDate"].strip() == said["ModDate"].strip() == "2026-05-03T00:00:00Z"
    assert said["JavaScript"].strip() == "no"


def test_every_font_is_embedded_and_readable(file):
    rows = [line.split() for line in run_tool("pdffonts", file).splitlines()[2:]]
    assert rows
    assert all(row[-5:-2] == ["yes", "yes", "yes"] for row in rows)
    assert all("NotoSans" in row[0] for row in rows)


def test_the_structure_reads_in_the_order_of_the_page(file):
    lines = run_tool("pdfinfo", "-struct-text", file).splitlines()
    spoken = [line.strip().strip('"') for line in lines if line.strip().startswith('"')]
    first = ["", "Harbour Peer Network", "Certificate", "This certifies that", "Amina Yusuf"]
    assert spoken[:5] == first
    assert spoken[-1] == "This certificate does not qualify for therapy or legal advice."
    assert spoken.index("Issued") + 1 == spoken.index("3 May 2026")


def elements(reader: PdfReader) -> list[dict]:
    waiting = [reader.trailer["/Root"]["/StructTreeRoot"]]
    found = []
    while waiting:
        element = waiting.pop(0)
        found += [element] if "/S" in element else []
        children = [child.get_object() for child in element.get("/K", [])]
        waiting = [child for child in children if isinstance(child, dict)] + waiting
    return found


def test_pictures_are_described_and_headings_are_in_order(file):
    found = elements(PdfReader(file))
    figures = [element["/Alt"] for element in found if element["/S"] == "/Figure"]
    assert figures == ["Harbour Peer Network", "QR code that opens the check page"]
    headings = [element["/S"] for element in found if element["/S"].startswith("/H")]
    assert headings == ["/H1", "/H2"]


def test_every_marked_piece_belongs_to_one_element(file):
    reader = PdfReader(file)
    content = reader.pages[0].get_contents().get_data().decode("latin1")
    numbers = reader.trailer["/Root"]["/StructTreeRoot"]["/ParentTree"]["/Nums"]
    owners = numbers[1].get_object()
    assert content.count("/MCID") == len(owners)
    assert content.count("BDC") + content.count("BMC") == content.count("EMC")
    for mark, owner in enumerate(owners):
        assert mark in owner.get_object()["/K"]


def test_the_address_is_a_link_that_a_reader_finds(file):
    reader = PdfReader(file)
    (annotation,) = (entry.get_object() for entry in reader.pages[0]["/Annots"])
    assert annotation["/A"]["/URI"] == f"{CHECK}/{CODE}"
    assert annotation["/Contents"] == "Open the check page"
    (link,) = (element for element in elements(reader) if element["/S"] == "/Link")
    assert any(child.get_object() == annotation for child in object_references(link))


def object_references(element: dict) -> list:
    return [child["/Obj"] for child in element["/K"] if isinstance(child, dict)]


def test_the_catalogue_says_language_and_title(file):
    root = PdfReader(file).trailer["/Root"]
    assert root["/Lang"] == "en"
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    metadata = root["/Metadata"].get_data().decode()
    assert "Certificate PS-2026-0017</rdf:li>" in metadata
    assert "Amina" not in metadata


def test_a_title_with_signs_of_markup_is_written_as_text():
    pdf = certificate_pdf(make_facts(title="Certificate <1> & 2"))
    reader = PdfReader(io.BytesIO(pdf))
    assert reader.metadata.title == "Certificate <1> & 2"
    assert reader.xmp_metadata.dc_title["x-default"] == "Certificate <1> & 2"


def test_facts_are_frozen():
    facts = make_facts()
    with pytest.raises(AttributeError):
        facts.name = "Somebody Else"
    assert replace(facts, name="Somebody Else").name == "Somebody Else"
