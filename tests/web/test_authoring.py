"""Writing modules: who may, the editor with and without script, publishing, clashes, packages."""

import io
import re

import pytest
from sqlalchemy import func, select

from lms.models import ContentVersion, Draft, DraftFile
from tests.cast import grant
from tests.content.test_packing import SVG, packed, photo
from tests.page import HOUSEKEEPING
from tests.reading import (
    MODULE,
    lessons_of,
    module_named,
    publish_again,
    with_new_words,
    written_over,
)
from tests.walking import Asker, make_world, places

FIRST = "01-what-a-boundary-is-for.md"
EDIT = f"/authoring/{MODULE}/files/{FIRST}"
DESK = f"/authoring/{MODULE}"
REASON = "Nothing is described."
BETTER = "Nothing of it is described."


@pytest.fixture
def author(session, cast, page):
    """Return the page of somebody who is an author and a trainer."""
    grant(session, cast.second_trainer, "author")
    session.commit()
    return page.as_("second_trainer")


@pytest.fixture
def another(session, cast, page):
    """Return another author: the supervisor."""
    grant(session, cast.supervisor, "author")
    session.commit()
    return page.as_("supervisor")


def text_on(page, url=EDIT):
    page.get(url)
    return page.soup.find("textarea", attrs={"name": "text"}).text.removeprefix("\n")


def opened(page):
    """Return what the editor's form would send as it stands."""
    return opened_at(page, EDIT)


def opened_at(page, url):
    """Return the same of any file's editor."""
    text = text_on(page, url)
    form = next(f for f in page.soup.find_all("form") if f.find("textarea"))
    data = {i["name"]: i.get("value", "") for i in form.find_all("input")}
    return {**data, "text": text}


def save(page, data, go="save", url=EDIT, **values):
    return page.post(url, {**data, "go": go, **values})


def drafts(session):
    return session.scalar(select(func.count()).select_from(DraftFile))


def version(session):
    query = select(func.max(ContentVersion.number)).where(ContentVersion.slug == MODULE)
    return session.scalar(query)


# Who may


@pytest.mark.parametrize(
    ("who", "status"),
    [("trainee", 403), ("trainer", 403), ("coordinator", 403), ("supervisor", 403)],
)
def test_only_authors_write(page, who, status):
    reader = page.as_(who)
    assert reader.get("/authoring").status_code == status
    assert reader.get(EDIT).status_code == status
    assert reader.post(EDIT, {"text": "x"}).status_code == status


def test_nobody_but_an_author_reaches_any_address_of_it(app, session, cast):
    """Every rule and method of the area, as everybody: refused, and nothing is written."""
    world = make_world(session, cast)
    wrong = []
    for who in ("visitor", "trainee", "trainer", "coordinator", "outsider", "supervisor"):
        asker = Asker(app, session, cast, who)
        for place in places(app, world):
            if not place.path.startswith(("/authoring", "/module-packages")):
                continue
            for method in place.rules:
                reply = asker.ask(method, place.url)
                fine = reply.status_code == (302 if who == "visitor" else 403)
                if not fine or asker.writes - HOUSEKEEPING:
                    wrong.append(f"{method} {place.url} as {who}: {reply.status_code}")
    assert wrong == []


def test_an_author_may_send_anything_anywhere_and_meets_no_bug(app, session, cast):
    grant(session, cast.second_trainer, "author")
    asker = Asker(app, session, cast, "second_trainer")
    odd = "\N{PILE OF POO}\0\u202e-99999999999999999999"
    names = ("text", "version", "base", "go", "title", "slug", "name", "note", "learnt", "seen")
    bodies = [{}, dict.fromkeys((*names, "number", "beside", "called", "picture", "package"), odd)]
    for place in places(app, make_world(session, cast)):
        if place.path.startswith(("/authoring", "/module-packages")):
            for method in place.rules:
                for body in bodies if method == "POST" else [None]:
                    reply = asker.ask(method, place.url, **({"data": body} if body else {}))
                    assert reply.status_code < 500, f"{method} {place.url}"


def test_the_menu_leads_authors_there_and_nobody_else(author, page):
    author.get("/today")
    assert author.soup.find("a", href="/authoring")
    coordinator = page.as_("coordinator")
    coordinator.get("/today")
    assert not coordinator.soup.find("a", href="/authoring")


@pytest.mark.parametrize(
    "url",
    [
        "/authoring/no-such-module",
        "/authoring/no-such-module/publish",
        f"{DESK}/files/99-nothing.md",
        f"{DESK}/files/module.txt",
        f"{DESK}/preview/nothing",
        f"{DESK}/pictures/nothing.svg",
        f"{DESK}/versions/77",
        f"{DESK}/versions/x",
    ],
)
def test_what_is_not_there_is_not_found(author, url):
    assert author.get(url).status_code == 404


# The editor


def test_the_list_says_where_each_module_stands(author):
    author.get("/authoring")
    assert "Boundaries" in author.words
    assert "Version 1" in author.words
    data = opened(author)
    save(author, data, text=data["text"] + "\nSee [this](nowhere.md).\n")
    author.get("/authoring")
    assert "1 thing to mend" in author.words


def test_a_text_is_saved_as_a_draft_and_readers_see_the_old_one(author, page, session):
    data = opened(author)
    reply = save(author, data, text=data["text"].replace(REASON, BETTER))
    assert reply.location == EDIT
    assert BETTER in text_on(author)
    assert "changed by Second Trainer" in author.words
    trainee = page.as_("trainee")
    trainee.get(f"/modules/{MODULE}/{lessons_of()[0]}")
    assert BETTER not in trainee.words


@pytest.mark.parametrize(
    ("go", "where"),
    [
        ("save", EDIT),
        ("check", EDIT + "#editor-problems"),
        ("preview", EDIT + "/preview"),
        ("publish", f"{DESK}/publish"),
    ],
)
def test_every_button_keeps_the_text_and_leads_where_it_says(author, session, go, where):
    data = opened(author)
    reply = save(author, data, go, text=data["text"].replace(REASON, BETTER))
    assert reply.location == where
    assert drafts(session) == 1
    assert author.get(where.partition("#")[0]).status_code in {200, 302}


def test_a_problem_is_listed_with_its_line_and_the_line_itself(author):
    data = opened(author)
    text = data["text"] + "\nSee [this](nowhere.md).\n"
    save(author, data, "check", text=text)
    author.get(EDIT)
    line = text.split("\n").index("See [this](nowhere.md).") + 1
    link = author.soup.find("a", attrs={"data-line": str(line)})
    assert link.text == f"Line {line}"
    assert "There is no lesson 'nowhere.md'" in author.words
    assert "See [this](nowhere.md)." in link.find_parent("li").text


def test_a_problem_of_another_file_leads_to_that_file(author):
    data = opened(author)
    save(author, data, text=data["text"] + "\nSee [this](nowhere.md).\n")
    author.get(f"{DESK}/files/module.md")
    link = author.soup.find("a", href=re.compile(rf"{re.escape(FIRST)}\?line="))
    assert link is not None


def test_looking_while_typing_keeps_nothing_and_shows_the_lesson(author, session):
    data = opened(author)
    reply = author.post(
        f"{DESK}/look/{FIRST}", {**data, "text": data["text"].replace(REASON, BETTER) + "\n**Yes**"}
    )
    assert "<strong>Yes</strong>" in reply.json["page"]
    assert BETTER in reply.json["page"]
    assert "Nothing to mend" in reply.json["problems"]
    assert drafts(session) == 0
    broken = author.post(f"{DESK}/look/{FIRST}", {**data, "text": "no head"})
    assert broken.json["page"] == ""
    assert "must start with a head" in broken.json["problems"]


def test_two_authors_on_one_lesson_clash_in_sight_and_lose_nothing(author, another):
    mine, theirs = opened(author), opened(another)
    save(another, theirs, text=theirs["text"] + "\nFrom the other.\n")
    reply = save(author, mine, text=mine["text"] + "\nFrom me.\n")
    assert reply.status_code == 409
    assert "Someone else changed this" in author.words
    assert "From the other." in author.soup.find("pre").text
    assert author.soup.find("del").text == "taken out: the other."
    assert author.soup.find("ins").text == "added: me."
    box = author.soup.find("textarea").text
    assert "From me." in box
    form = next(f for f in author.soup.find_all("form") if f.find("textarea"))
    again = {i["name"]: i.get("value", "") for i in form.find_all("input")}
    assert save(author, again, text=box + "\nFrom the other.\n").location == EDIT
    assert "From the other." in text_on(another)


def test_a_clash_shows_the_changed_lines_only_whatever_ends_the_browser_sends(
    author, another, session
):
    mine, theirs = opened(author), opened(another)
    save(another, theirs, text=theirs["text"].replace("\n", "\r\n"))
    assert drafts(session) == 0  # the same words with other ends are no change
    save(another, theirs, text=(theirs["text"] + "\nFrom the other.\n").replace("\n", "\r\n"))
    reply = save(author, mine, text=mine["text"].replace("\n", "\r\n") + "\r\nFrom me.\r\n")
    assert reply.status_code == 409
    assert [tag.text for tag in author.soup.select(".diff del")] == ["taken out: the other."]
    assert "lines the same" in author.soup.select_one(".diff-skip").text


def test_words_that_were_typed_and_not_saved_come_back_with_what_they_began_from(
    author, another, session
):
    mine = opened(author)
    key = f"author:{MODULE}/{FIRST.replace('.', '-')}"
    body = {**mine, "text": mine["text"] + "\nOn a bad line.\n"}
    sent = {"body": body, "base_version": 0, "op_id": "x"}
    token = {"X-CSRFToken": author.token()}
    assert author.client.put(f"/drafts/{key}", json=sent, headers=token).status_code == 200
    theirs = opened(another)
    save(another, theirs, text=theirs["text"] + "\nMeanwhile.\n")
    again = opened(author)
    assert "On a bad line." in again["text"]
    assert "Your words from" in author.words
    assert save(author, again).status_code == 409
    author.post(EDIT, {"go": "forget"})
    assert "On a bad line." not in text_on(author)
    assert session.scalar(select(func.count()).select_from(Draft)) == 0


def test_a_text_that_is_too_long_stays_in_the_box(author, session):
    data = opened(author)
    reply = save(author, data, text="x" * 200_001)
    assert reply.status_code == 422
    assert "at most" in author.words
    assert len(author.soup.find("textarea").text) > 200_000
    reply = save(author, data, text="ä" * 150_000)
    assert reply.status_code == 422
    assert "too long" in author.words
    assert drafts(session) == 0


# The preview


def main_of(page):
    return page.soup.find("article")


def test_the_preview_is_the_very_page_that_trainees_get(author, page):
    """For every lesson of a module: the same text, but for the answers a trainee may keep."""
    for lesson in lessons_of():
        author.get(f"{DESK}/preview/{lesson}?on=1")
        shown = main_of(author).find(id="lesson-text")
        reader = page.as_("trainer")
        reader.get(f"/modules/{MODULE}/{lesson}?on=1")
        real = main_of(reader).find(id="lesson-text")
        assert words_without_forms(shown) == words_without_forms(real)


def words_without_forms(tag):
    for field in tag.find_all("input", attrs={"type": "hidden"}):
        field.decompose()
    return re.sub(r'action="[^"]*"|src="[^"]*"', "", str(tag))


def test_a_check_can_be_tried_in_the_preview_and_nothing_is_kept(author, session):
    url = f"{DESK}/preview/ask-first-record-review"
    author.get(url)
    form = author.soup.find("input", attrs={"name": "check"}).find_parent("form")
    option = form.find("input", attrs={"name": "answer"})["value"]
    data = {"check": form.find("input", attrs={"name": "check"})["value"], "answer": option}
    reply = author.post(form["action"].partition("#")[0], data)
    assert reply.location.startswith(url)
    author.get(reply.location)
    assert author.soup.find(class_="note-good") or author.soup.find(class_="note-quiet")


def test_the_modules_own_page_the_card_and_an_equal_route_are_previewed(author):
    author.get(f"{DESK}/preview")
    assert "Preview: this is how trainees will see it" in " ".join(author.soup.text.split())
    author.get(f"{DESK}/preview/card")
    assert author.reply.status_code == 200
    other = "/authoring/dynamics-of-violence"
    author.get(f"{other}/files/02-coercive-control.equal.md/preview")
    author.get(author.reply.location)
    assert author.reply.status_code == 200


def test_the_preview_says_how_much_is_to_be_mended_and_nothing_of_staff(author):
    author.get(f"{DESK}/preview/what-a-boundary-is-for")
    assert "to mend" not in author.soup.text
    assert "You read as staff" not in author.soup.text
    data = opened(author)
    save(author, data, text=data["text"] + "\nSee [this](nowhere.md).\n")
    for page in ("preview/what-a-boundary-is-for", "preview", "preview/card"):
        author.get(f"{DESK}/{page}")
        assert "1 thing to mend" in author.soup.text, page
        assert "You read as staff" not in author.soup.text, page


def test_the_help_shows_every_block_and_each_can_be_kept_as_it_stands(author):
    """What is copied from the help into a lesson has nothing to mend but what it names."""
    author.get(EDIT)
    shown = [pre.text for pre in author.soup.select("pre.kept")]
    head, blocks = shown[-2:]
    for kind in ("check", "reflection", "exercise", "situation", "phase", "local"):
        assert f"```{kind}\n" in blocks
    assert all(key in head for key in ("content_note:", "sensitive:", "covers:"))
    author.get(DESK)
    author.post(f"{DESK}/lessons", {"title": "More", "slug": "one-more"})
    url = f"{DESK}/files/09-one-more.md"
    data = opened_at(author, url)
    text = written_over(data["text"]).replace("sources: []\n", f"sources: []\n{head}")
    save(author, data, url=url, text=f"{text}\n{blocks}\n")
    author.get(url)
    told = [" ".join(one.text.split()) for one in author.soup.select(".problem")]
    assert [one for one in told if "jurisdiction" not in one] == []


def test_a_misspelt_key_is_one_thing_and_hides_no_picture(author):
    author.get(DESK)
    author.post(f"{DESK}/pictures", {"picture": (io.BytesIO(SVG), "dot.svg"), "called": ""})
    data = opened(author)
    broken = data["text"].replace("minutes:", "minuts:", 1) + "\n![A dot](img/dot.svg)\n"
    save(author, data, text=broken)
    author.get(EDIT)
    assert "1 thing to mend" in author.words
    assert "Did you mean 'minutes'?" in author.words
    assert "More may show once the head can be read." in author.words
    assert "No text shows this picture" not in author.words
    save(author, opened(author), text=broken.replace("minuts:", "minutes:"))
    author.get(EDIT)
    assert "More may show" not in author.words


def test_of_a_source_that_is_not_listed_it_says_whom_to_ask(author):
    data = opened(author)
    save(author, data, text=data["text"] + "\nA claim [@nobody-2099: p. 1], [b](word:nix).\n")
    author.get(EDIT)
    assert author.words.count("have it added by those who look after the files") == 2


def test_a_tag_is_named_once_at_its_line_as_it_is_written(author):
    data = opened(author)
    line = data["text"].count("\n") + 2
    text = data["text"] + "\n<b>Bold</b> [x](03-nothing.md) [y](word:nix)\n"
    save(author, data, text=text)
    author.get(EDIT)
    told = [" ".join(one.text.split()) for one in author.soup.select(".problem")]
    html = [one for one in told if "HTML" in one]
    assert len(html) == 1
    assert html[0].startswith(f"Line {line} HTML is not used here: '<b>'.")
    assert "klzzwxh" not in author.words


def test_what_cannot_be_read_yet_is_said_kindly(author):
    data = opened(author)
    save(author, data, text="no head at all")
    author.get(f"{DESK}/preview/{lessons_of()[0]}")
    assert author.reply.status_code == 200
    assert "cannot be read yet" in author.words


# Publishing


def publish(page, **values):
    page.get(f"{DESK}/publish")
    data = {**page.form_data(), "note": "Clearer.", "learnt": "no", **values}
    return page.post(f"{DESK}/publish", data)


def changed(page):
    data = opened(page)
    save(page, data, text=data["text"].replace(REASON, BETTER))


def test_publishing_shows_what_changes_and_asks_what_it_means(author, session):
    changed(author)
    author.get(f"{DESK}/publish")
    assert "of it" in author.soup.find("ins").text
    assert "Does this change what is learnt?" in author.words
    reply = publish(author)
    assert reply.location == DESK
    assert version(session) == 2
    row = session.scalars(select(ContentVersion).filter_by(slug=MODULE, number=2)).one()
    assert (row.note, row.changes_learning) == ("Clearer.", False)
    assert drafts(session) == 0


def test_a_reader_keeps_the_version_that_was_open_and_then_meets_the_new_one(author, page):
    data = opened(author)
    save(author, data, text=data["text"].replace(REASON, BETTER) + "\n\nA quiet lamp.\n")
    publish(author)
    trainee = page.as_("trainee")
    trainee.get(f"/modules/{MODULE}/{lessons_of()[0]}?v=1")
    assert BETTER not in trainee.words
    assert "There is a newer text of this lesson" in trainee.words
    trainee.get(f"/modules/{MODULE}")
    trainee.get(f"/modules/{MODULE}/{lessons_of()[0]}")
    assert BETTER in trainee.words


@pytest.mark.parametrize(
    ("values", "words"),
    [({"note": ""}, "Write something here"), ({"learnt": ""}, "Choose one.")],
)
def test_publishing_asks_for_both_answers_and_keeps_what_was_typed(author, session, values, words):
    changed(author)
    reply = publish(author, **values)
    assert reply.status_code == 422
    assert words in author.words
    assert version(session) == 1


def test_with_problems_the_page_says_to_mend_them_first(author, session):
    data = opened(author)
    save(author, data, text=data["text"] + "\nSee [this](nowhere.md).\n")
    author.get(f"{DESK}/publish")
    assert "Mend this first" in author.words
    reply = author.post(f"{DESK}/publish", {"note": "x", "learnt": "yes", "seen": "x"})
    assert reply.status_code == 409
    assert version(session) == 1


def test_what_somebody_added_meanwhile_is_looked_at_first(author, another, session):
    changed(author)
    author.get(f"{DESK}/publish")
    data = {**author.form_data(), "note": "Clearer.", "learnt": "no"}
    theirs = opened(another)
    save(another, theirs, text=theirs["text"] + "\nAnd this.\n")
    reply = author.post(f"{DESK}/publish", data)
    assert reply.status_code == 409
    assert "Somebody changed this module while you were looking" in author.words
    assert version(session) == 1


def test_a_version_from_files_meanwhile_is_shown_beside_the_draft(author, session):
    changed(author)
    publish_again(session, with_new_words(module_named(), lessons_of()[0]))
    author.get(f"{DESK}/publish")
    assert author.reply.location == f"{DESK}/clash"
    author.get(f"{DESK}/clash")
    assert "Your changes were begun from version 1" in author.words
    assert "by the files on the server" in author.words
    texts = [one.text for one in author.soup.find_all("pre")]
    assert "One more thing." in texts[0]
    assert BETTER in texts[1]
    data = author.form_data()
    assert data[f"file-{FIRST}"] == ["yours"]
    assert author.post(f"{DESK}/clash", data).location == DESK
    assert publish(author).location == DESK
    assert version(session) == 3
    assert BETTER in text_on(author)


def test_the_versions_page_compares_and_leads_back(author, session):
    changed(author)
    publish(author)
    author.get(f"{DESK}/versions")
    assert "Clearer." in author.words
    assert "Second Trainer" in author.words
    assert "changes only how it is said" in author.words
    author.get(f"{DESK}/versions/1")
    assert "of it" in author.soup.find("ins").text
    reply = author.post(f"{DESK}/versions/1/restore", {})
    assert reply.location == DESK
    author.get(DESK)
    assert "1 file changed" in author.words
    publish(author, note="Back.")
    assert version(session) == 3
    assert BETTER not in text_on(author)


# Files


def test_a_module_is_begun_in_the_browser(author):
    author.get("/authoring")
    assert author.post("/authoring", {"title": "New", "slug": "new-one"}).location == (
        "/authoring/new-one"
    )
    author.get("/authoring/new-one")
    assert "This sentence came with the new file" in author.words
    reply = author.post("/authoring", {"title": "New", "slug": "New One"})
    assert reply.status_code == 422
    assert "Use small letters" in author.words
    author.post("/authoring/new-one/drop", {})
    assert author.reply.location == "/authoring"


def test_a_first_version_is_not_asked_what_it_changes(author, session):
    author.get("/authoring")
    author.post("/authoring", {"title": "New", "slug": "new-one"})
    for name in ("module.md", "01-first-steps.md", "card.md"):
        url = f"/authoring/new-one/files/{name}"
        data = opened_at(author, url)
        save(author, data, url=url, text=written_over(data["text"]))
    author.get("/authoring/new-one/publish")
    assert not author.soup.find("input", attrs={"name": "learnt"})
    seen = author.soup.find("input", attrs={"name": "seen"})["value"]
    author.post("/authoring/new-one/publish", {"note": "First.", "seen": seen})
    row = session.scalars(select(ContentVersion).where(ContentVersion.slug == "new-one")).one()
    assert (row.number, row.changes_learning) == (1, True)


def test_lessons_routes_and_names_come_and_go(author, session):
    author.get(DESK)
    author.post(f"{DESK}/lessons", {"title": "More", "slug": "one-more"})
    name = "09-one-more.md"
    author.post(f"{DESK}/route", {"beside": name})
    author.post(f"{DESK}/files/{name}/rename", {"name": "10-one-more.md"})
    author.get(DESK)
    assert "10-one-more.equal.md" in author.words
    assert name not in author.words
    author.post(f"{DESK}/files/10-one-more.equal.md/remove", {})
    author.post(f"{DESK}/files/10-one-more.md/remove", {})
    assert drafts(session) == 0
    author.post(f"{DESK}/files/module.md/remove", {})
    author.get(DESK)
    assert "cannot be without its own page" in " ".join(author.soup.text.split())


def test_a_picture_is_taken_in_and_sent_in_a_box_of_its_own(author):
    author.get(DESK)
    data = {"picture": (io.BytesIO(SVG), "A Dot.svg"), "called": "dot"}
    assert author.post(f"{DESK}/pictures", data).location == DESK
    reply = author.client.get(f"{DESK}/pictures/dot.svg")
    assert reply.data == SVG
    assert "sandbox" in reply.headers["Content-Security-Policy"]
    assert reply.mimetype == "image/svg+xml"
    data = {"picture": (io.BytesIO(photo("JPEG")), "dot.exe"), "called": ""}
    assert author.post(f"{DESK}/pictures", data).location == DESK
    assert author.client.get(f"{DESK}/pictures/dot.jpg").mimetype == "image/jpeg"
    author.post(f"{DESK}/pictures/dot.jpg/remove", {})
    assert author.client.get(f"{DESK}/pictures/dot.jpg").status_code == 404


@pytest.mark.parametrize(
    ("sent", "kept"),
    [("IMG_2041.PNG", "img-2041"), ("My Bench photo.png", "my-bench-photo"), ("写.png", "picture")],
)
def test_a_pictures_own_name_is_made_to_fit_and_its_line_is_shown(author, sent, kept):
    author.get(DESK)
    data = {"picture": (io.BytesIO(photo("PNG")), sent), "called": ""}
    assert author.post(f"{DESK}/pictures", data).location == DESK
    author.get(DESK)
    author.get(DESK)  # the sentence at the top is gone by now, the line beside the file stays
    assert f"![…](img/{kept}.png)" in [code.text for code in author.soup.select(".list code")]


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "Choose a picture first"),
        (b"GIF89a no", "This is no picture that can be used"),
        (b"\x89PNG\r\n\x1a\nbroken", "cannot be opened"),
        (SVG.replace(b"<circle", b"<script/><circle"), "Take out '<script>'"),
    ],
)
def test_what_is_no_picture_is_refused_with_a_sentence(author, session, data, words):
    author.get(DESK)
    reply = author.post(f"{DESK}/pictures", {"picture": (io.BytesIO(data), "a.svg")})
    assert reply.status_code == 422
    assert words in author.words
    assert drafts(session) == 0


def test_a_module_goes_out_as_a_package_and_comes_in_as_drafts(author, session):
    reply = author.client.get(f"{DESK}/package")
    assert reply.headers["Content-Disposition"] == 'attachment; filename="boundaries.zip"'
    author.get(DESK)
    same = {"package": (io.BytesIO(reply.data), "boundaries.zip")}
    assert author.post(f"{DESK}/package", same).location == DESK
    author.get(DESK)
    assert "says what is published already. Nothing has changed." in author.soup.text
    assert drafts(session) == 0
    new = {
        name: text.encode()
        for name, text in {
            "module.md": text_on(author, f"{DESK}/files/module.md"),
            "01-one.md": text_on(author),
        }.items()
    }
    taken = {"package": (io.BytesIO(packed("brand-new", new)), "x.zip")}
    assert author.post("/module-packages", taken).location == "/authoring/brand-new"
    assert drafts(session) == 2


def test_a_package_of_another_module_is_not_taken_in_for_this_one(author, session):
    other = author.client.get("/authoring/noticing-risk/package").data
    author.get(DESK)
    reply = author.post(f"{DESK}/package", {"package": (io.BytesIO(other), "a.zip")})
    assert reply.status_code == 422
    assert "This package holds the module 'noticing-risk'." in author.words
    assert drafts(session) == 0
    files = {"module.md": text_on(author, f"{DESK}/files/module.md").encode()}
    renamed = {"package": (io.BytesIO(packed("boundaries-main", files)), "b.zip")}
    author.get(DESK)
    assert author.post(f"{DESK}/package", renamed).location == DESK


def test_a_package_with_a_trick_changes_nothing_and_says_which_file(author, session):
    author.get(DESK)
    bad = packed("boundaries", {"module.md": b"x", "../../out.md": b"x"})
    reply = author.post(f"{DESK}/package", {"package": (io.BytesIO(bad), "a.zip")})
    assert reply.status_code == 422
    assert "../../out.md" in author.words
    assert "lead out of its folder" in author.words
    assert drafts(session) == 0
    reply = author.post("/module-packages", {"package": (io.BytesIO(b"no"), "a.zip")})
    assert reply.status_code == 422
    assert "no .zip file" in author.words


def test_dropping_a_draft_leaves_the_published_text(author, session):
    changed(author)
    author.post(f"{DESK}/drop", {"name": FIRST})
    assert drafts(session) == 0
    assert BETTER not in text_on(author)


def test_the_help_of_a_modules_own_page_shows_how_a_review_is_written(author):
    author.get(f"{DESK}/files/module.md")
    shown = [pre.text for pre in author.soup.select("pre.kept")]
    (example,) = [text.strip() for text in shown if "reviewer" in text]
    data = opened_at(author, f"{DESK}/files/module.md")
    assert "\nreviews: []\n" in data["text"]
    text = data["text"].replace("reviews: []", example)
    save(author, {**data, "text": text}, url=f"{DESK}/files/module.md")
    author.get(f"{DESK}/preview")
    assert "Checked by a qualified reviewer: N. Surname, 21 November 2026." in author.words
    author.get(EDIT)
    assert "reviewer:" not in author.soup.select_one("main").text


def test_dropping_a_file_that_was_never_published_says_that_it_is_gone(author):
    data = opened(author)
    save(author, {**data, "text": data["text"] + "\nMore.\n"})
    author.get(EDIT)
    assert "the published text stands" in author.words
    author.get(DESK)
    author.post(f"{DESK}/lessons", {"title": "Later", "slug": "later"})
    author.get(DESK)
    (link,) = [a["href"] for a in author.soup.select("main a") if a["href"].endswith("-later.md")]
    author.get(link)
    assert "never published, so the whole file is gone" in author.words


def test_of_a_picture_no_line_is_quoted(author):
    author.get(DESK)
    author.post(f"{DESK}/pictures", {"picture": (io.BytesIO(photo()), "a.png"), "called": "a"})
    author.get(DESK)
    assert "No text shows this picture." in author.soup.text
    assert "PNG" not in author.soup.select_one(".problems").text


def test_a_picture_is_taken_out_where_it_stands_in_the_list(author, session):
    author.get(DESK)
    author.post(f"{DESK}/pictures", {"picture": (io.BytesIO(photo()), "a.png"), "called": "a"})
    author.get(DESK)
    forms = [form["action"] for form in author.soup.select("li details.asks form")]
    assert f"{DESK}/pictures/a.png/remove" in forms
    author.submit(f"{DESK}/pictures/a.png/remove")
    assert drafts(session) == 0
