"""Drafts that authors share, publishing from the desk, clashes, and going back."""

import re
import threading
from dataclasses import replace
from datetime import timedelta
from types import SimpleNamespace

import pytest
from sqlalchemy import func, select

from lms.db import transaction
from lms.models import AuditDetail, AuditEntry, Completion, ContentVersion, DraftFile
from lms.rules.authoring import AuthorRefusal
from lms.rules.learning import LessonState, ModuleState
from lms.services.audit import link_entries, verify_chains
from lms.services.authoring import (
    Order,
    Typed,
    add_text,
    changes_since,
    drop_drafts,
    files_at,
    find_clash,
    list_desks,
    list_editions,
    look,
    open_desk,
    prepare,
    publish_module,
    put_files,
    put_picture,
    remove_file,
    rename_file,
    save_text,
    settle_clash,
    start_module,
    take_back,
    version_of,
)
from lms.services.authoring.skeletons import (
    card_text,
    equal_text,
    lesson_text,
    module_text,
    unwritten_lines,
)
from lms.services.curriculum import finish_lesson, open_lesson, open_module
from lms.services.errors import ClashError, MissingError, RefusedError
from lms.services.practice import get_place
from lms.services.publishing import current_version, publish_library, rendered_of
from tests.cast import NOW, library, make_cast
from tests.content.test_packing import SVG
from tests.reading import (
    MODULE,
    lessons_of,
    module_named,
    publish_again,
    with_new_words,
    written_over,
)

FIRST = "01-what-a-boundary-is-for.md"
LATER = NOW + timedelta(hours=1)
REASON = "Nothing is described."
BETTER = "Nothing of it is described."


def text_of(session, name=FIRST, slug=MODULE):
    return open_desk(session, slug).text_of(name)


def type_in(session, person, text, name=FIRST, *, version=None, base=None, slug=MODULE):
    desk = open_desk(session, slug)
    begun = desk.sheet(name).version if version is None else version
    typed = Typed(text, begun, desk.base_hash if base is None else base)
    return save_text(session, person.id, slug, name, typed, now=NOW)


def publish(session, person, *, note="Shorter.", changes_learning=True, slug=MODULE, now=LATER):
    prepared = prepare(session, slug)
    order = Order(note, changes_learning, prepared.fingerprint)
    return publish_module(session, person.id, slug, prepared, order, now=now)


def change(session, person, **more):
    """Reword one lesson and publish it."""
    type_in(session, person, text_of(session).replace(REASON, BETTER))
    return publish(session, person, **more)


def refused(act, *args, **more):
    with pytest.raises(RefusedError) as no:
        act(*args, **more)
    return no.value.reason


def test_every_module_lies_on_the_desk_as_its_files_say(session, cast):
    for module in library().modules:
        desk = open_desk(session, module.slug)
        texts = {name: data.decode() for name, data in desk.files.items() if name[-3:] == ".md"}
        assert texts == library().sources[module.slug]
        assert desk.changed == ()
        assert look(session, desk).problems == ()


def test_a_draft_is_shared_and_changes_nothing_for_readers(session, cast):
    before = current_version(session, "module", MODULE).hash
    type_in(session, cast.trainer, text_of(session) + "\nMore.\n")
    desk = open_desk(session, MODULE)
    assert desk.changed == (FIRST,)
    assert (desk.sheet(FIRST).saved_by, desk.sheet(FIRST).version) == ("Trainer", 1)
    assert current_version(session, "module", MODULE).hash == before
    row = next(row for row in list_desks(session) if row.slug == MODULE)
    assert (row.changes, row.saved_by) == (1, "Trainer")


def test_two_authors_on_one_lesson_both_see_both_texts(session, cast):
    published = text_of(session)
    type_in(session, cast.trainer, published + "\nFrom one.\n", version=0)
    with pytest.raises(ClashError) as clash:
        type_in(session, cast.coordinator, published + "\nFrom two.\n", version=0)
    assert clash.value.theirs["text"].endswith("From one.\n")
    assert clash.value.yours["text"].endswith("From two.\n")
    both = published + "\nFrom one.\nFrom two.\n"
    type_in(session, cast.coordinator, both, version=clash.value.version)
    assert text_of(session) == both


def test_the_same_words_twice_are_no_clash(session, cast):
    text = text_of(session) + "\nThe same.\n"
    assert type_in(session, cast.trainer, text, version=0) == 1
    assert type_in(session, cast.coordinator, text, version=0) == 1


def test_words_begun_before_somebody_dropped_the_draft_are_a_clash_too(session, cast):
    published = text_of(session)
    type_in(session, cast.trainer, published + "\nOne.\n")
    drop_drafts(session, MODULE, FIRST)
    with pytest.raises(ClashError) as clash:
        type_in(session, cast.trainer, published + "\nOne.\nTwo.\n", version=1)
    assert clash.value.theirs["text"] == published


def test_a_text_that_says_what_is_published_leaves_no_draft(session, cast):
    published = text_of(session)
    type_in(session, cast.trainer, published + "\nMore.\n")
    assert type_in(session, cast.trainer, published) == 0
    assert session.scalar(select(func.count()).select_from(DraftFile)) == 0


def test_publishing_makes_one_version_of_one_module_and_is_on_the_trail(session, cast):
    count = session.scalar(select(func.count()).select_from(ContentVersion))
    version = change(session, cast.trainer, note=" Clearer. ", changes_learning=False)
    link_entries(session)
    assert session.scalar(select(func.count()).select_from(ContentVersion)) == count + 1
    assert (version.number, version.note, version.changes_learning) == (2, "Clearer.", False)
    assert version.published_by == cast.trainer.id
    assert BETTER in rendered_of(session, version) or BETTER in version.body
    assert open_desk(session, MODULE).drafts == ()
    entry = session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc()).limit(1)).one()
    details = session.scalars(select(AuditDetail.details).filter_by(entry_id=entry.id)).one()
    assert (entry.act, entry.actor_id) == ("content-published", cast.trainer.id)
    assert entry.subject == f"module:{MODULE}"
    assert "Clearer" not in details
    assert verify_chains(session).first_broken is None


def test_the_files_as_they_were_typed_are_kept_with_the_version(session, cast):
    text = text_of(session).replace("minutes: 30", "minutes: 30   # a quiet half-hour")
    type_in(session, cast.trainer, text.replace(REASON, BETTER))
    version = publish(session, cast.trainer)
    assert b"# a quiet half-hour" in files_at(session, version)[FIRST]


def test_publishing_the_same_files_afterwards_is_nothing_new(session, cast):
    done = publish_library(session, library(), by=None, now=LATER)
    assert done.new == ()


def test_what_has_problems_is_not_published(session, cast):
    type_in(session, cast.trainer, text_of(session) + "\nSee [this](nowhere.md).\n")
    assert refused(publish, session, cast.trainer) is AuthorRefusal.HAS_PROBLEMS
    assert current_version(session, "module", MODULE).number == 1
    assert open_desk(session, MODULE).drafts


def test_what_was_not_looked_at_is_not_published(session, cast):
    type_in(session, cast.trainer, text_of(session) + "\nMore.\n")
    prepared = prepare(session, MODULE)
    type_in(session, cast.coordinator, text_of(session) + "\nAnd more.\n")
    order = Order("More.", True, prepared.fingerprint)
    reason = refused(publish_module, session, cast.trainer.id, MODULE, prepared, order, now=LATER)
    assert reason is AuthorRefusal.MOVED_ON


def test_without_a_note_or_without_a_change_nothing_is_published(session, cast):
    assert refused(publish, session, cast.trainer) is AuthorRefusal.NOTHING_NEW
    type_in(session, cast.trainer, text_of(session).replace(REASON, BETTER))
    assert refused(publish, session, cast.trainer, note="  ") is AuthorRefusal.NO_NOTE


def test_an_empty_line_more_is_nothing_new(session, cast):
    type_in(session, cast.trainer, text_of(session) + "\n")
    assert refused(publish, session, cast.trainer) is AuthorRefusal.NOTHING_NEW


# Published from files meanwhile


def published_from_files(session):
    """Let the files say something new of the first lesson and of another one."""
    module = with_new_words(module_named(), lessons_of()[0])
    publish_again(session, with_new_words(module, lessons_of()[1]))


def test_a_version_published_meanwhile_is_a_clash_that_names_and_shows_both(session, cast):
    third = "03-ask-first-record-review.md"
    type_in(session, cast.trainer, text_of(session).replace(REASON, BETTER))
    type_in(session, cast.trainer, text_of(session, third) + "\nMore.\n", third)
    published_from_files(session)
    assert refused(publish, session, cast.trainer) is AuthorRefusal.PUBLISHED_MEANWHILE
    clash = find_clash(session, MODULE)
    assert (clash.begun_from.number, clash.current.number, clash.current.by) == (1, 2, "")
    assert [file.name for file in clash.files] == [FIRST]
    assert clash.untouched == (third,)
    assert "One more thing." in clash.files[0].theirs
    assert BETTER in clash.files[0].yours
    assert clash.files[0].rows


def test_after_a_clash_ones_own_text_goes_on_from_the_newer_version(session, cast):
    type_in(session, cast.trainer, text_of(session).replace(REASON, BETTER))
    published_from_files(session)
    settle_clash(session, MODULE, (), number=2, now=LATER)
    assert find_clash(session, MODULE) is None
    assert publish(session, cast.trainer).number == 3
    assert BETTER in text_of(session)


def test_after_a_clash_the_newer_text_can_be_taken(session, cast):
    type_in(session, cast.trainer, text_of(session).replace(REASON, BETTER))
    published_from_files(session)
    settle_clash(session, MODULE, {FIRST}, number=2, now=LATER)
    assert open_desk(session, MODULE).drafts == ()
    assert "One more thing." in text_of(session)


def test_a_clash_is_settled_only_with_the_version_that_was_shown(session, cast):
    type_in(session, cast.trainer, text_of(session).replace(REASON, BETTER))
    published_from_files(session)
    reason = refused(settle_clash, session, MODULE, {FIRST}, number=1, now=LATER)
    assert reason is AuthorRefusal.MOVED_ON


def test_a_page_opened_before_a_newer_version_says_so_when_it_is_saved(session, cast):
    opened_over = open_desk(session, MODULE).base_hash
    typed = text_of(session).replace(REASON, BETTER)
    published_from_files(session)
    type_in(session, cast.trainer, typed, version=0, base=opened_over)
    assert open_desk(session, MODULE).is_behind
    assert [file.name for file in find_clash(session, MODULE).files] == [FIRST]


# What it means for readers


def read_all(session, cast, number=1):
    for lesson in lessons_of():
        finish_lesson(session, cast.trainee.id, MODULE, lesson, number=number, now=NOW)


def test_a_change_that_teaches_the_same_leaves_readings_as_they_are(session, cast):
    first = lessons_of()[0]
    finish_lesson(session, cast.trainee.id, MODULE, first, number=1, now=NOW)
    change(session, cast.trainer, changes_learning=False)
    page = open_lesson(session, MODULE, first, number=None, reader_id=cast.trainee.id)
    assert page.version.number == 2
    assert page.states[first] is LessonState.READ


def test_a_change_of_what_is_learnt_asks_to_read_again(session, cast):
    first = lessons_of()[0]
    finish_lesson(session, cast.trainee.id, MODULE, first, number=1, now=NOW)
    change(session, cast.trainer, changes_learning=True)
    place = get_place(session, cast.trainee.id)
    assert open_module(session, MODULE, place).states[first] is LessonState.CHANGED


def test_a_reworded_lesson_stays_read_over_later_changes_elsewhere(session, cast):
    first, second = lessons_of()[:2]
    finish_lesson(session, cast.trainee.id, MODULE, first, number=1, now=NOW)
    change(session, cast.trainer, changes_learning=False)
    other = next(n for n in open_desk(session, MODULE).files if n.endswith(f"{second}.md"))
    type_in(session, cast.trainer, text_of(session, other) + "\nSomething new.\n", other)
    publish(session, cast.trainer, changes_learning=True)
    place = get_place(session, cast.trainee.id)
    states = open_module(session, MODULE, place).states
    assert (states[first], states[second]) == (LessonState.READ, LessonState.NOT_YET)


def test_a_module_is_complete_with_reworded_lessons_and_says_which_versions_were_read(
    session, cast
):
    for lesson in lessons_of()[:-1]:
        finish_lesson(session, cast.trainee.id, MODULE, lesson, number=1, now=NOW)
    change(session, cast.trainer, changes_learning=False)
    last = lessons_of()[-1]
    done = finish_lesson(session, cast.trainee.id, MODULE, last, number=2, now=LATER)
    assert done.is_complete
    completion = session.scalars(select(Completion)).one()
    assert completion.version_number == 2
    assert f'"{lessons_of()[0]}": 1' in completion.lesson_versions
    assert f'"{last}": 2' in completion.lesson_versions
    place = get_place(session, cast.trainee.id)
    assert open_module(session, MODULE, place).state is ModuleState.COMPLETE


# Files


def test_every_sentence_of_a_new_file_is_asked_for():
    """The keys alone, and a title, may stay as they are; nothing else of a new file may."""
    fine = re.compile(
        r"---|title: .*|objectives:|domain: \w+|core: false|reviews: \[\]|principles:"
        r"|minutes: 15|competencies: \[C1\]|sources: \[\]|## To remember|"
    )
    for made in (module_text, lesson_text, equal_text, card_text):
        text = made("T")
        asked = unwritten_lines(text)
        left = [line for n, line in enumerate(text.split("\n"), 1) if n not in asked]
        assert [line for line in left if not fine.fullmatch(line)] == []
        assert unwritten_lines(written_over(text)) == ()


def test_a_module_is_begun_and_published_after_its_gaps_are_filled(session, cast):
    start_module(session, cast.trainer.id, "new-ground", 'New: "ground"', now=NOW)
    desk = open_desk(session, "new-ground")
    problems = look(session, desk).problems
    assert {"module.md", "01-first-steps.md", "card.md"} == {one.file for one in problems}
    assert all("came with the new file" in one.message for one in problems)
    for name in ("module.md", "01-first-steps.md", "card.md"):
        text = written_over(desk.text_of(name))
        type_in(session, cast.trainer, text, name, slug="new-ground")
    assert look(session, open_desk(session, "new-ground")).problems == ()
    version = publish(session, cast.trainer, slug="new-ground")
    assert (version.number, version.title) == (1, 'New: "ground"')
    assert open_lesson(session, "new-ground", "first-steps", number=None, reader_id=None)


@pytest.mark.parametrize(
    ("slug", "reason"),
    [
        (MODULE, AuthorRefusal.NAME_TAKEN),
        ("New Ground", AuthorRefusal.NAME_ODD),
        ("jurisdictions", AuthorRefusal.NAME_ODD),
        ("../x", AuthorRefusal.NAME_ODD),
    ],
)
def test_a_module_cannot_be_called_so(session, cast, slug, reason):
    assert refused(start_module, session, cast.trainer.id, slug, "T", now=NOW) is reason


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("../01-a.md", AuthorRefusal.NAME_ODD),
        ("module.md", AuthorRefusal.NAME_ODD),
        ("01-again.md", AuthorRefusal.NAME_TAKEN),
        ("99-what-a-boundary-is-for.md", AuthorRefusal.NAME_TAKEN),
        ("98-nowhere.equal.md", AuthorRefusal.NAME_ODD),
        ("card.md", AuthorRefusal.NAME_TAKEN),
    ],
)
def test_a_file_cannot_be_added_so(session, cast, name, reason):
    assert refused(add_text, session, cast.trainer.id, MODULE, name, "T", now=NOW) is reason


def test_a_lesson_is_renamed_with_its_equal_route(session, cast):
    slug = "dynamics-of-violence"
    rename_file(
        session,
        cast.trainer.id,
        slug,
        "02-coercive-control.md",
        "12-coercive-control.md",
        now=NOW,
    )
    files = open_desk(session, slug).files
    assert {"12-coercive-control.md", "12-coercive-control.equal.md"} <= set(files)
    assert "02-coercive-control.md" not in files


def test_a_lesson_is_taken_out_and_its_links_elsewhere_are_named(session, cast):
    remove_file(session, cast.trainer.id, MODULE, FIRST, now=NOW)
    desk = open_desk(session, MODULE)
    assert desk.sheet(FIRST).is_removed
    assert FIRST not in desk.files
    assert refused(remove_file, session, cast.trainer.id, MODULE, "module.md", now=NOW) is (
        AuthorRefusal.MODULE_FILE_STAYS
    )
    with pytest.raises(MissingError):
        remove_file(session, cast.trainer.id, MODULE, "nothing.md", now=NOW)


def test_a_picture_is_shown_once_it_is_published(session, cast):
    put_picture(session, cast.trainer.id, MODULE, "img/dot.svg", SVG, now=NOW)
    type_in(session, cast.trainer, text_of(session) + "\n![](img/dot.svg)\n")
    problems = look(session, open_desk(session, MODULE)).problems
    assert [one.code for one in problems] == ["no-alternative-text"]
    type_in(session, cast.trainer, text_of(session).replace("![]", "![A dot]"))
    version = publish(session, cast.trainer)
    assert files_at(session, version)["img/dot.svg"] == SVG


def test_a_package_is_taken_in_whole_or_not_at_all(session, cast):
    files = open_desk(session, MODULE).files
    assert put_files(session, cast.trainer.id, MODULE, files, now=NOW) == ()
    changed = {**files, FIRST: files[FIRST] + b"\nMore.\n"}
    assert put_files(session, cast.trainer.id, MODULE, changed, now=NOW) == (FIRST,)
    reason = refused(put_files, session, cast.coordinator.id, MODULE, files, now=NOW)
    assert reason is AuthorRefusal.DRAFTS_THERE
    assert open_desk(session, MODULE).changed == (FIRST,)


# Going back


def test_an_earlier_version_comes_back_as_a_new_one(session, cast):
    before = version_of(session, MODULE, 1)
    change(session, cast.trainer)
    assert [change.name for change in changes_since(session, MODULE, 1)] == [FIRST]
    assert take_back(session, cast.trainer.id, MODULE, 1, now=LATER) == 1
    version = publish(session, cast.trainer, note="Back to the first words.")
    assert (version.number, version.hash) == (3, before.hash)
    assert [e.number for e in list_editions(session, MODULE)] == [3, 2, 1]
    assert changes_since(session, MODULE, 1) == ()


def test_going_back_waits_until_drafts_are_settled(session, cast):
    change(session, cast.trainer)
    type_in(session, cast.trainer, text_of(session) + "\nMore.\n")
    reason = refused(take_back, session, cast.trainer.id, MODULE, 1, now=LATER)
    assert reason is AuthorRefusal.DRAFTS_THERE


def test_a_version_from_before_files_were_kept_can_be_edited(session, cast):
    version = current_version(session, "module", MODULE)
    version.source = None
    session.flush()
    desk = open_desk(session, MODULE)
    assert look(session, desk).problems == ()
    assert look(session, desk).module == replace(module_named())


# At the same time


def at_once(app, acts):
    """Run acts at the same moment, each in a transaction of its own; return what each gave."""
    state, gate, found = app.extensions["lms"], threading.Barrier(len(acts)), []

    def run(act):
        with state.database.session() as session:
            session.info["ground"] = state.ground
            gate.wait()
            try:
                with transaction(session):
                    found.append(act(session))
            except (RefusedError, ClashError) as no:
                found.append(no)

    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found


@pytest.mark.races
def test_two_who_publish_at_once_make_one_version(real_app, real_session):
    cast = make_cast(real_session)
    type_in(real_session, cast.trainer, text_of(real_session).replace(REASON, BETTER))
    real_session.commit()
    prepared = prepare(real_session, MODULE)
    order, person_id = Order("Clearer.", True, prepared.fingerprint), cast.trainer.id
    real_session.rollback()

    def act(session):
        return publish_module(session, person_id, MODULE, prepared, order, now=LATER).number

    found = at_once(real_app, [act] * 4)
    assert found.count(2) == 1
    reasons = {one.reason for one in found if isinstance(one, RefusedError)}
    assert len(found) == 4
    assert reasons <= {AuthorRefusal.MOVED_ON, AuthorRefusal.PUBLISHED_MEANWHILE}
    assert [edition.number for edition in list_editions(real_session, MODULE)] == [2, 1]
    acts = select(func.count()).where(AuditEntry.subject == f"module:{MODULE}")
    assert real_session.scalar(acts) == 1


@pytest.mark.races
def test_of_two_who_save_at_once_one_is_kept_and_the_other_sees_both(real_app, real_session):
    cast = make_cast(real_session)
    real_session.commit()
    text, author = text_of(real_session), SimpleNamespace(id=cast.trainer.id)
    real_session.rollback()

    def act(n):
        typed = text + f"\nFrom {n}.\n"
        return lambda s: (type_in(s, author, typed, version=0), typed)[1]

    found = at_once(real_app, [act(n) for n in range(4)])
    kept = text_of(real_session)
    clashes = [one for one in found if isinstance(one, ClashError)]
    assert [one for one in found if isinstance(one, str)] == [kept]
    assert len({clash.yours["text"] for clash in clashes}) == 3
