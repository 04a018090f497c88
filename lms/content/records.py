"""A person's record from its file, for judging without a database."""

from collections.abc import Mapping
from pathlib import Path

from lms.content.errors import ProblemCode, Problems
from lms.content.files import read_text
from lms.content.json import read_json
from lms.content.yaml import place_text
from lms.rules.record import Record, RecordError, record_from_json

RECORD_LIMIT_BYTES = 5_000_000

_CODES: Mapping[str, ProblemCode] = {
    "doubled": ProblemCode.DUPLICATE_ID,
    "missing": ProblemCode.MISSING_KEY,
    "type": ProblemCode.WRONG_TYPE,
    "unknown-key": ProblemCode.UNKNOWN_KEY,
    "value": ProblemCode.OUT_OF_RANGE,
}


def read_record(path: Path, problems: Problems) -> Record | None:
    """Return the record of a file, or None where it cannot be used; every reason is noted."""
    text = read_text(path, problems, RECORD_LIMIT_BYTES)
    document = None if text is None else read_json(text, problems, RECORD_LIMIT_BYTES)
    if document is None:
        return None
    try:
        return record_from_json(document.value)
    except RecordError as error:
        for place, code, message in error.problems:
            line, where = document.line_of(place), place_text(place)
            problems.add(_CODES[code], message, line=line, path=where)
        return None
