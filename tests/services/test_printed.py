"""Every kind of document as it is printed, on both papers, read by tools that are not ours."""

import itertools
import json
from datetime import timedelta

import pytest
import zxingcpp

from lms.documents.certificate import certificate_pdf
from lms.models import Letterhead
from lms.rules.certificates import Claim, format_code
from lms.rules.programmes import DocumentKind, LivedLine
from lms.services.certificates import choose_lines, put_mark
from lms.services.certificates.stating import day_words, time_words
from tests.cast import NOW, TODAY
from tests.certifying import issue, meet_all
from tests.documents.making import make_mark, rendered, run_tool
from tests.meeting import close, make_gathering

POINTS = {"a4": {"595.28", "841.89"}, "letter": {"612", "792"}}
PAGES = [
    pytest.param(kind, paper, id=f"{kind}-{paper}")
    for kind, paper in itertools.product(DocumentKind, POINTS)
]


@pytest.fixture
def ready(session, cast):
    """Return the cast with everything met, a gathering attended, and a letterhead."""
    meet_all(session, cast)
    close(session, make_gathering(session, cast), {cast.enrolment.id: (0, 0)}, by=cast.trainer)
    session.add(
        Letterhead(
            organisation_id=cast.organisation.id,
            address="12 Harbour Lane\nPort Example",
            approval="Provider 4711",
            first_name="Ruth Okafor",
            first_role="Director",
            second_name="Łucja Nguyễn",
            second_role="Chair",
            paper="a4",
            language="",
            mark_words="",
        )
    )
    session.flush()
    put_mark(session, cast.organisation, make_mark(), "A ring", by=cast.coordinator.id, now=NOW)
    return cast


def made(session, cast, kind, paper):
    session.get_one(Letterhead, cast.organisation.id).paper = paper
    return issue(session, cast, kind=kind, now=NOW + timedelta(days=1))


@pytest.mark.parametrize(("kind", "paper"), PAGES)
def test_each_kind_on_each_paper_is_sound_and_says_every_claim(
    session, ready, tmp_path, kind, paper
):
    found = made(session, ready, kind, paper)
    path = str(tmp_path / "document.pdf")
    (tmp_path / "document.pdf").write_bytes(found.pdf)
    assert "No syntax or stream encoding errors found" in run_tool("qpdf", "--check", path)
    said = dict(line.split(":", 1) for line in run_tool("pdfinfo", path).splitlines())
    assert (said["Tagged"].strip(), said["Pages"].strip()) == ("yes", "1")
    assert set(said["Page size"].split()) >= POINTS[paper]
    fonts = [line.split() for line in run_tool("pdffonts", path).splitlines()[2:]]
    assert all(row[-5:-2] == ["yes", "yes", "yes"] for row in fonts)
    text = " ".join(run_tool("pdftotext", "-raw", path, "-").split())
    missing = [words for words in wanted(found) if " ".join(words.split()) not in text]
    assert missing == []
    alone = Claim.VALID_UNTIL, Claim.TITLE
    assert all(json.loads(found.facts)["claims"][claim] is None for claim in alone) == (
        kind is not DocumentKind.CREDENTIAL
    )


def wanted(certificate):
    """Yield everything that the sealed claims say, as it must stand on the page."""
    claims = json.loads(certificate.facts)["claims"]
    days = {Claim.TOOK_PART_FROM, Claim.TOOK_PART_UNTIL, Claim.ISSUED_ON, Claim.VALID_UNTIL}
    for name, value in claims.items():
        if value is None or name in {Claim.KIND, Claim.TRAINER}:
            continue
        if name in days:
            yield day_words(certificate.issued_on.fromisoformat(value), "en")
        elif name == Claim.ADDRESS:
            yield value.replace("\n", ", ")
        elif name == Claim.VERSION:
            yield f"Version {value}" if certificate.kind != "letter" else ""
        elif name == Claim.SIGNED_BY:
            yield from (part.split(", ")[0] for part in value.split("; "))
        else:
            yield value
    yield format_code(certificate.code)


@pytest.mark.parametrize(("kind", "paper"), PAGES)
def test_its_code_opens_the_check_page(session, ready, tmp_path, kind, paper):
    found = made(session, ready, kind, paper)
    (barcode,) = zxingcpp.read_barcodes(rendered(found.pdf, tmp_path))
    ground = session.info["ground"]
    assert barcode.text == f"{ground.base_url}/check/{found.code}"


def test_it_is_read_aloud_from_the_sender_to_the_limits(session, ready, tmp_path):
    found = made(session, ready, DocumentKind.TRAINING, "a4")
    (tmp_path / "document.pdf").write_bytes(found.pdf)
    lines = run_tool("pdfinfo", "-struct-text", str(tmp_path / "document.pdf")).splitlines()
    spoken = [line.strip().strip('"') for line in lines if line.strip().startswith('"')]
    order = [
        *("Riverside Peers", "Training certificate", "This certifies that", "Trainee"),
        *("has completed the training", "Time taken part", "Modules", "From", "Until"),
        *("Issued", "Number", "Ruth Okafor", "Łucja Nguyễn", "Trainer", "Code"),
    ]
    places = [spoken.index(words) for words in order]
    assert places == sorted(places)


def test_training_hours_are_those_on_record(session, ready):
    claims = json.loads(made(session, ready, DocumentKind.TRAINING, "a4").facts)["claims"]
    assert claims[Claim.HOURS] == "1 h 30 min in person"
    letter = json.loads(made(session, ready, DocumentKind.LETTER, "a4").facts)["claims"]
    assert letter[Claim.HOURS] == "11 h 30 min in all: 1 h 30 min of training, 10 h of supervision"


def test_what_was_not_chosen_stands_nowhere_in_the_file(session, ready, tmp_path):
    plain = made(session, ready, DocumentKind.CREDENTIAL, "a4")
    assert "Peer support" not in words_in(plain, tmp_path)
    assert "lived experience" not in words_in(plain, tmp_path)


def test_what_was_chosen_is_printed(session, ready, tmp_path):
    given = {"by": ready.trainee.id, "now": NOW}
    choose_lines(session, ready.enrolment, DocumentKind.CREDENTIAL, list(LivedLine), **given)
    text = words_in(made(session, ready, DocumentKind.CREDENTIAL, "a4"), tmp_path)
    assert "Peer support specialist (demonstration)" in text
    assert "The holder brings lived experience to this work." in text


def words_in(certificate, tmp_path):
    (tmp_path / "document.pdf").write_bytes(certificate.pdf)
    text = run_tool("pdftotext", "-raw", str(tmp_path / "document.pdf"), "-")
    return " ".join(text.split())


def test_the_words_around_follow_the_letterheads_language(session, ready):
    session.get_one(Letterhead, ready.organisation.id).language = "es"
    claims = json.loads(issue(session, ready, now=NOW).facts)["claims"]
    assert claims[Claim.COVERS].startswith("Boundaries")  # the programme's words are its own
    assert day_words(TODAY, "es") == "2 de noviembre de 2026"


def test_the_same_facts_give_the_same_file(session, ready, monkeypatch):
    from lms.services.certificates import printing

    drawn = []
    monkeypatch.setattr(
        printing, "certificate_pdf", lambda facts, **more: drawn.append(facts) or b"%PDF"
    )
    issue(session, ready, kind=DocumentKind.LETTER)
    assert certificate_pdf(drawn[0]) == certificate_pdf(drawn[0])


@pytest.mark.parametrize(
    ("minutes", "words"), [(0, "0 min"), (45, "45 min"), (60, "1 h"), (6090, "101 h 30 min")]
)
def test_time_is_said_in_hours_and_minutes(minutes, words):
    assert time_words(minutes) == words
