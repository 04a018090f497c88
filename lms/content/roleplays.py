"""Rubrics and scenarios from their files, and whether they fit each other."""

from collections.abc import Collection, Iterable, Mapping
from pathlib import Path
from typing import Any

from lms.content.checks import check_file_name, check_ids, check_shared
from lms.content.definitions import Written, read_written
from lms.content.errors import ProblemCode, Problems
from lms.content.files import YAML_LIMIT_BYTES, read_text
from lms.rules.roleplays import Competency, Rubric, Scenario


def read_rubric(path: Path, problems: Problems) -> Written[Rubric] | None:
    """Return a rubric as written, or None; it is checked by itself."""
    text = read_text(path, problems, YAML_LIMIT_BYTES)
    written = read_written(Rubric, text, problems) if text is not None else None
    if written is None:
        return None
    rubric = written.value
    check_file_name(written, rubric.id, path)
    check_ids(written, rubric.competencies, "competencies")
    check_ids(written, rubric.harm_items, "harm_items")
    if len(rubric.levels) < 2:
        message = "A rubric needs two levels or more."
        written.add(ProblemCode.EMPTY, message, "levels")
    if not rubric.competencies:
        message = "A rubric needs a competency."
        written.add(ProblemCode.EMPTY, message, "competencies")
    _check_levels(written, [level.level for level in rubric.levels], "levels")
    for position, competency in enumerate(rubric.competencies):
        _check_anchors(written, competency, position)
    _check_standard(written)
    return written


def read_scenario(path: Path, problems: Problems) -> Written[Scenario] | None:
    """Return a scenario as written, or None; it is checked by itself."""
    text = read_text(path, problems, YAML_LIMIT_BYTES)
    written = read_written(Scenario, text, problems) if text is not None else None
    if written is None:
        return None
    check_file_name(written, written.value.id, path)
    check_ids(written, written.value.criteria, "criteria")
    for key in ("media", "modules", "criteria", "debrief"):
        entries = getattr(written.value, key)
        if not entries:
            written.add(ProblemCode.EMPTY, f"'{key}' is empty. Name at least one.", key)
        _note_twice(written, entries, key)
    return written


def check_scenario(
    written: Written[Scenario],
    rubrics: Mapping[str, Rubric],
    modules: Collection[str],
    references: set[str] | None,
) -> None:
    """Check what a scenario names: its rubric, competencies, harm items, modules and sources."""
    check_shared(written, references)
    for position, module in enumerate(written.value.modules):
        if module not in modules:
            message = f"There is no module '{module}'. Mend the name, or take it out."
            written.add(ProblemCode.UNKNOWN_MODULE, message, "modules", position)
    rubric = rubrics.get(written.value.rubric)
    if rubric is None:
        message = f"There is no rubric '{written.value.rubric}'."
        written.add(ProblemCode.UNKNOWN_RUBRIC, message, "rubric")
        return
    harm = {item.id for item in rubric.harm_items}
    for position, identifier in enumerate(written.value.harm_watch):
        if identifier not in harm:
            message = f"The rubric '{rubric.id}' has no harm item '{identifier}'."
            written.add(ProblemCode.UNKNOWN_HARM_ITEM, message, "harm_watch", position)
    _check_criteria(written, rubric)


def _check_criteria(written: Written[Scenario], rubric: Rubric) -> None:
    known = {competency.id for competency in rubric.competencies}
    for position, criterion in enumerate(written.value.criteria):
        place = ("criteria", position, "competencies")
        if not criterion.competencies:
            message = "A criterion names the competencies that it shows. Add one."
            written.add(ProblemCode.EMPTY, message, *place)
        for number, identifier in enumerate(criterion.competencies):
            if identifier not in known:
                message = f"The rubric '{rubric.id}' has no competency '{identifier}'."
                written.add(ProblemCode.UNKNOWN_COMPETENCY, message, *place, number)


def _check_anchors(written: Written[Rubric], competency: Competency, position: int) -> None:
    place = ("competencies", position, "anchors")
    levels = {level.level for level in written.value.levels}
    anchored = [anchor.level for anchor in competency.anchors]
    _check_levels(written, anchored, *place)
    for number, level in enumerate(anchored):
        if level not in levels:
            message = f"The rubric has no level {level}."
            written.add(ProblemCode.UNKNOWN_LEVEL, message, *place, number, "level")
    for level in sorted(levels - set(anchored)):
        message = f"'{competency.id}' has no anchor for level {level}. Say what it looks like."
        written.add(ProblemCode.MISSING_KEY, message, *place)


def _check_levels(written: Written[Any], levels: list[int], *place: str | int) -> None:
    if levels != sorted(set(levels)):
        message = "Levels go upwards, each once. Put them in order."
        written.add(ProblemCode.OUT_OF_RANGE, message, *place)


def _check_standard(written: Written[Rubric]) -> None:
    standard = written.value.standard
    if not 0 <= standard.percent <= 100:
        message = "'percent' goes from 0 to 100."
        written.add(ProblemCode.OUT_OF_RANGE, message, "standard", "percent")
    if standard.essential_level not in {level.level for level in written.value.levels}:
        message = f"The rubric has no level {standard.essential_level}."
        written.add(ProblemCode.UNKNOWN_LEVEL, message, "standard", "essential_level")


def _note_twice(written: Written[Any], entries: Iterable[Any], key: str) -> None:
    words = [entry for entry in entries if isinstance(entry, str)]
    for position, word in enumerate(words):
        if word in words[:position]:
            message = f"'{word[:60]}' is named twice. Keep one."
            written.add(ProblemCode.DUPLICATE_ID, message, key, position)
