"""The last wall: whatever the renderer made, only this short list of HTML leaves it."""

import html
import re

import nh3
from markupsafe import Markup

from lms.content.markdown.callouts import KINDS

_LEVELS = ("h2", "h3", "h4", "h5", "h6")

_CLEANER = nh3.Cleaner(
    tags={
        *("p", "br", "hr", "em", "strong", "code", "blockquote", "a", "img", "div", "span"),
        *("ul", "ol", "li", "dl", "dt", "dd", *_LEVELS),
        *("table", "thead", "tbody", "tr", "th", "td"),
    },
    clean_content_tags={"script", "style"},
    attributes={
        "a": {"href"},
        "img": {"src", "alt"},
        "ol": {"start"},
        "td": {"data-label"},
        **{level: {"id"} for level in _LEVELS},
    },
    tag_attribute_values={
        "a": {"rel": {"noopener noreferrer"}},
        "img": {"loading": {"lazy"}},
        "th": {"scope": {"col"}},
        "div": {"role": {"note"}},
    },
    allowed_classes={
        "a": {"cite", "word"},
        "span": {"cites", "admonition-kind"},
        "p": {"admonition-title"},
        "div": {"admonition", *KINDS},
        "th": {"to-left", "to-center", "to-right"},
        "td": {"to-left", "to-center", "to-right"},
    },
    url_schemes={"http", "https"},
    link_rel=None,
    strip_comments=True,
)
_BREAK = re.compile(r"</(?:p|li|dt|dd|h[2-6]|tr|blockquote|div)>|<br>|<hr>")
_TAG = re.compile(r"<[^>]*>")


def sanitise(rendered: str) -> Markup:
    """Return rendered HTML with everything taken out that lessons do not use."""
    return Markup(_CLEANER.clean(rendered))  # noqa: S704 -- this is the one place that makes it safe


def plain_text(rendered: str) -> str:
    """Return the words of sanitised HTML, one block a line."""
    flowing = " ".join(rendered.split())
    lines = html.unescape(_TAG.sub("", _BREAK.sub("\n", flowing))).split("\n")
    return "\n".join(line.strip() for line in lines if line.strip())
