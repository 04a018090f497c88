"""What a programme gives in writing: three kinds, each with its scope, and lines to choose."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.rules.programmes import (
    CertificateWords,
    DocumentKind,
    FurtherDocument,
    LivedLine,
    LivedWords,
    Programme,
    choices_of,
    documents_of,
    find_document,
    words_printed,
)
from lms.rules.programmes.nodes import All, Completions, Signature
from lms.rules.record import (
    CompletionFact,
    HoursFact,
    Record,
    all_taken,
    minutes_by_ledger,
    minutes_by_way,
    training_taken,
)
from lms.rules.verdict import is_earned, problems_in, rows_of, verdict
from tests.rules.verdict_making import TODAY, day, make_programme

PART = All(
    id="training",
    label="Training",
    of=(
        Completions(id="one", label="One", modules=("one",)),
        Completions(id="two", label="Two", modules=("two",)),
    ),
)
SIGNED = Signature(id="signed", label="Signed", agreement="code")
SCOPE = {"title": "T", "covers": "C", "does_not_qualify": "D"}
TRAINING = FurtherDocument(kind="training", **SCOPE, requires=("training",))
LETTER = FurtherDocument(kind="letter", **SCOPE)
LIVED = LivedWords(title="Peer", endorsement="Family", lines=("One.", "Two."))


def programme(*documents: FurtherDocument, **others: object) -> Programme:
    return make_programme(PART, SIGNED, documents=documents, **others)


def record(*modules: str, on: date = TODAY) -> Record:
    facts = tuple(CompletionFact(f"c-{name}", name, on, "3") for name in modules)
    return Record("p1", completions=facts)


def problems(*documents: FurtherDocument, **others: object) -> list[tuple[tuple, str]]:
    return [(one.path, one.code) for one in problems_in(programme(*documents, **others))]


def test_a_programme_gives_its_certificate_first_and_then_what_stands_beside_it():
    found = documents_of(programme(TRAINING, LETTER))
    assert [terms.kind for terms in found] == ["credential", "training", "letter"]
    assert [terms.is_whole for terms in found] == [True, False, False]
    assert find_document(programme(), DocumentKind.LETTER) is None


def test_a_programmes_own_certificate_may_be_one_of_training():
    own = CertificateWords(**SCOPE, document="training")
    found = documents_of(programme(LETTER, certificate=own))
    assert [(terms.kind, terms.is_whole) for terms in found] == [
        ("training", True),
        ("letter", False),
    ]


@pytest.mark.parametrize(
    ("document", "path", "code"),
    [
        (replace(TRAINING, requires=("gone",)), ("documents", 0, "requires", 0), "unknown"),
        (replace(TRAINING, requires=("root",)), ("documents", 0, "requires", 0), "unknown"),
        (replace(TRAINING, requires=()), ("documents", 0, "requires"), "empty"),
        (
            replace(TRAINING, requires=("one", "one")),
            ("documents", 0, "requires", 1),
            "doubled",
        ),
        (replace(LETTER, requires=("one",)), ("documents", 0, "requires"), "contradiction"),
        (
            replace(LETTER, implies_lived_experience=LivedWords(lines=("One.", " "))),
            ("documents", 0, "implies_lived_experience", "lines", 1),
            "empty",
        ),
    ],
)
def test_what_makes_no_sense_is_named_at_its_place(document, path, code):
    assert problems(document) == [(path, code)]


def test_one_document_of_a_kind_is_enough():
    assert problems(LETTER, LETTER) == [(("documents", 1, "kind"), "doubled")]
    own = CertificateWords(**SCOPE, document="training")
    assert problems(TRAINING, certificate=own) == [(("documents", 0, "kind"), "doubled")]
    assert problems(TRAINING, LETTER) == []


# What it rests on


@pytest.mark.parametrize(
    ("modules", "earned"),
    [((), {"letter"}), (("one",), {"letter"}), (("one", "two"), {"letter", "training"})],
)
def test_each_kind_waits_for_its_own_part_alone(modules, earned):
    made = programme(TRAINING, LETTER)
    found = verdict(made, record(*modules), TODAY)
    assert {t.kind for t in documents_of(made) if is_earned(found, t)} == earned


def test_a_document_rests_on_its_part_with_all_below_and_on_nothing_else():
    made = programme(TRAINING, LETTER)
    found = verdict(made, record("one"), TODAY)
    whole, training, letter = (rows_of(found, terms) for terms in documents_of(made))
    assert whole == found.rows
    assert [row.id for row in training] == ["training", "one", "two"]
    assert letter == ()


def test_a_part_that_a_verdict_does_not_know_is_not_met():
    terms = documents_of(programme(replace(TRAINING, requires=("gone",))))[1]
    assert not is_earned(verdict(programme(), record("one", "two"), TODAY), terms)


# The lines that imply lived experience


def lived(**others: object):
    words = CertificateWords(**SCOPE, implies_lived_experience=replace(LIVED, **others))
    return documents_of(programme(certificate=words))[0]


def test_without_a_choice_nothing_is_implied():
    printed = words_printed(lived(), ())
    assert (printed.title, printed.endorsement, printed.lines) == ("T", "", ())


@given(st.sets(st.sampled_from([*LivedLine, "nonsense"])))
def test_each_line_is_printed_only_where_it_was_chosen(chosen):
    printed = words_printed(lived(), chosen)
    assert (printed.title == "Peer") == (LivedLine.TITLE in chosen)
    assert (printed.endorsement == "Family") == (LivedLine.ENDORSEMENT in chosen)
    assert bool(printed.lines) == (LivedLine.LINES in chosen)


def test_what_is_not_there_is_no_choice():
    assert choices_of(lived(endorsement=" ")) == (LivedLine.TITLE, LivedLine.LINES)
    assert words_printed(lived(title=""), list(LivedLine)).title == "T"


# What somebody took part in


def hours(name: str, minutes: int, on: str, **others: object) -> HoursFact:
    given = {"ledger": "training", "state": "confirmed", **others}
    return HoursFact(id=name, minutes=minutes, on=day(on), **given)


ENTRIES = (
    hours("a", 90, "2026-03-01", medium="in-person", mode="live"),
    hours("b", 30, "2026-03-08", medium="video", mode="live"),
    hours("c", 20, "2026-03-09", mode="self-study"),
    hours("d", 60, "2026-04-01", ledger="supervision", medium="video", mode="live"),
    hours("waits", 600, "2026-03-02", state="submitted"),
    hours("to-come", 600, "2026-12-01"),
    hours("late", 600, "2026-03-03", confirmed_on=day("2026-12-01")),
)


def test_a_letter_states_confirmed_hours_and_the_first_and_last_day():
    made = Record("p1", hours=ENTRIES, completions=record("one", on=day("2026-02-01")).completions)
    taken = all_taken(made, TODAY)
    assert [entry.id for entry in taken.hours] == ["a", "b", "c", "d"]
    assert (taken.first_on, taken.last_on) == (day("2026-02-01"), day("2026-04-01"))
    assert minutes_by_ledger(taken.hours) == {"training": 140, "supervision": 60}


def test_a_training_states_its_own_modules_and_training_hours_by_way():
    made = Record("p1", hours=ENTRIES, completions=record("one", "other").completions)
    taken = training_taken(made, TODAY, {"c-one"})
    assert [one.module for one in taken.modules] == ["one"]
    assert minutes_by_way(taken.hours) == {"in-person": 90, "video": 30, "self-study": 20}


def test_of_a_module_completed_again_the_last_version_is_stated():
    first = CompletionFact("c1", "one", day("2026-01-01"), "1")
    again = CompletionFact("c2", "one", day("2026-02-01"), "2")
    later = CompletionFact("c3", "one", day("2026-12-01"), "3")
    taken = all_taken(Record("p1", completions=(later, again, first)), TODAY)
    assert [one.version for one in taken.modules] == ["2"]
    assert taken.first_on == day("2026-02-01")


def test_nothing_on_record_is_nothing_to_state():
    taken = all_taken(Record("p1"), TODAY)
    assert (taken.is_something, taken.first_on, taken.last_on) == (False, None, None)
    assert not training_taken(record("one"), TODAY, ()).is_something


def test_an_entry_over_several_days_ends_on_its_last():
    entry = hours("a", 90, "2026-03-01", until=day("2026-03-05"))
    at = datetime(2026, 3, 6, tzinfo=UTC)
    taken = all_taken(Record("p1", hours=(entry._replace(recorded_at=at),)), TODAY)
    assert (taken.first_on, taken.last_on) == (day("2026-03-01"), day("2026-03-05"))
