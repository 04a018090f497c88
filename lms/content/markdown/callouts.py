"""Callouts: the five kinds, and the words that name a kind to those who see no colour."""

from xml.etree.ElementTree import Element

KINDS: dict[str, str] = {
    "note": "Note",
    "principle": "Principle",
    "fixed": "Fixed procedure",
    "flexible": "A tool to adapt",
    "view": "Another view",
}


def shape_callout(box: Element) -> str | None:
    """Give a callout its classes and title; return its kind where that is none of the five."""
    kind = (box.get("class") or "").removeprefix("admonition").strip()
    box.set("class", f"admonition {kind}")
    box.set("role", "note")
    if kind not in KINDS:
        return kind
    title = box.find("p[@class='admonition-title']")
    if title is None:
        title = Element("p", {"class": "admonition-title"})
        title.text = KINDS[kind]
        box.insert(0, title)
    if title.text == kind.capitalize():
        title.text = KINDS[kind]
    elif title.text != KINDS[kind] and kind != "note":
        _name_kind(title, KINDS[kind])
    return None


def _name_kind(title: Element, words: str) -> None:
    """Put the kind before a title of its own: "Fixed procedure: What to do tonight"."""
    label = Element("span", {"class": "admonition-kind"})
    label.text, label.tail = f"{words}:", f" {title.text or ''}"
    title.text = ""
    title.insert(0, label)
