"""Publishing a programme's draft, withdrawing a version, and copying an example to one's own."""

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from lms.content.files import is_kebab
from lms.content.programme_texts import programme_text, text_with
from lms.content.programmes import Checked
from lms.content.versions import canonical_json, content_hash
from lms.content.yaml import place_text
from lms.models import ContentVersion, ProgrammeDraft, ProgrammeFigure, ProgrammeWithdrawal
from lms.rules.programmes import TO_BE_SET, CertificateWords, Programme
from lms.rules.programmes.changing import (
    ChangeRefusal,
    free_id,
    refusal_to_publish,
    refusal_to_withdraw,
)
from lms.rules.programmes.differences import changes_between
from lms.rules.programmes.figures import Figure
from lms.services.audit import record_act
from lms.services.errors import RefusedError
from lms.services.programmes.checking import check_text
from lms.services.programmes.drafts import (
    Desk,
    Reason,
    TextError,
    drop_draft,
    keep_text,
    open_desk,
)
from lms.services.programmes.shelf import (
    KIND,
    current_edition,
    edition_numbered,
    hold_version,
    list_editions,
)
from lms.services.publishing import definition_of, forget_published, last_number

_ANCHOR = r"\b(certificate(?:-end)?:){}(?![\w-])"


@dataclass(frozen=True, slots=True)
class Order:
    """What is said of a version to be published: a note; `seen` is the draft that was looked at."""

    note: str
    seen: str


def publish_draft(
    session: Session, organisation_id: int, slug: str, order: Order, *, by: int, now: datetime
) -> ContentVersion:
    """Publish a programme's draft as the organisation's next version of it.

    Edge: a version named as the one before it gets its own number as its name.
    Raises: RefusedError(ChangeRefusal), MissingError.
    """
    desk = open_desk(session, organisation_id, slug, to_write=True)
    programme = desk.checked.programme
    refusal = refusal_to_publish(
        note=order.note,
        problems=len(desk.checked.problems),
        is_new=programme is not None and _is_new(session, desk, programme),
        is_seen=bool(desk.version) and desk.fingerprint == order.seen,
        is_behind=desk.is_behind,
    )
    if refusal:
        raise RefusedError(refusal)
    version = _version(session, organisation_id, desk, by, now)
    version.note = order.note.strip()
    session.add(version)
    try:
        with session.begin_nested():
            session.flush()
    except IntegrityError as clash:
        raise RefusedError(ChangeRefusal.PUBLISHED_MEANWHILE) from clash
    reasons = list(_figures_set(session, desk, version.note, by))
    _keep_reasons(session, version, reasons, now)
    drop_draft(session, organisation_id, slug)
    forget_published(session)
    record_act(
        session,
        "programme-published",
        now=now,
        chain=organisation_id,
        actor_id=by,
        subject=f"programme:{slug}",
        version=version.number,
        parent=desk.base.number if desk.base else None,
        figures=len(reasons),
    )
    return version


def _is_new(session: Session, desk: Desk, programme: Programme) -> bool:
    if desk.base is None:
        return True
    return canonical_json(definition_of(session, desk.base)) != canonical_json(programme)


def _version(
    session: Session, organisation_id: int, desk: Desk, by: int, now: datetime
) -> ContentVersion:
    number = last_number(session, KIND, desk.slug) + 1
    programme, text = desk.programme, desk.text
    if desk.base is not None and definition_of(session, desk.base).version == programme.version:
        programme = replace(programme, version=str(number))
        text = text_with(text, {("version",): str(number)})
    body = canonical_json(programme)
    return ContentVersion(
        hash=content_hash(body),
        kind=KIND.value,
        slug=desk.slug,
        number=number,
        title=programme.title,
        parent_hash=desk.base.hash if desk.base else None,
        body=body,
        published_at=now,
        published_by=by,
        source=json.dumps({f"{desk.slug}.yaml": text}),
        organisation_id=organisation_id,
    )


def _figures_set(session: Session, desk: Desk, note: str, by: int) -> Iterator[Reason]:
    """Yield why each figure is what it is; where nobody said so of one, the note says it."""
    if desk.base is None:
        yield from desk.reasons.values()
        return
    for change in changes_between(definition_of(session, desk.base), desk.programme):
        for pair in change.figures:
            figure = pair.figure
            kept = desk.reasons.get(place_text(figure.path))
            yield Reason(
                place=f"{change.is_renewal:d}:{change.id}:{'.'.join(map(str, figure.key))}",
                rule=change.id,
                before=_written(pair.before),
                after=_written(pair.after),
                reason=kept.reason if kept and kept.reason else note,
                person_id=kept.person_id if kept else by,
            )


def _written(figure: Figure | None) -> str:
    value = None if figure is None else figure.value
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "" if value is None else str(value)


def _keep_reasons(
    session: Session, version: ContentVersion, reasons: Iterable[Reason], now: datetime
) -> None:
    for one in reasons:
        session.add(
            ProgrammeFigure(
                version_id=version.id,
                place=one.place[:300],
                rule=one.rule[:100],
                before=one.before[:200],
                after=one.after[:200],
                reason=one.reason,
                person_id=one.person_id,
                recorded_at=now,
            )
        )
    session.flush()


def withdraw_version(
    session: Session,
    organisation_id: int,
    slug: str,
    number: int,
    reason: str,
    *,
    by: int,
    now: datetime,
) -> None:
    """Withdraw a version: no new cohort opens under it, and who is enrolled goes on.

    Edge: the version's row is held, as opening a cohort does, so that one of the two comes first.
    Raises: RefusedError(ChangeRefusal), MissingError.
    """
    edition = edition_numbered(list_editions(session, organisation_id, slug), number)
    hold_version(session, edition.version)
    refusal = refusal_to_withdraw(
        reason=reason,
        is_withdrawn=edition.withdrawn is not None,
        is_example=edition.programme.example,
    )
    if refusal:
        raise RefusedError(refusal)
    row = ProgrammeWithdrawal(
        organisation_id=organisation_id,
        version_id=edition.version.id,
        reason=reason.strip(),
        person_id=by,
        recorded_at=now,
    )
    try:
        with session.begin_nested():
            session.add(row)
    except IntegrityError as clash:
        raise RefusedError(ChangeRefusal.WITHDRAWN_ALREADY) from clash
    record_act(
        session,
        "programme-withdrawn",
        now=now,
        chain=organisation_id,
        actor_id=by,
        subject=f"programme:{slug}",
        version=number,
    )


@dataclass(frozen=True, slots=True)
class Copy:
    """A programme made from another: what it is called, and its id, "" for one made of the name."""

    title: str
    slug: str = ""


def copy_programme(
    session: Session, organisation_id: int, slug: str, copy: Copy, *, by: int, now: datetime
) -> str:
    """Begin a programme of one's own from another, as a draft; return its id.

    Edge: of an example, what is printed on the certificate is to be set anew. The source and the
          day it was read stay beside every rule.
    Raises: RefusedError(ChangeRefusal), MissingError.
    """
    found = current_edition(list_editions(session, organisation_id, slug))
    new = _id_for(session, copy)
    words, beside = found.programme.certificate, found.programme.documents
    if found.programme.example:
        beside = ()
        words = CertificateWords(title=copy.title, covers=TO_BE_SET, does_not_qualify=TO_BE_SET)
    programme = replace(
        found.programme,
        id=new,
        title=copy.title,
        version="1",
        example=False,
        demo=False,
        certificate=words,
        documents=beside,
    )
    text = re.sub(_ANCHOR.format(re.escape(slug)), rf"\g<1>{new}", programme_text(programme))
    _begin(session, organisation_id, new, text, by=by, now=now)
    record_act(
        session,
        "programme-copied",
        now=now,
        chain=organisation_id,
        actor_id=by,
        subject=f"programme:{new}",
        copied=slug,
        version=found.version.number,
    )
    return new


def begin_programme(
    session: Session, organisation_id: int, text: str, *, by: int, now: datetime
) -> str:
    """Begin a programme of one's own from a whole text, as a draft; return its id.

    Raises: TextError, RefusedError(ChangeRefusal).
    """
    checked = check_text(session, organisation_id, text)
    if checked.problems or checked.programme is None:
        raise TextError(checked.problems)
    slug = checked.programme.id
    if slug in _taken(session):
        raise RefusedError(ChangeRefusal.NAME_TAKEN)
    _begin(session, organisation_id, slug, text, by=by, now=now)
    return slug


def _begin(
    session: Session, organisation_id: int, slug: str, text: str, *, by: int, now: datetime
) -> None:
    desk = Desk(slug, None, None, text, Checked(None, ()), {})
    keep_text(session, organisation_id, desk, text, {}, by=by, now=now)


def _id_for(session: Session, copy: Copy) -> str:
    taken = _taken(session)
    if copy.slug:
        if not is_kebab(copy.slug):
            raise RefusedError(ChangeRefusal.NAME_ODD)
        if copy.slug in taken:
            raise RefusedError(ChangeRefusal.NAME_TAKEN)
        return copy.slug
    made = re.sub(r"[^a-z0-9]+", "-", copy.title.casefold()).strip("-")[:60].strip("-")
    return free_id(made if is_kebab(made) else "programme", taken)


def _taken(session: Session) -> set[str]:
    """Return every id in use, in any house: certificates are numbered by it."""
    published = select(ContentVersion.slug).where(ContentVersion.kind == KIND).distinct()
    begun = select(ProgrammeDraft.slug).distinct()
    return {*session.scalars(published), *session.scalars(begun)}
