"""The tree of a rendered text, put into the form that pages use."""

import html
import re
import unicodedata
from xml.etree.ElementTree import Element

from lms.content.errors import ProblemCode
from lms.content.markdown.callouts import KINDS, shape_callout
from lms.content.markdown.links import Heading, Notes, link_target, picture_target, web_address

_HEADING = re.compile(r"h([1-6])")
_NOT_WORD = re.compile(r"[^\w]+")


def shape(root: Element, notes: Notes) -> None:
    """Give a tree its ids, classes and addresses; what is not allowed is taken out and noted."""
    for element in list(root.iter()):
        if _HEADING.fullmatch(element.tag):
            _shape_heading(element, notes)
        elif element.tag == "a":
            _shape_link(element, notes)
        elif element.tag == "img":
            _shape_picture(element, notes)
        elif element.tag == "table":
            _shape_table(element)
        elif element.tag == "div" and (element.get("class") or "").startswith("admonition"):
            _shape_callout(element, notes)


def words_in(element: Element) -> str:
    """Return the words inside an element, on one line."""
    return " ".join(html.unescape("".join(element.itertext())).split())


def _shape_heading(heading: Element, notes: Notes) -> None:
    words, level = words_in(heading), int(heading.tag[1])
    if not notes.may_head:
        heading.tag = "p"
        notes.find(ProblemCode.HEADING, f"No heading can be here: '{words}'.", words)
        return
    if level == 1:
        level = 2
        message = f"'{words}' is a heading of the first level. Start with ##."
        notes.find(ProblemCode.HEADING, message, words)
    elif level > (notes.headings[-1].level if notes.headings else 1) + 1:
        message = f"The heading '{words}' leaves out a level. Use one # less."
        notes.find(ProblemCode.HEADING, message, words)
    if not words:
        notes.find(ProblemCode.HEADING, "A heading has no words.", "#")
    heading.tag = f"h{level}"
    identifier = _free_id(words, notes.ids)
    heading.set("id", identifier)
    notes.headings.append(Heading(level, identifier, words))


def _free_id(words: str, taken: set[str]) -> str:
    """Return an id made of the words, which no other heading of the page has."""
    slug = _NOT_WORD.sub("-", unicodedata.normalize("NFKC", words).lower()).strip("-_")[:60]
    wanted = f"section-{slug}" if slug else "section"
    identifier, number = wanted, 1
    while identifier in taken:
        number += 1
        identifier = f"{wanted}-{number}"
    taken.add(identifier)
    return identifier


def _shape_link(link: Element, notes: Notes) -> None:
    written = link.attrib.pop("href", "")
    link.attrib.pop("title", None)
    if link.get("class") == "cite":
        link.set("href", written)
        return
    target = link_target(written, notes)
    if target is None:
        link.tag = "span"
        return
    link.set("href", target)
    if written.startswith("word:"):
        link.set("class", "word")
    if web_address(target) is not None:
        link.set("rel", "noopener noreferrer")


def _shape_picture(picture: Element, notes: Notes) -> None:
    written = picture.get("src") or ""
    alternative = " ".join((picture.get("alt") or "").split())
    target = picture_target(written, notes)
    if not alternative:
        message = f"The picture '{written[:80]}' needs words for those who do not see it."
        notes.find(ProblemCode.NO_ALTERNATIVE, message, written)
    picture.attrib.clear()
    if target is None:
        picture.tag, picture.text = "span", alternative
        return
    picture.attrib.update({"src": target, "alt": alternative, "loading": "lazy"})


def _shape_table(table: Element) -> None:
    """Tie each cell to its column in words, so that a phone can show rows as cards."""
    labels: list[str] = []
    for cell in table.iter("th"):
        labels.append(words_in(cell))
        cell.set("scope", "col")
        _align(cell)
    for row in table.iterfind("tbody/tr"):
        for position, cell in enumerate(row.iterfind("td")):
            cell.set("data-label", labels[position] if position < len(labels) else "")
            _align(cell)


def _align(cell: Element) -> None:
    side = cell.attrib.pop("align", None)
    if side:
        cell.set("class", f"to-{side}")


def _shape_callout(box: Element, notes: Notes) -> None:
    unknown = shape_callout(box)
    if unknown is not None:
        message = f"'!!! {unknown}' is no callout. The kinds are: {', '.join(KINDS)}."
        notes.find(ProblemCode.CALLOUT, message, f"!!! {unknown}")
