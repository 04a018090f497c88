"""The trust agreement of a cohort: four texts, versions, and when it is looked at again."""

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum

from lms.rules.agreements import Change, ChangeKind, changes_between


class TrustSection(StrEnum):
    """What a trust agreement speaks of, in reading order. Source: Campbell, section 11.13.2."""

    PARTICIPATION = "participation"
    RESPONSIBILITY = "responsibility"
    CONFLICT = "conflict"
    CONFIDENTIALITY = "confidentiality"


class TrustRefusal(StrEnum):
    """Why a trust agreement is not written, kept or acknowledged."""

    UNFINISHED = "trust-unfinished"
    UNCHANGED = "trust-unchanged"
    CHANGED = "trust-changed"
    NOT_WRITTEN = "trust-nothing-written"


TrustTexts = Mapping[TrustSection, str]


def trust_text(texts: TrustTexts) -> str:
    """Return the four texts as they are stored and hashed: canonical JSON, in reading order."""
    ordered = [[section.value, texts[section]] for section in TrustSection]
    return json.dumps(ordered, ensure_ascii=False, separators=(",", ":"))


def trust_texts(stored: str) -> dict[TrustSection, str]:
    """Return the four texts from what is stored."""
    return {TrustSection(section): text for section, text in json.loads(stored)}


def trust_hash(stored: str) -> str:
    """Return the SHA-256 of the very text that is acknowledged."""
    return hashlib.sha256(stored.encode()).hexdigest()


def refusal_to_write(
    texts: TrustTexts, *, before: TrustTexts | None, begun_from: int, current: int
) -> TrustRefusal | None:
    """Return why a new version is not written, or None.

    Units: `begun_from` and `current` are version numbers, 0 for none: the one that the writers had
           before them, and the one that holds now.
    """
    if begun_from != current:
        return TrustRefusal.CHANGED
    if not all(texts[section] for section in TrustSection):
        return TrustRefusal.UNFINISHED
    return TrustRefusal.UNCHANGED if before is not None and dict(before) == dict(texts) else None


def refusal_to_acknowledge(
    *, shown: int, shown_hash: str, current: int | None, current_hash: str
) -> TrustRefusal | None:
    """Return why an acknowledgement is not taken, or None: it is of the text that was shown."""
    if current is None:
        return TrustRefusal.NOT_WRITTEN
    return TrustRefusal.CHANGED if (shown, shown_hash) != (current, current_hash) else None


def is_revisit_due(joined_at: datetime | None, settled_at: datetime) -> bool:
    """Say whether somebody has joined since the agreement was written or kept.

    Units: `joined_at` is when the newest member was admitted, None where nobody is in the cohort.
    """
    return joined_at is not None and joined_at > settled_at


def changed_sections(before: TrustTexts, now: TrustTexts) -> dict[TrustSection, tuple[Change, ...]]:
    """Return what a new version changed, by section; sections that stayed are left out."""
    return {
        section: tuple(
            change
            for change in changes_between(before[section], now[section])
            if change.kind is not ChangeKind.KEPT
        )
        for section in TrustSection
        if before[section] != now[section]
    }
