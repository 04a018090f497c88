"""English titles and questions in the Spanish interface say that they are English (WCAG 3.1.2)."""

from dataclasses import replace

import pytest
from bs4 import NavigableString

from lms.rules.assessments.definition import TrueFalseItem
from lms.rules.curriculum import Reflection as Prompt
from lms.rules.gatherings.plan import Subject
from lms.services.assessments import paper_of, submit_attempt
from lms.services.publishing import current_version, definition_of
from lms.services.reflections import Box, keep_words
from tests.cast import NOW
from tests.meeting import make_gathering
from tests.reading import MODULE, module_named, publish_again
from tests.sitting import begin, best, save, sign_all

LESSON, PROMPT = next(
    (lesson.slug, part)
    for lesson in module_named().lessons
    for part in lesson.parts
    if isinstance(part, Prompt)
)


@pytest.fixture
def reader(page, cast, session):
    """Return the trainee, who reads Spanish where nobody has translated anything."""
    for person in cast.people.values():
        person.language = "es"
    english = replace(module_named(), translations=(), route_translations=())
    publish_again(session, replace(english, card_translations=(), page_translations=()))
    sign_all(session)
    session.commit()
    return page.as_("trainee")


def unmarked(client, *texts):
    """Return which of these stand anywhere on the page without being said to be English."""
    found, seen = [], set()
    for piece in client.soup.body.find_all(string=True):
        for text in texts:
            if isinstance(piece, NavigableString) and text in piece:
                seen.add(text)
                inner = piece.find_parent(attrs={"lang": True})
                found += [text] if inner["lang"] != "en" else []
    assert seen == set(texts), f"not on the page: {set(texts) - seen}"
    assert "&lt;span" not in str(client.soup)
    return found


def test_what_one_wrote_stands_under_marked_titles_and_questions(reader, session, cast):
    box = Box(MODULE, LESSON, PROMPT.id)
    keep_words(session, cast.trainee.id, box, "Mías.", base_version=0, now=NOW)
    session.commit()
    reader.get("/reflections")
    title = module_named().head.title
    assert unmarked(reader, PROMPT.prompt, title) == []
    (link,) = [a["href"] for a in reader.soup.select("a") if a["href"].endswith("/share")]
    reader.get(link)
    assert unmarked(reader, title) == []


def test_a_gatherings_module_is_marked(reader, session, cast):
    gathering = make_gathering(session, cast, subject=Subject(MODULE))
    session.commit()
    reader.get(f"/gatherings/{gathering.public_id}")
    assert unmarked(reader, module_named().head.title) == []


def test_the_questions_of_readiness_are_marked_before_while_and_after(reader, page, session, cast):
    paper = definition_of(session, current_version(session, "assessment", "readiness"))
    reader.get("/assessments")
    assert unmarked(reader, paper.title) == []
    reader.get(f"/assessments/{paper.id}")
    assert unmarked(reader, paper.title, paper.introduction.strip()) == []
    attempt = begin(session, cast.enrolment)
    session.commit()
    here, drawn = f"/attempts/{attempt.public_id}", paper_of(session, attempt.form_hash)
    fields = {domain.id: domain.title for domain in drawn.domains}
    reader.get(here)
    assert unmarked(reader, paper.title, *fields.values()) == []
    item = next(one for one in drawn.items if not isinstance(one, TrueFalseItem))
    reader.get(f"{here}/items/{item.id}")
    texts = [option.text for option in item.options]
    assert unmarked(reader, item.stem, fields[item.domain], *texts) == []
    for one in drawn.items:
        save(session, attempt, one.id, best(one))
    submit_attempt(session, attempt, cast.trainee.id, now=NOW)
    session.commit()
    reader.get(here)
    assert unmarked(reader, paper.title, *fields.values()) == []
    reader.get(f"{here}/feedback/{item.domain}")
    feedback = [option.feedback for option in item.options]
    assert unmarked(reader, item.stem, fields[item.domain], *texts, *feedback) == []
    coordinator = page.as_("coordinator")
    coordinator.get(f"/places/{cast.enrolment.public_id}/attempts")
    assert unmarked(coordinator, paper.title, *fields.values()) == []


def test_the_fields_that_hours_are_split_over_are_marked(reader, session):
    paper = definition_of(session, current_version(session, "assessment", "readiness"))
    reader.get("/hours/new")
    assert unmarked(reader, *(domain.title for domain in paper.domains)) == []


def test_the_requirements_that_a_coordinator_decides_on_are_marked(reader, page, cast):
    coordinator = page.as_("coordinator")
    coordinator.get(f"/enrolments/{cast.enrolment.public_id}/readiness")
    (label,) = [one.text for one in coordinator.soup.select("p.lead strong")]
    assert unmarked(coordinator, label) == []
    coordinator.get(f"/cohorts/{cast.cohort.public_id}/progress")
    heads = coordinator.soup.select(".grid-table th[scope=col]")[1:]
    assert all(head.find(attrs={"lang": "en"}) for head in heads)
    assert not any("<" in cell["data-label"] for cell in coordinator.soup.select("td"))
