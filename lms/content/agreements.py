"""Agreements from their Markdown files, with the questions that are answered before signing."""

import re
from dataclasses import dataclass
from pathlib import Path

from lms.content.checks import check_ids, check_name
from lms.content.definitions import Written, read_written
from lms.content.errors import ProblemCode, Problems
from lms.content.files import LESSON_LIMIT_BYTES, read_text
from lms.content.heads import divide
from lms.rules.agreements import Agreement, AgreementHead

_LANGUAGE = re.compile(r"[a-z]{2,3}(?:-[A-Za-z0-9]{2,8})*")
_QUESTIONS = {"confidentiality": 3, "code-of-ethics": 0}


@dataclass(frozen=True, slots=True)
class WrittenAgreement:
    """An agreement with what is needed to say where in its file something stands."""

    agreement: Agreement
    text: str
    head: Written[AgreementHead]


def read_agreement(path: Path, problems: Problems) -> WrittenAgreement | None:
    """Return an agreement as written, or None; it is checked by itself."""
    check_name(path.stem, problems)
    text = read_text(path, problems, LESSON_LIMIT_BYTES)
    divided = divide(text, problems) if text is not None else None
    head = read_written(AgreementHead, divided.head, problems, 2) if divided else None
    if text is None or divided is None or head is None:
        return None
    words = divided.body.strip()
    if not words:
        message = "The agreement has no words yet. Write them under the head."
        problems.add(ProblemCode.EMPTY, message, line=divided.body_line)
    _check_head(head)
    return WrittenAgreement(Agreement(path.stem, head.value, words), text, head)


def _check_head(head: Written[AgreementHead]) -> None:
    if _LANGUAGE.fullmatch(head.value.language) is None:
        message = "'language' must be a tag such as en or es."
        head.add(ProblemCode.OUT_OF_RANGE, message, "language")
    expected = _QUESTIONS[head.value.kind]
    if len(head.value.questions) != expected:
        message = f"A {head.value.kind} agreement has {expected} questions."
        head.add(ProblemCode.OUT_OF_RANGE, message, "questions")
    check_ids(head, head.value.questions, "questions")
    for position, question in enumerate(head.value.questions):
        place = ("questions", position, "options")
        check_ids(head, question.options, *place)
        right = sum(option.right for option in question.options)
        if right != 1:
            message = f"{right} options are right. Exactly one is."
            head.add(ProblemCode.RIGHT_ANSWER, message, *place)
