"""The public check: every state, forged codes, files, hammering, and what is never said."""

from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import select, text, update

from lms.db import utcnow
from lms.models import Certificate, RateBucket
from lms.rules.certificates import CertificateEventKind, code_from_bytes, format_code
from lms.services.certificates import EventNote, record_event
from lms.web.check import FREE_MISSES
from tests.certifying import issue, meet_all

UNKNOWN = code_from_bytes(bytes(17))
KIND = CertificateEventKind


@pytest.fixture
def issued(session, cast):
    meet_all(session, cast)
    found = issue(session, cast, now=utcnow())
    session.commit()
    return found


@pytest.fixture
def anybody(page):
    return page.as_("visitor")


def record(session, cast, certificate, kind, reason="Private words"):
    record_event(
        session,
        certificate,
        kind,
        by=cast.coordinator.id,
        note=EventNote(reason=reason),
        op_id=f"op-{kind}",
        now=utcnow(),
    )
    session.commit()


def heading(client):
    return " ".join(client.soup.find("h1").get_text(" ").split())


# By code


@pytest.mark.parametrize(
    "typed",
    [
        lambda code: code,
        lambda code: format_code(code),
        lambda code: format_code(code, "-").lower(),
        lambda code: f"  http://localhost/check/{code}?from=mail ",
        lambda code: code.replace("0", "O").replace("1", "l"),
    ],
)
def test_a_code_is_read_however_it_is_typed(anybody, issued, typed):
    anybody.get("/check")
    reply = anybody.submit("/check", code=typed(issued.code))
    assert (reply.status_code, reply.location) == (302, f"/check/{issued.code}")
    reply = anybody.get("/check", query_string={"code": typed(issued.code)})
    assert reply.location == f"/check/{issued.code}"
    assert anybody.get(f"/check/{format_code(issued.code, '-')}").location == (
        f"/check/{issued.code}"
    )


def test_the_page_says_the_state_first_and_then_the_claims(anybody, issued):
    reply = anybody.get(f"/check/{issued.code}")
    assert reply.status_code == 200
    assert heading(anybody) == "Valid"
    for words in ("Trainee", "Riverside Peers", "0001", "Support specialist", "counselling"):
        assert words in anybody.words


@pytest.mark.parametrize(
    ("kind", "words", "never"),
    [
        ("credential", "This is a certificate.", "letter"),
        ("training", "This is a training certificate", "This is a certificate."),
        ("letter", "This is a letter of participation", "This is a certificate."),
    ],
)
@pytest.mark.parametrize("event", [None, KIND.REVOKED])
def test_the_page_names_the_kind_of_document(
    anybody, session, cast, issued, kind, words, never, event
):
    if event:
        record(session, cast, issued, event)
    session.execute(update(Certificate).values(kind=kind))
    session.commit()
    anybody.get(f"/check/{issued.code}")
    assert words in anybody.words
    assert never not in anybody.words


def test_the_page_is_discreet(anybody, issued):
    reply = anybody.get(f"/check/{issued.code}")
    assert anybody.soup.title.text == "Alongside"
    assert "noindex" in reply.headers["X-Robots-Tag"]
    assert reply.headers["Referrer-Policy"] == "no-referrer"
    assert reply.headers["Cache-Control"] == "no-store"
    assert "Set-Cookie" not in reply.headers
    assert "Set-Cookie" not in anybody.get("/check").headers


@pytest.mark.parametrize("who", ["visitor", "trainee", "classmate", "outsider", "coordinator"])
def test_everybody_reads_the_same_signed_in_or_not(page, issued, who):
    reader = page.as_(who)
    assert reader.get("/check").status_code == 200
    reader.get(f"/check/{issued.code}")
    assert heading(reader) == "Valid"


@pytest.mark.parametrize(
    ("kind", "start"),
    [(KIND.SUSPENDED, "Suspended since"), (KIND.REVOKED, "Revoked on")],
)
def test_what_happened_is_dated_and_no_reason_is_given(anybody, session, cast, issued, kind, start):
    record(session, cast, issued, kind)
    reply = anybody.get(f"/check/{issued.code}")
    assert heading(anybody).startswith(start)
    assert "Private words" not in reply.get_data(as_text=True)
    told = anybody.get(f"/check/{issued.code}.json").json
    assert told["state"] == kind.value
    assert told["since"]


def test_a_superseded_one_points_to_nobody(anybody, session, cast, issued):
    record(session, cast, issued, KIND.SUPERSEDED)
    anybody.get(f"/check/{issued.code}")
    assert heading(anybody) == "Replaced by a newer one"
    links = [a["href"] for a in anybody.soup.find("main").find_all("a")]
    assert links == ["/check"]
    assert "Trainee" not in anybody.words
    assert "name" not in anybody.get(f"/check/{issued.code}.json").json["claims"]


def test_an_expired_one_is_expired_by_its_date(anybody, issued):
    with time_machine.travel(utcnow() + timedelta(days=800), tick=False):
        anybody.get(f"/check/{issued.code}")
        assert heading(anybody) == "Expired"
        assert anybody.get(f"/check/{issued.code}.json").json["state"] == "expired"


def test_json_stands_beside_the_page(anybody, issued):
    reply = anybody.get(f"/check/{issued.code}.json")
    assert reply.mimetype == "application/json"
    told = reply.json
    more = {"on", "standing", "followed", "erased"}
    assert set(told) == {"state", "since", "as_of", "claims"} | more
    assert told["on"] == issued.issued_on.isoformat()
    assert (told["state"], told["since"]) == ("valid", None)
    assert told["as_of"].endswith("Z")
    assert told["claims"]["name"] == "Trainee"
    assert told["claims"]["issued_on"] == issued.issued_on.isoformat()


@pytest.mark.parametrize("who", ["trainee", "outsider"])
def test_a_foreign_code_and_file_are_met_the_same_signed_in(page, issued, who):
    reader = page.as_(who)
    assert reader.get(f"/check/{UNKNOWN}").status_code == 404
    assert heading(reader) == "No certificate has this code"
    assert send(reader, b"something").status_code == 200
    assert heading(reader) == "This file is not as we issued it"


def test_a_foreign_code_is_not_one_of_ours(anybody, issued):
    assert anybody.get(f"/check/{UNKNOWN}").status_code == 404
    assert heading(anybody) == "No certificate has this code"
    reply = anybody.get(f"/check/{UNKNOWN}.json")
    assert (reply.status_code, reply.json["state"], reply.json["claims"]) == (404, "unknown", {})


def forged(code):
    """Change one character in the middle."""
    return code[:9] + ("A" if code[9] != "A" else "B") + code[10:]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda code: forged(code), "differs from what was printed"),
        (lambda code: code[:-1], "too short"),
        (lambda code: code + "A", "too long"),
        (lambda code: "Ω" + code[1:], "a sign in it that no code has"),
        (lambda code: "A" * 10_000, "too long"),
        (lambda code: "\U0001f600" * 20, "a sign in it that no code has"),
        (lambda code: "\u05d0" * 27, "a sign in it that no code has"),
        (lambda code: "", "Write the code"),
        (lambda code: " - ", "Write the code"),
        (lambda code: "<script>alert(1)</script>", "no code has"),
    ],
)
def test_a_malformed_code_says_what_is_wrong_and_stays(anybody, issued, change, words):
    typed = change(issued.code)
    anybody.get("/check")
    reply = anybody.submit("/check", code=typed)
    assert reply.status_code == 200
    assert words in anybody.words
    assert anybody.soup.find(id="code")["value"] == typed.strip()
    assert typed.startswith(issued.code) or issued.code not in reply.get_data(as_text=True)


@pytest.mark.parametrize("typed", ["x", "A" * 3000, "%00", "..%2f..", "file", "a b c", "U" * 27])
def test_a_malformed_address_is_met_in_words(anybody, issued, typed):
    reply = anybody.get(f"/check/{typed}")
    assert reply.status_code in {302, 400, 404}
    reply = anybody.client.get(f"/check/{typed}.json")
    assert reply.status_code in {400, 404}


def test_malformed_json_names_the_fault(anybody, issued):
    reply = anybody.get(f"/check/{forged(issued.code)}.json")
    assert reply.status_code == 400
    assert reply.json["errors"][0]["code"] == "code-check-differs"


def test_facts_changed_in_the_database_are_not_shown(anybody, session, issued):
    session.execute(text("update certificate set facts = replace(facts, 'Trainee', 'Impostor')"))
    session.commit()
    anybody.get(f"/check/{issued.code}")
    assert "does not fit its seal" in anybody.words
    assert "Impostor" not in anybody.words
    assert "Riverside" not in anybody.words


# Slowing


def test_guessing_is_slowed_and_never_locked(anybody, session, issued):
    start = utcnow()
    with time_machine.travel(start, tick=False) as clock:
        for _ in range(FREE_MISSES + 1):
            assert anybody.client.get(f"/check/{UNKNOWN}").status_code == 404
        reply = anybody.get(f"/check/{UNKNOWN}")
        assert reply.status_code == 429
        assert 1 <= int(reply.headers["Retry-After"]) <= 60
        assert "Nothing is locked" in anybody.words
        assert anybody.client.get(f"/check/{issued.code}.json").status_code == 429
        other = {"REMOTE_ADDR": "203.0.113.9"}
        assert anybody.client.get(f"/check/{issued.code}", environ_base=other).status_code == 200
        clock.shift(61)
        assert anybody.get(f"/check/{issued.code}").status_code == 200
    kept = session.scalars(select(RateBucket.k)).all()
    assert kept
    assert not any("127.0.0.1" in key for key in kept)


def test_checking_real_codes_is_never_slowed(anybody, issued):
    for _ in range(FREE_MISSES * 3):
        assert anybody.client.get(f"/check/{issued.code}").status_code == 200


def test_a_real_check_writes_nothing(anybody, session, issued):
    anybody.get(f"/check/{issued.code}")
    assert session.scalars(select(RateBucket.k)).all() == []


# By file


def send(client, data, name="anything.pdf"):
    head = f'--x\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n\r\n'
    body = head.encode() + data + b"\r\n--x--\r\n"
    kind = "multipart/form-data; boundary=x"
    return client._look(client.client.post("/check/file", data=body, content_type=kind))


def test_the_file_itself_is_genuine_and_tells_the_state_of_now(anybody, session, cast, issued):
    pdf = session.scalar(select(Certificate.pdf))
    assert send(anybody, pdf).status_code == 200
    assert heading(anybody) == "Valid"
    assert "This file is genuine" in anybody.words
    record(session, cast, issued, KIND.REVOKED)
    send(anybody, pdf)
    assert heading(anybody).startswith("Revoked on")


@pytest.mark.parametrize("place", [0, 1000, -1])
def test_one_changed_byte_is_found(anybody, session, issued, place):
    changed = bytearray(session.scalar(select(Certificate.pdf)))
    changed[place] ^= 1
    send(anybody, bytes(changed))
    assert heading(anybody) == "This file is not as we issued it"


@pytest.mark.parametrize("data", [b"", b"%PDF-1.7", b"\x00" * 2_000_000])
def test_any_other_file_is_not_ours(anybody, issued, data):
    assert send(anybody, data).status_code == 200
    assert heading(anybody) == "This file is not as we issued it"


def test_no_file_is_asked_for(anybody, cast):
    anybody.post("/check/file", {})
    assert "Choose a file first" in anybody.words
    assert anybody.get("/check/file").location == "/check"


@pytest.mark.parametrize("size", [11 * 1024 * 1024, 200 * 1024 * 1024])
def test_a_file_too_large_is_refused_by_its_claimed_size(anybody, cast, size):
    """The body is never read: only its claimed length is looked at."""
    reply = anybody.client.post(
        "/check/file",
        content_type="multipart/form-data; boundary=x",
        environ_overrides={"CONTENT_LENGTH": str(size)},
    )
    assert reply.status_code == 413
    anybody._look(reply)
    assert "larger than 10 MB" in anybody.words


def test_files_are_slowed_like_codes(anybody, cast):
    with time_machine.travel(utcnow(), tick=False):
        for number in range(FREE_MISSES + 1):
            send(anybody, str(number).encode())
        assert send(anybody, b"one more").status_code == 429
