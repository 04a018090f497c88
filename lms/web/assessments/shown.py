"""What the pages of an attempt show: questions by field, points in words, feedback an answer."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from typing import Any

from flask_babel import gettext as _

from lms.models import Attempt
from lms.rules.assessments.attempts import (
    WHOLE,
    AnswerRefusal,
    AttemptState,
    refusal_to_answer,
    seconds_left,
)
from lms.rules.assessments.definition import Assessment, Item, Option, TrueFalseItem
from lms.rules.assessments.scoring import (
    NOTHING,
    Flag,
    ItemState,
    Points,
    chosen_options,
    credit_from,
    is_blank,
)
from lms.services.assessments import Outcome
from lms.web.filters import percent_words
from lms.web.languages import told_in

SHORT = 90
NO_DOMAIN = "other"


@dataclass(frozen=True, slots=True)
class Asked:
    """One question in a list: its number, its first words, whether it is answered."""

    id: str
    number: int
    words: Any
    is_answered: bool


@dataclass(frozen=True, slots=True)
class Field:
    """A domain with its questions. `id` stands in addresses."""

    id: str
    title: Any
    questions: tuple[Asked, ...]


@dataclass(frozen=True, slots=True)
class Stand:
    """Where an attempt under way stands. Units: `minutes_left` whole, rounded up, or None."""

    attempt: Attempt
    paper: Assessment
    fields: tuple[Field, ...]
    reason: AnswerRefusal | None
    minutes_left: int | None

    @property
    def questions(self) -> list[Asked]:
        """Return all questions in order."""
        return [asked for field in self.fields for asked in field.questions]

    @property
    def left_out(self) -> list[Asked]:
        """Return the questions without an answer."""
        return [asked for asked in self.questions if not asked.is_answered]

    def at(self, item: str) -> tuple[Asked, Field]:
        """Return a question with its field."""
        return next((a, f) for f in self.fields for a in f.questions if a.id == item)


def stand_of(
    attempt: Attempt, paper: Assessment, answers: Mapping[str, Any], now: datetime
) -> Stand:
    """Return where an attempt under way stands."""
    left = attempt.remaining_seconds
    seconds = seconds_left(attempt.closes_at, now) if left is None else left
    return Stand(
        attempt=attempt,
        paper=paper,
        fields=fields_of(paper, answers),
        reason=refusal_to_answer(
            state=AttemptState(attempt.state),
            closes_at=attempt.closes_at,
            remaining_seconds=left,
            now=now,
        ),
        minutes_left=None if seconds is None else -(-seconds // 60),
    )


def fields_of(paper: Assessment, answers: Mapping[str, Any]) -> tuple[Field, ...]:
    """Return the questions of a form by domain, in the form's order."""
    titles = {domain.id: domain.title for domain in paper.domains}
    asked = [
        (item.domain, _asked(item, number, answers))
        for number, item in enumerate(paper.items, start=1)
    ]
    names = dict.fromkeys(domain for domain, _question in asked)
    return tuple(
        Field(
            name or NO_DOMAIN,
            told_in(titles.get(name, name)) or _("Questions"),
            tuple(question for domain, question in asked if domain == name),
        )
        for name in names
    )


def _asked(item: Item, number: int, answers: Mapping[str, Any]) -> Asked:
    return Asked(item.id, number, told_in(shortened(item.stem)), not is_blank(answers.get(item.id)))


def shortened(stem: str) -> str:
    """Return the first words of a question, cut at a blank."""
    if len(stem) <= SHORT:
        return stem
    return stem[:SHORT].rsplit(" ", 1)[0].rstrip(" ,;:.") + " …"


# Points


def points_words(points: Fraction) -> str:
    """Return points exactly, as a mixed number: "6 5/12"."""
    sign = "\N{MINUS SIGN}" if points < 0 else ""
    whole, rest = divmod(abs(points), 1)
    if not rest:
        return f"{sign}{whole}"
    return f"{sign}{whole} {rest}" if whole else f"{sign}{rest}"


def part_words(part: Points) -> str:
    """Return a part's result in words: "6 5/12 of 8 points, 80.2 %"."""
    return str(
        _(
            "%(points)s of %(of)s points, %(percent)s",
            points=points_words(part.points),
            of=points_words(part.of),
            percent=percent_words(part.score_percent),
        )
    )


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar of the chart, and how it stands to the programme's mark, if there is one."""

    id: str
    label: Any
    words: str
    value: float
    mark: str
    is_reached: bool


def bars_of(outcome: Outcome) -> list[Bar]:
    """Return a bar a domain; the whole only where the programme sets a mark for it."""
    titles = {domain.id: told_in(domain.title) for domain in outcome.paper.domains}
    parts = {**outcome.score.domains}
    if WHOLE in outcome.marks or not parts:
        titles[WHOLE] = _("All questions together")
        parts[WHOLE] = outcome.score.whole
    return [
        _bar(name, titles.get(name, name), points, outcome.marks.get(name))
        for name, points in parts.items()
    ]


def _bar(name: str, label: Any, points: Points, mark: Fraction | None) -> Bar:
    return Bar(
        id=name,
        label=label,
        words=part_words(points),
        value=float(points.score_percent),
        mark=percent_words(mark) if mark is not None else "",
        is_reached=mark is not None and points.score_percent >= mark,
    )


# Feedback


@dataclass(frozen=True, slots=True)
class Choice:
    """One answer that was or could have been given, and what it would bring about."""

    words: Any
    feedback: Any
    is_best: bool


@dataclass(frozen=True, slots=True)
class Told:
    """A question with what was answered and what that brings about."""

    id: str
    number: int
    stem: Any
    chosen: tuple[Choice, ...]
    others: tuple[Choice, ...]
    points: str
    source: Any


def told_of(outcome: Outcome, field: str, sources: Mapping[str, str]) -> list[Told]:
    """Return the questions of one field with their feedback, from the exact form."""
    return [
        _told(outcome, item, number, sources.get(item.id, ""))
        for number, item in enumerate(outcome.paper.items, start=1)
        if (item.domain or NO_DOMAIN) == field
    ]


def _told(outcome: Outcome, item: Item, number: int, source: str) -> Told:
    chosen, others = _choices(item, outcome.answers.get(item.id))
    found = outcome.score.items[item.id]
    left_out = found.state is ItemState.NOT_ANSWERED
    return Told(
        id=item.id,
        number=number,
        stem=told_in(item.stem),
        chosen=chosen,
        others=others,
        points=_("Left out.") if left_out else _item_words(found.result),
        source=told_in(source),
    )


def _item_words(result: Points) -> str:
    points, of = points_words(result.points), points_words(result.of)
    return str(_("Points: %(points)s of %(of)s", points=points, of=of))


def _choices(item: Item, value: Any) -> tuple[tuple[Choice, ...], tuple[Choice, ...]]:
    if isinstance(item, TrueFalseItem):
        both = {
            True: Choice(_("True"), told_in(item.feedback_true), item.key),
            False: Choice(_("False"), told_in(item.feedback_false), not item.key),
        }
        chosen = tuple(choice for key, choice in both.items() if key is value)
        return chosen, tuple(choice for key, choice in both.items() if key is not value)
    ticked = chosen_options(item, value)
    most = max(map(_credit, item.options), default=NOTHING)
    choices = [
        (
            option,
            Choice(
                told_in(option.text or option.id),
                told_in(option.feedback),
                _credit(option) == most,
            ),
        )
        for option in item.options
    ]
    chosen = tuple(choice for option, choice in choices if option in ticked)
    return chosen, tuple(choice for option, choice in choices if option not in ticked)


def _credit(option: Option) -> Fraction:
    return credit_from(option.credit)


@dataclass(frozen=True, slots=True)
class Talk:
    """A conversation to have: about which answer to which question, and whether it was had."""

    item: str
    option: str
    number: int
    stem: Any
    words: Any
    feedback: Any
    is_done: bool


def talk_of(paper: Assessment, flag: Flag, is_done: bool) -> Talk:
    """Return a flagged answer in words."""
    number, item = next((n, i) for n, i in enumerate(paper.items, 1) if i.id == flag.item)
    choice = _choices(item, flag.option)[0][0]
    stem = told_in(item.stem)
    return Talk(flag.item, flag.option, number, stem, choice.words, choice.feedback, is_done)
