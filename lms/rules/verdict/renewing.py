"""The verdict on renewing a certificate: evidence of its own term, and the days it may be done."""

from collections.abc import Collection
from datetime import date
from typing import Any

from lms.rules.programmes.programme import RenewalDays, renewal_days
from lms.rules.record import SERVED_BEFORE, CertificateFact, HoursFact, Record
from lms.rules.verdict.compile import CompiledProgramme
from lms.rules.verdict.judging import verdict
from lms.rules.verdict.result import Outlook, Verdict
from lms.rules.verdict.terms import CanStill

_OUTLOOKS = (CanStill.NO, CanStill.NEEDS_A_PERSON, CanStill.YES)


def renewal_verdict(
    programme: CompiledProgramme,
    record: Record,
    held: CertificateFact,
    on: date,
    *,
    served: Collection[str] = (),
) -> tuple[Verdict, RenewalDays] | None:
    """Return where a person stands in renewing a certificate on a day, and the days of it.

    Shape:  `held` is the certificate to be renewed; `served` are the ids of what was counted for
            it, which serves no second time even on the day of issue. None where the programme
            renews nothing.
    Edge:   a certificate that replaced another of the same term, such as after a change of name,
            keeps the beginning of the term; what was issued after it is not looked at. The outlook
            is `yes` through the last day and its grace, then a person's while it can be brought
            back, then `no`.
    Source: certification-rules, rule kinds G3 to G10.
    """
    if programme.renewal is None:
        return None
    own = [one for one in record.certificates if one.programme == held.programme]
    term = [one.issued_on for one in own if one.valid_until == held.valid_until]
    since = min([held.issued_on, *term])
    days = renewal_days(programme.programme.renewal, since, held.valid_until)
    others = [one for one in record.certificates if one.programme != held.programme]
    earlier = [one for one in own if one.issued_on < since]
    of_the_term = held._replace(issued_on=since)
    known = _unused(record, since, frozenset(served))
    known = known._replace(certificates=(*others, *earlier, of_the_term))
    return _timed(verdict(programme.renewal, known, on), days), days


_TAKEN_AWAY = ("completions", "scores", "rubrics", "documents", "attestations", "signatures")


def _unused(record: Record, since: date, served: frozenset[str]) -> Record:
    """Return a record where nothing of the first day serves again; hours stay, to be shown."""
    kept: dict[str, Any] = {
        name: tuple(one for one in getattr(record, name) if one.on != since or one.id not in served)
        for name in _TAKEN_AWAY
    }

    def marked(entry: HoursFact) -> HoursFact:
        used = entry.on == since and entry.id in served
        return entry._replace(flags=(*entry.flags, SERVED_BEFORE)) if used else entry

    return record._replace(hours=tuple(map(marked, record.hours)), **kept)


def _timed(found: Verdict, days: RenewalDays) -> Verdict:
    """Return a verdict whose outlook minds the days on which a renewal is taken."""
    if found.state.is_settled or days.taken_until is None:
        return found
    by = min(day for day in (days.taken_until, found.can_still.by) if day is not None)
    still = min(found.can_still.state, _by_the_day(days, found.on), key=_OUTLOOKS.index)
    whole = found.rows[0]._replace(by=by)
    return found._replace(can_still=Outlook(still, by), rows=(whole, *found.rows[1:]))


def _by_the_day(days: RenewalDays, on: date) -> CanStill:
    if days.taken_until is None or on <= days.taken_until:
        return CanStill.YES
    is_open = days.reinstate_until is not None and on <= days.reinstate_until
    return CanStill.NEEDS_A_PERSON if is_open else CanStill.NO
