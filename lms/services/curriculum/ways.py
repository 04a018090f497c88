"""What is a person's alone about how they learn: sealed, read for their own pages and no other."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from sqlalchemy import bindparam, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from lms.models import OwnWay
from lms.rules.notes import USUAL, Wishes, wishes_from
from lms.services.sealed import is_readable, read_text, seal_text

Chosen = Mapping[str, tuple[str, ...]]
PADDED_TO = 1024


@dataclass(frozen=True, slots=True)
class Ways:
    """Wishes (None where nothing is set), lessons met by the other route, and the answers there.

    Shape: lessons are written `module/lesson`; `answers` maps blocks to what was chosen.
    """

    wishes: Wishes | None = None
    others: frozenset[str] = frozenset()
    answers: Mapping[str, Chosen] = field(default_factory=dict)

    @property
    def wished(self) -> Wishes:
        """Return what the person wishes to be told of, the usual where nothing is set."""
        return self.wishes or USUAL


NOTHING = Ways()


def _about(person_id: int) -> str:
    return f"own-way:{person_id}"


_SEALED = select(OwnWay.sealed).where(OwnWay.person_id == bindparam("person"))


def find_ways(session: Session, person_id: int) -> Ways:
    """Return a person's ways. Edge: what cannot be opened counts as nothing set."""
    sealed = session.connection().execute(_SEALED, {"person": person_id}).scalar()
    return _opened(session, person_id, sealed)


def _opened(session: Session, person_id: int, sealed: bytes | None) -> Ways:
    text = read_text(session, person_id, sealed, _about(person_id))
    if not text or not is_readable(text):
        return NOTHING
    kept = json.loads(text)
    wishes = kept.get("wishes")
    return Ways(
        wishes_from(wishes["topics"], wishes["since"]) if wishes else None,
        frozenset(kept["others"]),
        {
            lesson: {block: tuple(chosen) for block, chosen in blocks.items()}
            for lesson, blocks in kept["answers"].items()
        },
    )


def _written(ways: Ways) -> str:
    """Return ways as text, filled up with blanks so that its length tells nothing."""
    kept: dict[str, object] = {"others": sorted(ways.others), "answers": ways.answers}
    if ways.wishes:
        kept["wishes"] = {"topics": sorted(ways.wishes.topics), "since": ways.wishes.since}
    text = json.dumps(kept, sort_keys=True)
    return text + " " * (-len(text.encode()) % PADDED_TO)


def change_ways(
    session: Session, person_id: int, change: Callable[[Ways], Ways], *, now: datetime
) -> None:
    """Change a person's ways under the lock of their one row; where nothing is left, it goes."""
    query = select(OwnWay).where(OwnWay.person_id == person_id).with_for_update()
    row = session.scalars(query).one_or_none()
    before = _opened(session, person_id, row.sealed if row else None)
    after = change(before)
    if after == before:
        return
    if row is None:
        _add(session, person_id, change, after, now)
    elif after == NOTHING:
        session.delete(row)
    else:
        row.sealed = seal_text(session, person_id, _written(after), _about(person_id), now)
    session.flush()


def _add(
    session: Session, person_id: int, change: Callable[[Ways], Ways], ways: Ways, now: datetime
) -> None:
    sealed = seal_text(session, person_id, _written(ways), _about(person_id), now)
    try:
        with session.begin_nested():
            session.add(OwnWay(person_id=person_id, sealed=sealed))
    except IntegrityError:  # two first times at once: the other's row stands and is changed
        change_ways(session, person_id, change, now=now)


def set_wishes(session: Session, person_id: int, wishes: Wishes | None, *, now: datetime) -> None:
    """Set what a person wishes to be told of first; None goes back to the usual."""
    change_ways(session, person_id, lambda ways: replace(ways, wishes=wishes), now=now)


def take_way(
    session: Session, person_id: int, lesson: str, *, is_other: bool, now: datetime
) -> None:
    """Take one of the two ways through a lesson, written `module/lesson`; answers stay for both."""

    def change(ways: Ways) -> Ways:
        others = ways.others | {lesson} if is_other else ways.others - {lesson}
        return replace(ways, others=others)

    change_ways(session, person_id, change, now=now)


def keep_other_answer(
    session: Session,
    person_id: int,
    lesson: str,
    block: str,
    chosen: tuple[str, ...],
    *,
    now: datetime,
) -> None:
    """Keep what was chosen on the other way through a lesson; the last choice stands."""

    def change(ways: Ways) -> Ways:
        return _with_answers(ways, lesson, {**ways.answers.get(lesson, {}), block: chosen})

    change_ways(session, person_id, change, now=now)


def forget_other_answers(
    session: Session, person_id: int, lesson: str, situation: str, *, now: datetime
) -> None:
    """Forget what was chosen in a situation of the other way through a lesson."""
    prefix = f"{situation}/"

    def change(ways: Ways) -> Ways:
        kept = ways.answers.get(lesson, {})
        blocks = {block: ids for block, ids in kept.items() if not block.startswith(prefix)}
        return _with_answers(ways, lesson, blocks)

    change_ways(session, person_id, change, now=now)


def _with_answers(ways: Ways, lesson: str, blocks: Chosen) -> Ways:
    others = {key: kept for key, kept in ways.answers.items() if key != lesson}
    return replace(ways, answers={**others, lesson: blocks} if blocks else others)
