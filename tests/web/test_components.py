"""The frame: components, styles, assets, filters, fields and the error pages."""

import gzip
import re
from dataclasses import replace
from datetime import UTC, date, datetime
from fractions import Fraction
from pathlib import Path

import html5lib
import pytest
from babel import Locale
from bs4 import BeautifulSoup
from flask import Flask, render_template
from jinja2 import Environment, FileSystemLoader, nodes
from werkzeug.datastructures import MultiDict
from wtforms import Form
from wtforms.validators import InputRequired

from lms.web import filters, languages
from lms.web.assets import Assets, joined_css, load_assets
from lms.web.fields import MinutesField
from tests.page import Page, check_html

ROOT = Path(__file__).resolve().parents[2]
STATIC = ROOT / "static"
TEMPLATES = ROOT / "templates"
COMPONENTS = sorted((TEMPLATES / "components").glob("*.html"))
STYLES = sorted((STATIC / "css").glob("*.css"))
SCRIPTS = sorted((STATIC / "js").glob("*.js"))
HELPERS = {"share", "folded", "dot", "error_links", "may_be_empty", "error_words", "words_below"}
HELPERS |= {"reach", "described", "evidence", "shape", "state_shape", "state_words"}
PHYSICAL = re.compile(
    r"(?<![\w-])((margin|padding|border)-(left|right|top|bottom)|left|right|top|bottom|float: ?left"
    r"|float: ?right|(min-|max-)?(width|height))\s*:"
)


def macros_of(path: Path) -> list[nodes.Macro]:
    """Return the macros of a component file."""
    environment = Environment(extensions=["jinja2.ext.i18n"], autoescape=True)
    return list(environment.parse(path.read_text("utf-8")).find_all(nodes.Macro))


@pytest.fixture
def patterns(page: Page, app: Flask, monkeypatch: pytest.MonkeyPatch) -> Page:
    """Return a client that has opened the page of patterns, in debug."""
    state = app.extensions["lms"]
    monkeypatch.setattr(state, "settings", replace(state.settings, debug=True))
    reader = page.as_("trainee")
    assert reader.get("/patterns").status_code == 200
    return reader


# Components


@pytest.mark.parametrize("path", COMPONENTS, ids=lambda path: path.stem)
def test_a_component_file_opens_with_what_it_is_and_how_it_is_used(path: Path) -> None:
    text = path.read_text("utf-8")
    head = text[: text.index("#}")]
    assert head.startswith("{#")
    assert "{{" in head or "{%" in head, "an example of use"


@pytest.mark.parametrize("path", COMPONENTS, ids=lambda path: path.stem)
def test_a_macro_says_what_it_expects_and_takes_six_parameters_at_most(path: Path) -> None:
    text = path.read_text("utf-8")
    for macro in macros_of(path):
        assert len(macro.args) <= 6, macro.name
        if macro.name not in HELPERS:
            assert f"{{# {macro.name}(" in text, f"{macro.name} has no comment"


def test_every_macro_is_shown_on_the_page_of_patterns() -> None:
    shown = "".join(p.read_text("utf-8") for p in (TEMPLATES / "patterns").glob("*.html"))
    shown += (TEMPLATES / "base.html").read_text("utf-8")
    names = {macro.name for path in COMPONENTS for macro in macros_of(path)}
    missing = {name for name in names - HELPERS if not re.search(rf"\b{name}\(", shown)}
    assert not missing


@pytest.mark.parametrize("path", sorted(TEMPLATES.rglob("*.html")), ids=lambda p: p.stem)
def test_no_template_holds_inline_script_style_or_unchecked_markup(path: Path) -> None:
    text = path.read_text("utf-8")
    assert not re.search(r"\sstyle=|\son[a-z]+=|<style|javascript:|\|\s*safe", text)
    assert all("src=" in tag for tag in re.findall(r"<script[^>]*>", text))


def test_the_page_of_patterns_is_whole(patterns: Page) -> None:
    assert patterns.soup.find("details", class_="requirement")
    assert len(patterns.soup.find_all("svg")) > 50


def test_the_page_of_patterns_is_for_builders_only(page: Page) -> None:
    assert page.as_("trainee").get("/patterns").status_code == 404


def test_an_error_is_tied_to_its_field_and_listed_first(patterns: Page) -> None:
    summary = patterns.soup.find(attrs={"data-error-summary": True})
    assert summary is not None
    targets = [link["href"][1:] for link in summary.find_all("a")]
    assert targets[:4] == [
        "unsent-name",
        "unsent-happened_on",
        "unsent-duration-hours",
        "unsent-kind-0",
    ]
    field = patterns.soup.find(id="unsent-name")
    assert field is not None
    assert field["aria-invalid"] == "true"
    assert field["aria-describedby"] == "unsent-name-error"


def test_every_status_has_a_word_and_a_shape(patterns: Page) -> None:
    for status in patterns.soup.find_all(class_="status"):
        assert status.find("svg"), status
        assert status.get_text(strip=True), status


# The frame


def test_the_way_out_and_the_pause_are_on_every_page_of_a_signed_in_person(page: Page) -> None:
    reader = page.as_("trainee")
    reader.get("/today")
    forms = {form["action"]: form for form in reader.soup.find_all("form")}
    assert forms["/leave"]["data-leave"].startswith("https://")
    for action in ("/leave", "/pause", "/sign-out"):
        assert forms[action].find("input", attrs={"name": "csrf_token"})["value"]


def test_a_visitor_leaves_by_a_plain_link_and_has_no_menu(page: Page) -> None:
    page.get("/sign-in")
    link = page.soup.find("a", attrs={"data-leave": True})
    assert link is not None
    assert link["href"] == link["data-leave"]
    assert page.soup.find("nav") is None


def test_somebody_to_turn_to_is_one_step_away(page: Page) -> None:
    reader = page.as_("trainee")
    reader.get("/today")
    assert reader.soup.find("a", href="#somebody")
    assert reader.soup.find(id="somebody") is not None


def test_the_way_out_works_without_scripts(page: Page, app: Flask) -> None:
    neutral = app.extensions["lms"].settings.leave_url
    reply = page.get("/sign-in")
    policy = reply.headers["Content-Security-Policy"]
    assert f"form-action 'self' {neutral.rstrip('/')};" in policy
    assert page.get("/leave").headers["Location"] == neutral


@pytest.mark.parametrize("code", [400, 403, 404, 405, 409, 413, 429])
def test_an_error_page_is_a_whole_page(app: Flask, code: int) -> None:
    with app.test_request_context("/somewhere"):
        page = render_template(f"errors/{code}.html")
    soup = check_html(app.response_class(page))
    assert soup.title is not None
    assert soup.title.text == "Alongside"


def test_the_last_resort_needs_nothing() -> None:
    text = (TEMPLATES / "errors" / "500.html").read_text("utf-8")
    assert not re.search(r"\{[{%#]", text)
    assert "<script" not in text
    html5lib.HTMLParser(strict=True).parse(text)
    assert BeautifulSoup(text, "html5lib").find("a", href="/leave")


# Styles


@pytest.mark.parametrize("path", STYLES, ids=lambda path: path.stem)
def test_styles_know_no_left_or_right(path: Path) -> None:
    rules = re.sub(r"/\*.*?\*/|@(media|container)[^{]*", "", path.read_text("utf-8"), flags=re.S)
    assert not PHYSICAL.search(rules), PHYSICAL.search(rules)


def test_the_stylesheet_is_small() -> None:
    assert len(gzip.compress(joined_css(STATIC / "css"), 9)) <= 12 * 1024


def colours(dark: bool) -> dict[str, str]:
    """Return the colour tokens of one scheme."""
    text = (STATIC / "css" / "tokens.css").read_text("utf-8")
    light, rest = text.split("@media (prefers-color-scheme: dark)")
    found = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", light))
    return found | dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", rest)) if dark else found


def contrast(one: str, other: str) -> float:
    """Return the contrast of two colours. Source: WCAG 2.2, relative luminance."""

    def luminance(colour: str) -> float:
        parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
        line = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
        return 0.2126 * line[0] + 0.7152 * line[1] + 0.0722 * line[2]

    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_colours_can_be_read_in_both_schemes(dark: bool) -> None:
    tone = colours(dark)
    grounds = ("paper", "surface")
    pairs = [(ink, ground) for ink in ("ink", "muted", "accent", "stop") for ground in grounds]
    pairs += [(k, g) for k in ("caution", "good", "accent-strong") for g in grounds]
    pairs += [(k, f"{k}-soft") for k in ("accent", "caution", "stop", "good")]
    pairs += [("ink", f"{k}-soft") for k in ("accent", "caution", "stop", "good")]
    pairs += [("on-accent", "accent"), ("on-accent", "accent-strong"), ("paper", "ink")]
    pairs += [("muted", "good-soft"), ("accent-strong", "accent-soft")]
    weak = {p: round(contrast(tone[p[0]], tone[p[1]]), 2) for p in pairs}
    assert not {p: c for p, c in weak.items() if c < 4.5}
    edges = {ground: contrast(tone["line"], tone[ground]) for ground in grounds}
    assert min(edges.values()) >= 3


# Assets


@pytest.fixture
def assets() -> Assets:
    """Return what the checkout's `static/` holds."""
    return load_assets(STATIC)


def test_assets_are_kept_for_ever_under_their_hash(app: Flask, assets: Assets) -> None:
    reply = app.test_client().get(assets.address("app.css"))
    assert reply.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert reply.mimetype == "text/css"
    assert reply.data == joined_css(STATIC / "css")


def test_a_page_open_during_an_upgrade_still_finds_its_styles(app: Flask) -> None:
    reply = app.test_client().get("/assets/0123456789ab/app.css")
    assert reply.status_code == 200
    assert reply.headers["Cache-Control"] == "no-cache"


def test_assets_travel_zipped_where_that_is_understood(app: Flask, assets: Assets) -> None:
    reply = app.test_client().get(
        assets.address("js/drafts.js"), headers={"Accept-Encoding": "gzip"}
    )
    assert reply.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(reply.data) == (STATIC / "js" / "drafts.js").read_bytes()


def test_only_what_is_there_has_an_address(app: Flask, assets: Assets) -> None:
    with pytest.raises(KeyError):
        assets.address("js/not-there.js")
    assert app.test_client().get(f"/assets/{assets.hash}/../lms/config.py").status_code == 404


def test_the_hash_follows_the_bytes(tmp_path: Path) -> None:
    (tmp_path / "css").mkdir()
    for name in ("tokens.css", "fonts.css", "base.css", "layout.css", "print.css"):
        (tmp_path / "css" / name).write_text("a { color: red; }")
    before = load_assets(tmp_path).hash
    assert load_assets(tmp_path).hash == before
    (tmp_path / "css" / "base.css").write_text("a { color: blue; }")
    assert load_assets(tmp_path).hash != before


def test_styles_and_scripts_name_only_files_that_exist(assets: Assets) -> None:
    css = assets.files["app.css"].body.decode()
    named = set(re.findall(r'url\("([^"]+)"\)', css))
    for path in SCRIPTS:
        text = path.read_text("utf-8")
        named |= {f"js/{name}" for name in re.findall(r'import\(?\s*"\./([^"]+)"', text)}
    assert named
    assert named <= set(assets.files)


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.stem)
def test_scripts_keep_nothing_in_the_browser(path: Path) -> None:
    text = path.read_text("utf-8")
    assert not re.search(r"localStorage|sessionStorage|indexedDB|document\.cookie", text)
    assert not re.search(r"innerHTML|eval\(|https?://", text)


# Filters and fields

SPANISH = Locale.parse("es")
ARABIC = Locale.parse("ar")
BRITISH = Locale.parse("en_GB")


@pytest.mark.parametrize(
    ("minutes", "words"),
    [
        (150, "2\N{NO-BREAK SPACE}h 30\N{NO-BREAK SPACE}min"),
        (120, "2\N{NO-BREAK SPACE}h"),
        (45, "45\N{NO-BREAK SPACE}min"),
        (0, "0\N{NO-BREAK SPACE}min"),
        (-30, "\N{MINUS SIGN}30\N{NO-BREAK SPACE}min"),
        (60 * 1250, "1,250\N{NO-BREAK SPACE}h"),
    ],
)
def test_minutes_are_written_as_hours_and_minutes(minutes: int, words: str) -> None:
    assert filters.minutes_words(minutes, BRITISH) == words


def test_numbers_and_their_signs_keep_their_order_from_right_to_left() -> None:
    words = filters.minutes_words(90, ARABIC)
    assert words.startswith("\N{LEFT-TO-RIGHT ISOLATE}")
    assert words.endswith("\N{POP DIRECTIONAL ISOLATE}")


@pytest.mark.parametrize(
    ("percent", "words"),
    [
        (Fraction("81.5"), "81.5 %"),
        (Fraction(70), "70 %"),
        (Fraction(200, 3), "66.7 %"),
        (Fraction("69.95"), "70 %"),
        (Fraction("69.94"), "69.9 %"),
        (100, "100 %"),
    ],
)
def test_percentages_are_rounded_half_up_for_the_eye(percent: Fraction | int, words: str) -> None:
    shown = filters.percent_words(percent, BRITISH)
    assert shown.replace("\N{NARROW NO-BREAK SPACE}", " ") == words


def test_dates_are_words_in_the_reader_s_language() -> None:
    assert filters.date_words(date(2027, 5, 3), BRITISH) == "3 May 2027"
    assert filters.date_words(date(2027, 5, 3), SPANISH) == "3 de mayo de 2027"


def test_an_instant_is_told_in_the_zone_of_the_programme() -> None:
    instant = datetime(2027, 5, 3, 23, 30, tzinfo=UTC)
    assert filters.datetime_words(instant, "Europe/Amsterdam", BRITISH) == "4 May 2027, 01:30"


def test_a_code_is_read_in_groups() -> None:
    assert filters.code_groups("7K2M9XQ4T") == ["7K2", "M9X", "Q4T"]


@pytest.mark.parametrize(
    ("reach", "address"),
    [
        ("0800 555 019", "tel:0800555019"),
        ("+31 (0)20 555", "tel:+3120555"),
        ("noor@example.org", "mailto:noor@example.org"),
        ("Knock at the office", None),
        ("Text 0800 555 019", None),
    ],
)
def test_a_number_can_be_pressed(reach: str, address: str | None) -> None:
    assert filters.reach_address(reach) == address


class Sheet(Form):
    """A form with hours and minutes."""

    duration = MinutesField("How long", [InputRequired("Say how long.")])


@pytest.mark.parametrize(
    ("hours", "minutes", "data"),
    [("1", "30", 90), ("", "45", 45), ("2", "", 120), (" 1 ", "0", 60), ("0", "0", 0)],
)
def test_hours_and_minutes_become_minutes(hours: str, minutes: str, data: int) -> None:
    form = Sheet(MultiDict({"duration-hours": hours, "duration-minutes": minutes}))
    assert form.validate()
    assert form.duration.data == data


@pytest.mark.parametrize(("hours", "minutes"), [("", ""), ("one", "30"), ("1.5", ""), ("-1", "5")])
def test_what_is_no_duration_is_said_and_kept(hours: str, minutes: str) -> None:
    form = Sheet(MultiDict({"duration-hours": hours, "duration-minutes": minutes}))
    assert not form.validate()
    assert form.duration.errors
    assert (form.duration.hours_text, form.duration.minutes_text) == (hours, minutes)


def test_minutes_given_are_shown_in_two_boxes() -> None:
    form = Sheet(data={"duration": 150})
    assert (form.duration.hours_text, form.duration.minutes_text) == ("2", "30")


FILTERS = (*filters.FILTERS, *languages.FILTERS)


def test_every_template_compiles() -> None:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES), extensions=["jinja2.ext.i18n"], autoescape=True
    )
    environment.filters.update({function.__name__: function for function in FILTERS})
    for path in (*COMPONENTS, TEMPLATES / "base.html"):
        assert environment.get_template(path.relative_to(TEMPLATES).as_posix())
