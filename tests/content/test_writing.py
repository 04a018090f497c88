"""Modules back into files, and the desk's checks: the same as those of a folder."""

from dataclasses import replace

import pytest

from lms.content.desk import Shelf, leads_of, look_over
from lms.content.errors import ProblemCode
from lms.content.modules import load_module
from lms.content.pictures import as_drawn
from lms.content.writing import files_of
from tests.cast import library
from tests.content.building import LESSON_HEAD, MODULE_HEAD

CARD = "---\ntitle: Boundaries on one card\n---\n## Remember\n\n- Ask first.\n"

SLUGS = [module.slug for module in library().modules]


def module_called(slug):
    return next(module for module in library().modules if module.slug == slug)


def shelf_beside(slug):
    others = [module for module in library().modules if module.slug != slug]
    return Shelf(
        references=library().references,
        lessons={m.slug: frozenset(lesson.slug for lesson in m.lessons) for m in others},
        glossary=library().glossary,
        phases=library().phases,
        coverage=library().coverage,
        competencies={c.id for rubric in library().rubrics for c in rubric.competencies},
        leads=tuple((w, to) for m in others for w, other, to in leads_of(m) if other == slug),
    )


def files_as_written(slug):
    pictures = {f"img/{p.name}": as_drawn(p.data) for p in library().pictures[slug]}
    return {name: text.encode() for name, text in library().sources[slug].items()} | pictures


@pytest.mark.parametrize("slug", SLUGS)
def test_a_module_written_out_and_read_again_is_the_same(tmp_path, slug):
    module = module_called(slug)
    folder = tmp_path / slug
    folder.mkdir()
    for name, text in files_of(module).items():
        (folder / name).write_text(text, encoding="utf-8")
    assert load_module(folder) == replace(module, terms=(), phases=(), pictures=())


@pytest.mark.parametrize("slug", SLUGS)
def test_the_desk_finds_in_a_module_what_the_folder_holds(slug):
    looked = look_over(slug, files_as_written(slug), shelf_beside(slug))
    assert looked.problems == ()
    assert looked.module == module_called(slug)
    assert looked.pictures == library().pictures[slug]


NEW = Shelf(library().references, {}, library().glossary, library().phases, None, {"C1"})


def new_module(body):
    texts = {"module.md": MODULE_HEAD, "card.md": CARD, "01-one.md": LESSON_HEAD + body}
    return {name: text.encode() for name, text in texts.items()}


def found(looked):
    return [(one.file, one.line, one.code) for one in looked.problems]


def test_problems_name_the_file_and_the_line():
    body = "Words.\n\nSee [this](nowhere.md) and [@nobody-1999: p. 3]. ![](img/gone.svg)\n"
    looked = look_over(
        "new",
        new_module(body),
        NEW,
    )
    assert set(found(looked)) == {
        ("01-one.md", 9, ProblemCode.DEAD_LINK),
        ("01-one.md", 9, ProblemCode.UNKNOWN_REFERENCE),
        ("01-one.md", 9, ProblemCode.NO_ALTERNATIVE),
        ("01-one.md", 9, ProblemCode.MISSING_PICTURE),
    }
    assert looked.module is not None


def test_a_head_that_cannot_be_read_leaves_no_module_and_no_silence():
    looked = look_over("new", {"module.md": b"---\ntitle: [\n---\nx"}, NEW)
    assert looked.module is None
    assert looked.problems


def test_a_lesson_that_others_link_to_keeps_its_name():
    slug = "safety-planning"
    files = files_as_written(slug)
    gone = next(lead[1] for lead in shelf_beside(slug).leads)
    name = next(name for name in files if name.endswith(f"-{gone}.md"))
    files["99-renamed.md"] = files.pop(name)
    looked = look_over(slug, files, shelf_beside(slug))
    assert any(gone in one.message for one in looked.problems if one.file == "")


def test_lists_that_were_never_published_are_not_judged():
    bare = Shelf(None, {}, None, None, None, ())
    body = "See [@nobody-1999: p. 3] and [a word](word:unheard-of).\n"
    files = new_module(body)
    assert look_over("new", files, bare).problems == ()
