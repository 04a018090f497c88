"""Saying that something is so: by whom the programme names, of a type at most, and taken back."""

import json

import pytest
from sqlalchemy import select

from lms.content.versions import canonical_json
from lms.models import Attestation, AuditEntry, ContentVersion
from lms.services.publishing import definition_of
from lms.services.record import record_of
from tests.cast import NOW


@pytest.fixture
def asked(session, cast):
    """Pin the trainee to a programme that asks others, and for one of each type."""
    version = session.get_one(ContentVersion, cast.enrolment.programme_version_id)
    body = json.loads(version.body)
    node = {"kind": "attest", "id": "competent", "label": "Competent in each", "what": "competent"}
    node |= {"by": ["supervisor", "trainer"], "each": ["listening", "boundaries"]}
    body["requirements"].append({**node_like(body), **node})
    own = {"id": "own-type", "label": "Own word", "what": "background", "by": ["self"]}
    body["requirements"].append({**node_like(body), **own, "types": ["family", "adult"]})
    text = canonical_json(body)
    other = ContentVersion(
        hash="f" * 64,
        kind="programme",
        slug="asks-others",
        number=1,
        title=version.title,
        body=text,
        published_at=NOW,
    )
    session.add(other)
    session.flush()
    cast.enrolment.programme_version_id = other.id
    session.commit()
    assert definition_of(session, other).requirements[-1].types == ("family", "adult")
    return cast


def node_like(body):
    """Return the programme's own attestation, as it is stored."""
    return next(node for node in body["requirements"] if node["kind"] == "attest")


def address(cast, requirement="competent"):
    """Return the address of the sentence."""
    return f"/enrolments/{cast.enrolment.public_id}/attest?requirement={requirement}"


def said(session, cast):
    """Return what the verdict reads: type and capacity."""
    _, record = record_of(session, cast.enrolment.id)
    return [(one.type, one.by) for one in record.attestations]


def test_a_supervisor_says_so_of_each_and_it_is_taken_back(page, session, asked):
    supervisor = page.as_("supervisor")
    supervisor.get(f"/enrolments/{asked.enrolment.public_id}")
    assert address(asked) in {link["href"] for link in supervisor.soup.select("main a[href]")}
    for kind in ("listening", "boundaries", "boundaries"):
        supervisor.get(address(asked))
        assert supervisor.post(address(asked), {"kind": kind}).status_code == 302
    assert sorted(said(session, asked)) == [
        ("boundaries", "supervisor"),
        ("listening", "supervisor"),
    ]
    supervisor.get(f"/enrolments/{asked.enrolment.public_id}/papers")
    assert "Listening" in supervisor.words
    first = session.scalars(select(Attestation.public_id).order_by(Attestation.id)).first()
    trainee = page.as_("trainee")
    trainee.get("/papers")
    assert "Listening" in trainee.words
    assert supervisor.post(f"/attestations/{first}/take-back").status_code == 302
    assert said(session, asked) == [("boundaries", "supervisor")]
    assert supervisor.post(address(asked), {"kind": "listening"}).status_code == 302
    assert len(said(session, asked)) == 2
    assert "attestation-taken-back" in set(session.scalars(select(AuditEntry.act)))


def test_one_says_of_oneself_which_type_and_nothing_more(page, session, asked):
    trainee = page.as_("trainee")
    trainee.get(address(asked, "own-type"))
    assert trainee.soup.find("textarea") is None
    assert trainee.post(address(asked, "own-type"), {"kind": ""}).status_code == 200
    assert "Choose one." in trainee.words
    assert trainee.post(address(asked, "own-type"), {"kind": "my story"}).status_code == 200
    assert trainee.post(address(asked, "own-type"), {"kind": "family"}).status_code == 302
    assert said(session, asked) == [("family", "self")]


@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("supervisor", 200),
        ("trainer", 200),
        ("trainee", 302),
        ("coordinator", 302),
        ("classmate", 404),
        ("outsider", 404),
        ("visitor", 302),
    ],
)
def test_only_whom_the_programme_names_is_asked(page, session, asked, who, status):
    client = page.as_(who)
    assert client.get(address(asked)).status_code == status
    client.post(address(asked), {"kind": "listening"})
    assert len(said(session, asked)) == (1 if status == 200 else 0)


def test_what_no_programme_asks_is_not_said(page, session, cast):
    supervisor = page.as_("supervisor")
    assert supervisor.get(address(cast, "nothing-like-it")).status_code == 302
    assert supervisor.post(address(cast, "nothing-like-it"), {"kind": "x"}).status_code == 302
    assert session.scalars(select(Attestation)).all() == []
