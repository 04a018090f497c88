"""Forms: the exact items of an attempt in their order, shared by all who drew the same."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import replace

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from lms.content.versions import ContentKind, canonical_json, content_hash, definition_from
from lms.models import ContentVersion, Form, FormItem
from lms.rules.assessments.attempts import FORMS, draw_form, in_order, option_order
from lms.rules.assessments.definition import Assessment, Item
from lms.services.errors import MissingError
from lms.services.publishing import definition_of


def keep_form(session: Session, version: ContentVersion, seed: int) -> str:
    """Return the hash of the form that a seed draws, stored if nobody has drawn it before."""
    assessment: Assessment = definition_of(session, version)
    hashes = {item.id: content_hash(canonical_json(item)) for item in assessment.items}
    drawn = draw_form(assessment, seed)
    body = _form_body(version, drawn, hashes)
    hashed = hashlib.sha256(body.encode()).hexdigest()
    row = {"hash": hashed, "assessment_version_id": version.id, "body": body}
    insert = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
    kept = insert(Form).values(row).on_conflict_do_nothing().returning(Form.hash)
    if session.execute(kept).scalar() is not None:
        _add_form_items(session, hashed, version.slug, drawn, hashes)
    return hashed


def _form_body(version: ContentVersion, drawn: Assessment, hashes: Mapping[str, str]) -> str:
    items = [{"item": hashes[i.id], "options": option_order(i)} for i in drawn.items]
    return json.dumps({"assessment": version.hash, "items": items}, separators=(",", ":"))


def _add_form_items(
    session: Session, hashed: str, slug: str, drawn: Assessment, hashes: Mapping[str, str]
) -> None:
    query = select(ContentVersion.slug, ContentVersion.hash, ContentVersion.id).where(
        ContentVersion.kind == ContentKind.ITEM, ContentVersion.slug.startswith(f"{slug}/")
    )
    versions = {(row.slug, row.hash): row.id for row in session.execute(query)}
    session.add_all(
        FormItem(
            form_hash=hashed,
            place=place,
            item=item.id,
            item_version_id=versions[f"{slug}/{item.id}", hashes[item.id]],
        )
        for place, item in enumerate(drawn.items)
    )
    session.flush()


_papers: dict[str, Assessment] = {}


def paper_of(session: Session, form_hash: str) -> Assessment:
    """Return a form as an assessment: the exact items that were drawn, in the order drawn.

    Edge: a form never changes, so it is put together once a process.
    """
    if form_hash not in _papers:
        if len(_papers) > 4 * FORMS:
            _papers.clear()
        _papers[form_hash] = _load_paper(session, form_hash)
    return _papers[form_hash]


def _load_paper(session: Session, form_hash: str) -> Assessment:
    form = session.get_one(Form, form_hash)
    version = session.get_one(ContentVersion, form.assessment_version_id)
    query = (
        select(ContentVersion.body)
        .join(FormItem, FormItem.item_version_id == ContentVersion.id)
        .where(FormItem.form_hash == form_hash)
        .order_by(FormItem.place)
    )
    bodies = session.scalars(query)
    orders = [entry["options"] for entry in json.loads(form.body)["items"]]
    items = tuple(
        in_order(definition_from(ContentKind.ITEM, body), order)
        for body, order in zip(bodies, orders, strict=True)
    )
    assessment: Assessment = definition_of(session, version)
    return replace(assessment, items=items)


def find_item(paper: Assessment, name: str) -> Item:
    """Return an item of a form. Raises: MissingError."""
    for item in paper.items:
        if item.id == name:
            return item
    raise MissingError
