"""A programme that is no demonstration, and modules signed or not, for what waits at its gates."""

from dataclasses import replace
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from lms.content.versions import ContentKind
from lms.models import ContentVersion
from lms.rules.cohorts import modules_named
from lms.rules.definitions import Review
from lms.services.publishing import Publication, publication_of, publish_one
from tests.cast import NOW, library

REAL = "our-programme"
SIGNED = (Review(reviewer="N. Qualified", capacity="qualified", on="2026-10-01"),)


def _publish(session: Session, publication: Publication) -> ContentVersion:
    version = publish_one(session, publication, (), by=None, now=NOW)
    assert version is not None
    return version


def publish_real(session: Session, **changes: Any) -> ContentVersion:
    """Publish the demo programme's requirements as a programme whose figures are meant."""
    demo = next(one for one in library().programmes if one.demo)
    real = replace(demo, id=REAL, title="Our programme", demo=False, source="A test", **changes)
    return _publish(session, Publication(ContentKind.PROGRAMME, REAL, real.title, real))


def sign_modules(session: Session, reviews: tuple[Review, ...] = SIGNED) -> None:
    """Publish the programme's modules with these reviews in their heads."""
    demo = next(one for one in library().programmes if one.demo)
    for module in library().modules:
        if module.slug in modules_named(demo):
            head = replace(module.head, reviews=reviews)
            _publish(session, publication_of(replace(module, head=head), "{}", None))


def publish_pack(session: Session, review_by: date) -> None:
    """Publish the invented pack with another day by which it is to be looked over."""
    pack = replace(library().packs[0], review_by=review_by)
    _publish(session, Publication(ContentKind.PACK, pack.id, pack.title, pack))
