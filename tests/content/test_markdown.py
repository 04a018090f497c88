"""The one renderer makes the HTML that lessons use, and notes what an author should mend."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.content.markdown import Links, Page, plain_text
from lms.content.markdown.dialect import LineReader
from lms.content.markdown.links import Notes
from lms.content.markdown.sanitising import sanitise
from lms.rules.definitions import SourceRef


def page():
    return Page.of(
        Links(
            cite={"gilbert-2025": "Gilbert 2025", "b": "B 2020"}.get,
            lesson=lambda module, lesson: None if lesson == "gone" else f"/{module}/{lesson}",
            picture=lambda name: None if name == "gone.svg" else f"/img/{name}",
        )
    )


def codes(rendered):
    return [finding.code.value for finding in rendered.findings]


def test_headings_get_unique_ids_and_are_listed():
    rendered = page()
    html = rendered.prose("## Who *may* read?\n\n### Déjà vu\n\n## Who may read\n")
    assert html == (
        '<h2 id="section-who-may-read">Who <em>may</em> read?</h2>\n'
        '<h3 id="section-déjà-vu">Déjà vu</h3>\n'
        '<h2 id="section-who-may-read-2">Who may read</h2>'
    ).replace("\n", "")
    assert [(h.level, h.text) for h in rendered.headings] == [
        (2, "Who may read?"),
        (3, "Déjà vu"),
        (2, "Who may read"),
    ]
    assert rendered.findings == ()


def test_ids_stay_unique_over_all_texts_of_a_page():
    rendered = page()
    rendered.prose("## Same")
    assert 'id="section-same-2"' in rendered.prose("## Same")


@pytest.mark.parametrize("text", ["# Too high", "## A\n\n#### Leaves one out", "##\n"])
def test_headings_out_of_order_are_noted(text):
    rendered = page()
    assert "<h1" not in rendered.prose(text)
    assert codes(rendered)[0] == "heading"


def test_a_heading_inside_a_block_is_noted_and_becomes_a_paragraph():
    rendered = page()
    assert rendered.block("## No") == "<p>No</p>"
    assert codes(rendered) == ["heading"]


def test_a_citation_links_to_the_list_of_sources():
    rendered = page()
    html = rendered.prose("A claim [@gilbert-2025: Findings,\np. 3] and [@b; @gilbert-2025].")
    assert '<a class="cite" href="#source-gilbert-2025">Gilbert 2025</a></span> and ' in html
    assert 'href="#source-b">B 2020</a>; <a class="cite"' in html
    assert rendered.cited == (
        SourceRef("gilbert-2025", "Findings, p. 3"),
        SourceRef("b", ""),
        SourceRef("gilbert-2025", ""),
    )


@pytest.mark.parametrize("text", ["[@unknown]", "[@ ]", "[@b; @unknown: x]"])
def test_a_citation_of_an_unknown_source_is_noted(text):
    rendered = page()
    rendered.prose(text)
    assert codes(rendered) == ["unknown-reference"]


def test_square_brackets_without_a_link_stay_text():
    rendered = page()
    assert rendered.prose('"Can [you] come?" [a][b]') == '<p>"Can [you] come?" [a][b]</p>'
    assert rendered.findings == ()


@pytest.mark.parametrize(
    ("written", "address"),
    [
        ("02-other.md", "//other"),
        ("other.md", "//other"),
        ("../mod/03-other.md", "/mod/other"),
        ("../mod/module.md", "/mod/"),
    ],
)
def test_links_to_lessons_are_rewritten(written, address):
    rendered = page()
    assert rendered.prose(f"[words]({written})") == f'<p><a href="{address}">words</a></p>'


def test_web_links_tell_nothing_of_where_the_reader_came_from():
    html = page().prose("[words](https://example.org/a_(b)?c=1&d=2) <http://example.org>")
    assert html == (
        '<p><a href="https://example.org/a_(b)?c=1&amp;d=2" rel="noopener noreferrer">words</a> '
        '<a href="http://example.org" rel="noopener noreferrer">http://example.org</a></p>'
    )


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("mailto:a@example.org", "link-not-allowed"),
        ("javascript:alert(1)", "link-not-allowed"),
        ("java&#115;cript:alert(1)", "link-not-allowed"),
        ("data:text/html,x", "link-not-allowed"),
        ("//example.org", "link-not-allowed"),
        ("/sign-out", "link-not-allowed"),
        ("https:\\\\example.org", "link-not-allowed"),
        ("../../etc/passwd.md", "link-not-allowed"),
        ("#section-x", "link-not-allowed"),
        ("gone.md", "dead-link"),
    ],
)
def test_other_links_are_taken_out_and_noted(written, code):
    rendered = page()
    assert rendered.prose(f"[words](<{written}>)") == "<p><span>words</span></p>"
    assert codes(rendered) == [code]


def test_a_picture_is_rewritten_and_keeps_its_words():
    assert page().prose('![Two paths](img/paths.svg "x")') == (
        '<p><img alt="Two paths" loading="lazy" src="/img/paths.svg"></p>'
    )


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("![](img/paths.svg)", "no-alternative-text"),
        ("![Words](img/gone.svg)", "missing-picture"),
        ("![Words](https://example.org/a.png)", "link-not-allowed"),
        ("![Words](img/../../a.png)", "link-not-allowed"),
        ("![Words](img/a.gif)", "link-not-allowed"),
    ],
)
def test_a_picture_that_cannot_be_shown_is_noted(text, code):
    rendered = page()
    rendered.prose(text)
    assert codes(rendered) == [code]


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("!!! note", "Note"),
        ('!!! note "Mind"', "Mind"),
        ("!!! fixed", "Fixed procedure"),
        (
            '!!! fixed "Call *first*"',
            '<span class="admonition-kind">Fixed procedure:</span> Call <em>first</em>',
        ),
        ('!!! view ""', "Another view"),
    ],
)
def test_callouts_name_their_kind(text, title):
    kind = text.split()[1]
    assert page().prose(f"{text}\n    Words.") == (
        f'<div class="admonition {kind}" role="note"><p class="admonition-title">{title}</p>'
        "<p>Words.</p></div>"
    )


def test_an_unknown_callout_is_noted():
    rendered = page()
    rendered.prose("!!! warning\n    Words.")
    assert codes(rendered) == ["callout"]


def test_tables_tie_cells_to_their_columns():
    html = page().prose("| A | *B* |\n|:--|--:|\n| 1 | 2 |")
    assert html == (
        '<table><thead><tr><th class="to-left" scope="col">A</th>'
        '<th class="to-right" scope="col"><em>B</em></th></tr></thead>'
        '<tbody><tr><td class="to-left" data-label="A">1</td>'
        '<td class="to-right" data-label="B">2</td></tr></tbody></table>'
    )


def test_lists_quotes_and_definitions_are_read():
    html = page().prose("- a\n    - b\n\n1. c\n\n> d\n\nTerm\n:   Words\n")
    assert html == (
        "<ul><li>a<ul><li>b</li></ul></li></ul><ol><li>c</li></ol>"
        "<blockquote><p>d</p></blockquote><dl><dt>Term</dt><dd>Words</dd></dl>"
    )


def test_indented_words_are_words():
    assert page().prose("a\n\n    b") == "<p>a</p><p>b</p>"


def test_html_stays_visible_and_is_noted():
    rendered = page()
    assert rendered.prose("a <b>b</b> `<i>` 1 < 2 \\<u>") == (
        "<p>a &lt;b&gt;b&lt;/b&gt; <code>&lt;i&gt;</code> 1 &lt; 2 &lt;u&gt;</p>"
    )
    assert codes(rendered) == ["raw-html", "raw-html"]


def test_a_line_holds_nothing_that_a_label_may_not_hold():
    rendered = page()
    assert rendered.line("1. *One*\nmore # not a heading\n\n> two") == (
        "1. <em>One</em> more # not a heading<br><br>&gt; two"
    )
    assert codes(rendered) == ["not-allowed"]


@given(
    st.text(st.sampled_from("ab1 .\t\n-+#=|:~'\"()/?{}$%^@;,é語🙂\u200b"), min_size=1, max_size=60)
)
def test_a_line_of_bare_words_is_what_reading_it_whole_would_give(text):
    notes = Notes(Links())
    whole = sanitise(LineReader().read(text, notes)) if text.strip() else ""
    rendered = Page.of()
    assert rendered._render(text, line=True) == whole
    assert rendered.findings == tuple(notes.findings)


def test_words_of_html_come_one_block_a_line():
    html = page().prose("## A & b\n\nc\nd\n\n- e <\n- f\n")
    assert plain_text(html) == "A & b\nc d\ne <\nf"


def test_nothing_renders_to_nothing():
    assert page().prose(" \n") == ""
    assert page().line("") == ""
