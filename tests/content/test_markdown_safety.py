"""No text gets past the renderer as anything but the few elements lessons use, or hangs it."""

import threading
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lms.content.markdown import Links, Page
from lms.content.markdown.sanitising import sanitise

TAGS = {
    *("p", "br", "hr", "em", "strong", "code", "blockquote", "a", "img", "div", "span"),
    *("ul", "ol", "li", "dl", "dt", "dd", "h2", "h3", "h4", "h5", "h6"),
    *("table", "thead", "tbody", "tr", "th", "td"),
}
ATTRIBUTES = {
    *("href", "rel", "class", "src", "alt", "loading", "start", "data-label"),
    *("id", "scope", "role"),
}

HOSTILE = [
    "<script>alert(1)</script>",
    "<SCRIPT SRC=//evil.example/x.js></SCRIPT>",
    "<img src=x onerror=alert(1)>",
    "<svg onload=alert(1)>",
    "<svg><animate onbegin=alert(1) attributeName=x dur=1s>",
    "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)></style></mglyph></table>",
    "<style>@import '//evil.example';</style>",
    "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
    "<a href='javascript:alert(1)'>x</a>",
    "<form><button formaction=javascript:alert(1)>x</button></form>",
    "<base href=//evil.example>",
    "<meta http-equiv=refresh content='0;url=//evil.example'>",
    "<details open ontoggle=alert(1)>",
    "<!--><img src=x onerror=alert(1)>-->",
    "<![CDATA[<img src=x onerror=alert(1)>]]>",
    "<?xml-stylesheet href='javascript:alert(1)'?>",
    "[x](javascript:alert(1))",
    "[x](JaVaScRiPt:alert(1))",
    "[x](java\tscript:alert(1))",
    "[x](&#106;avascript:alert(1))",
    "[x](<javascript:alert(1)>)",
    "[x](data:text/html;base64,PHNjcmlwdD4=)",
    "[x](vbscript:msgbox(1))",
    '[x](https://a.example" onmouseover="alert(1))',
    "[x](https://a.example 'a\" onmouseover=\"alert(1)')",
    "![x](javascript:alert(1))",
    '![x" onerror="alert(1)](img/a.svg)',
    '![x](img/a.svg" onerror="alert(1))',
    "<javascript:alert(1)>",
    "<https://a.example/\"onmouseover='alert(1)'>",
    '[@x: " onmouseover="alert(1)]',
    '[@x"><img src=x onerror=alert(1)>]',
    '!!! note" onclick="alert(1)\n    x',
    '!!! note "<img src=x onerror=alert(1)>"\n    x',
    "## <img src=x onerror=alert(1)>",
    "# a {: onclick=alert(1) }",
    "x{: onclick=alert(1) }",
    "`<img src=x onerror=alert(1)>`",
    "\u0002wzxhzdk:0\u0003<img src=x onerror=alert(1)>",
    "\u000260\u0003script>alert(1)",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "<<script>script>alert(1)<</script>/script>",
    "|<img src=x onerror=alert(1)>|\n|-|\n|<svg onload=alert(1)>|",
    "<x:script xmlns:x='http://www.w3.org/1999/xhtml'>alert(1)</x:script>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
    "<template><script>alert(1)</script></template>",
    "<plaintext>",
    "<xmp><img src=x onerror=alert(1)></xmp>",
]
PLACES = [
    "{}",
    "a {} b",
    "- {}",
    "> {}",
    "[{}](https://a.example)",
    "[x]({})",
    "[x](<{}>)",
    "![{}](img/a.svg)",
    "![x]({})",
    "[@x: {}]",
    '!!! note "{}"\n    x',
    "## {}",
    "|a|\n|-|\n|{}|",
    "`{}`",
]


class Inspector(HTMLParser):
    """Collects whatever in a text is more than lessons use."""

    def __init__(self):
        super().__init__()
        self.strange = []

    def handle_starttag(self, tag, attrs):
        if tag not in TAGS:
            self.strange.append(tag)
        for name, value in attrs:
            if name not in ATTRIBUTES:
                self.strange.append((tag, name))
            starts = ("https://", "http://", "/", "#source-")
            if name in ("href", "src") and not (value or "").startswith(starts):
                self.strange.append((tag, name, value))

    def handle_comment(self, data):
        self.strange.append(data)

    handle_decl = unknown_decl = handle_pi = handle_comment


def page():
    return Page.of(
        Links(
            cite=lambda reference: reference,
            lesson=lambda module, lesson: "/lesson",
            picture=lambda name: "/picture",
        )
    )


def strange_in(text):
    found = []
    for render in (Page.prose, Page.block, Page.line):
        inspector = Inspector()
        inspector.feed(render(page(), text))
        inspector.close()
        found += inspector.strange
    return found


@pytest.mark.parametrize("payload", HOSTILE)
def test_hostile_text_comes_out_inert_wherever_it_stands(payload):
    assert [strange_in(place.replace("{}", payload)) for place in PLACES] == [[]] * len(PLACES)


def test_the_inspector_sees_what_it_should():
    inspector = Inspector()
    inspector.feed('<p onclick="x"><script></script><a href="javascript:x"></a><!-- x -->')
    assert len(inspector.strange) == 4


@pytest.mark.parametrize("payload", HOSTILE)
def test_the_last_wall_stands_by_itself(payload):
    inspector = Inspector()
    inspector.feed(sanitise(f"<div>{payload}</div>"))
    assert [entry for entry in inspector.strange if "src" not in entry] == []


pieces = st.sampled_from(
    [
        *"[]()!*_`<>\"'\\|#&:;@=-+.a1 \n\t",
        *("\n\n", "[@x: ", "](", "![", "!!! ", "<b ", "<script>", "javascript:", "https://a.b"),
        *(" onclick=", "&lt;", "&#60;", "\u0002", "\u0003", "-->", "|-|", "\n    "),
    ]
)


@settings(max_examples=200, deadline=None)
@given(st.lists(pieces, max_size=60).map("".join) | st.text(max_size=80))
def test_any_text_comes_out_inert(text):
    assert strange_in(text) == []


N = 5000
HEAVY = {
    "quotes": ">" * N + " a",
    "spaced quotes": "> " * N + "a",
    "quotes growing": "\n".join(">" * depth + " a" for depth in range(1, 600)),
    "lists": "\n".join("    " * depth + "- a" for depth in range(300)),
    "lists in a row": "- " * N + "a",
    "numbers in a row": "1. " * N + "a",
    "callouts": "\n".join("    " * depth + "!!! note" for depth in range(300)),
    "definitions": "a\n" + ":   b\n" * N,
    "brackets": "[" * N,
    "balanced brackets": "[" * N + "]" * N,
    "pictures": "![" * N,
    "open links": "[a](" * N,
    "open angle links": "[a](<" * N,
    "parentheses": "[a](" + "(" * N + ")" * N + ")",
    "stars": "*a **b " * N,
    "underscores": "_a " * N,
    "backticks": "".join("`" * count + "a" for count in range(1, 600)),
    "angles": "<" * N,
    "backslashes": "\\" * N,
    "table": "|" * N + "\n" + "|-" * N + "\n" + "|" * N,
    "rows": "a|b\n-|-\n" + "a|b\n" * N,
    "citations": "[@" * N,
    "one word": "a" * 190_000,
    "one line of blocks": "\n\n".join(["*a **b " * 1000] * 25),
    "too long": "a " * 150_000,
}


@pytest.mark.parametrize("name", HEAVY)
def test_text_made_to_hang_or_swell_the_renderer_does_neither(name):
    text = HEAVY[name]
    assert len(Page.of().prose(text)) < 30 * len(text)
    assert len(Page.of().line(text)) < 30 * len(text)


@pytest.mark.parametrize("name", ["quotes", "lists in a row", "open links", "too long"])
def test_text_that_is_too_deep_or_long_is_shown_as_written_and_noted(name):
    rendered = Page.of()
    html = rendered.prose(HEAVY[name])
    assert html.startswith("<p>")
    assert rendered.findings[0].code.value in ("too-deep", "too-large")


def test_ten_levels_are_deep_enough_for_any_lesson():
    rendered = Page.of()
    rendered.prose("\n".join("    " * depth + "- a" for depth in range(5)))
    assert rendered.findings == ()


def test_threads_do_not_disturb_each_other():
    texts = {name: f"## {name}\n\n" + "words [@x] *more* " * 200 for name in "abcd"}
    expected = {name: page().prose(text) for name, text in texts.items()}
    found = {name: [] for name in texts}

    def render(name):
        found[name] = [page().prose(texts[name]) for _ in range(5)]

    threads = [threading.Thread(target=render, args=(name,)) for name in texts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(set(found[name]) == {expected[name]} for name in texts)
