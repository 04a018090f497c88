"""The audit trail: entries gathered during an act, linked to their chains just before commit."""

import hashlib
import hmac
import json
import secrets
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from lms.models import AuditDetail, AuditEntry, AuditHead
from lms.services.ground import ground_of

GENESIS = "0" * 64
INSTALLATION = 0


@dataclass(frozen=True, slots=True)
class PendingEntry:
    """An act waiting to be linked."""

    chain: int
    at: datetime
    act: str
    actor_id: int | None
    about_id: int | None
    subject: str
    details: str


@dataclass(frozen=True, slots=True)
class BrokenLink:
    """Where a chain no longer holds, and why."""

    chain: int
    seq: int
    why: str


@dataclass(frozen=True, slots=True)
class ChainReport:
    """Shape: `chains` and `entries` count; `first_broken` is None when everything holds."""

    chains: int
    entries: int
    first_broken: BrokenLink | None


def record_act(
    session: Session,
    act: str,
    *,
    now: datetime,
    chain: int = INSTALLATION,
    actor_id: int | None = None,
    about_id: int | None = None,
    subject: str = "",
    **details: str | int | bool | None,
) -> None:
    """Note an act for the audit trail; it is written in the same transaction as the act.

    Edge: details hold ids, dates and states, never words a person wrote.
    """
    if "before_commit" not in session.info:
        session.info["before_commit"] = [link_entries]
    text = json.dumps(details, sort_keys=True, ensure_ascii=False)
    pending = PendingEntry(chain, now, act, actor_id, about_id, subject, text)
    session.info.setdefault("audit", []).append(pending)


def _digest(salt: str, details: str) -> str:
    return hashlib.sha256(f"{salt}\n{details}".encode()).hexdigest()


def _link_hash(key: bytes, entry: AuditEntry) -> str:
    parts = [
        str(entry.chain),
        str(entry.seq),
        entry.at.isoformat(timespec="microseconds"),
        entry.act,
        str(entry.actor_id),
        str(entry.about_id),
        entry.subject,
        entry.digest,
        entry.previous,
    ]
    return hmac.new(key, "\n".join(parts).encode(), hashlib.sha256).hexdigest()


def _lock_head(session: Session, chain: int) -> AuditHead:
    insert = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
    session.execute(
        insert(AuditHead).values(chain=chain, seq=0, hash=GENESIS).on_conflict_do_nothing()
    )
    query = select(AuditHead).where(AuditHead.chain == chain).with_for_update()
    return session.execute(query.execution_options(populate_existing=True)).scalar_one()


def link_entries(session: Session) -> None:
    """Number, hash and insert what the act noted; heads are locked in the order of their ids."""
    pending: list[PendingEntry] = session.info.pop("audit", [])
    key = ground_of(session).audit_key if pending else b""
    for chain in sorted({entry.chain for entry in pending}):
        head = _lock_head(session, chain)
        notes = [entry for entry in pending if entry.chain == chain]
        linked = [_linked(head, note, secrets.token_hex(16), key) for note in notes]
        session.add_all([entry for entry, _detail in linked])
        session.flush()  # all at once: each gets the id that its detail stands under
        for entry, detail in linked:
            detail.entry_id = entry.id
        session.add_all([detail for _entry, detail in linked])
    session.flush()


def _linked(
    head: AuditHead, note: PendingEntry, salt: str, key: bytes
) -> tuple[AuditEntry, AuditDetail]:
    """Return the next entry of a chain with its detail, and move the head on to it."""
    entry = AuditEntry(
        chain=note.chain,
        seq=head.seq + 1,
        at=note.at,
        act=note.act,
        actor_id=note.actor_id,
        about_id=note.about_id,
        subject=note.subject,
        digest=_digest(salt, note.details),
        previous=head.hash,
    )
    entry.hash = _link_hash(key, entry)
    head.seq, head.hash = entry.seq, entry.hash
    return entry, AuditDetail(salt=salt, details=note.details)


def list_heads(session: Session) -> list[AuditHead]:
    """Return the tips of all chains, to be kept elsewhere."""
    return list(session.scalars(select(AuditHead).order_by(AuditHead.chain)))


def _entries(session: Session) -> Iterator[tuple[AuditEntry, AuditDetail | None]]:
    query = (
        select(AuditEntry, AuditDetail)
        .outerjoin(AuditDetail, AuditDetail.entry_id == AuditEntry.id)
        .order_by(AuditEntry.chain, AuditEntry.seq)
    )
    rows = session.execute(query.execution_options(yield_per=500))
    try:
        for row in rows:
            yield row.AuditEntry, row.AuditDetail
    finally:
        rows.close()  # a broken chain stops the reading half-way


def _fault(
    key: bytes, entry: AuditEntry, detail: AuditDetail | None, seq: int, previous: str
) -> str | None:
    if entry.seq != seq:
        return f"entry {seq} is missing"
    if entry.previous != previous:
        return "it does not follow the entry before it"
    if entry.hash != _link_hash(key, entry):
        return "its contents were changed"
    if detail is not None and _digest(detail.salt, detail.details) != entry.digest:
        return "its details were changed"
    return None


def verify_chains(session: Session) -> ChainReport:
    """Walk every chain from its first entry to its head and say where it first breaks."""
    key = ground_of(session).audit_key
    heads = {head.chain: head for head in list_heads(session)}
    tips: dict[int, tuple[int, str]] = {}
    count = 0
    for entry, detail in _entries(session):
        seq, previous = tips.get(entry.chain, (0, GENESIS))
        why = _fault(key, entry, detail, seq + 1, previous)
        if why:
            return ChainReport(len(heads), count, BrokenLink(entry.chain, seq + 1, why))
        tips[entry.chain] = (entry.seq, entry.hash)
        count += 1
    return ChainReport(len(heads), count, _short_of_head(heads.values(), tips))


def _short_of_head(
    heads: Iterable[AuditHead], tips: dict[int, tuple[int, str]]
) -> BrokenLink | None:
    for head in heads:
        seq, tip = tips.get(head.chain, (0, GENESIS))
        if (head.seq, head.hash) != (seq, tip):
            return BrokenLink(head.chain, seq + 1, "the chain ends before its head")
    return None
