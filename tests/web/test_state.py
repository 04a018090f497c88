"""What the application remembers of signed texts: the same text, as long as it is young enough."""

from datetime import timedelta

import pytest
import time_machine
from itsdangerous import BadSignature, SignatureExpired, URLSafeTimedSerializer

from lms.db import utcnow
from lms.web.state import Remembering


@pytest.fixture
def signer():
    return Remembering(URLSafeTimedSerializer("a key for nothing else", salt="tests"))


def test_a_known_text_is_read_anew_each_time(signer):
    text = signer.dumps({"words": ["one"]})
    first = signer.loads(text, max_age=60)
    first["words"].append("two")
    assert signer.loads(text, max_age=60) == {"words": ["one"]}


def test_a_known_text_grows_too_old(signer):
    text = signer.dumps("kept")
    assert signer.loads(text, max_age=60) == "kept"
    later = time_machine.travel(utcnow() + timedelta(seconds=62), tick=False)
    with later, pytest.raises(SignatureExpired):
        signer.loads(text, max_age=60)


def test_what_was_changed_or_signed_by_another_is_refused_each_time(signer):
    text = signer.dumps("kept")
    signer.loads(text, max_age=60)
    other = URLSafeTimedSerializer("another key, of another house", salt="tests").dumps("kept")
    # The signature's first character: some of its last one's bits stand for nothing and may differ.
    start = text.rindex(".") + 1
    changed = text[:start] + ("a" if text[start] != "a" else "b") + text[start + 1 :]
    for wrong in (changed, "x" + text, other, "", "a.b.c"):
        for _again in range(2):
            with pytest.raises(BadSignature):
                signer.loads(wrong, max_age=60)


def test_a_long_text_is_packed_and_still_known(signer):
    words = "the same few words again " * 200
    text = signer.dumps(words)
    assert len(text) < len(words)
    assert [signer.loads(text, max_age=60) for _again in range(2)] == [words, words]
