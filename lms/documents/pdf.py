"""A PDF file as such: numbered objects, streams, and the table of where each of them begins."""

import hashlib
import zlib

_HEAD = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"


class PdfFile:
    """The objects of one file; each is known by its number, counted from 1.

    Edge: the same objects in the same order give the same bytes.
    """

    def __init__(self) -> None:
        self._objects: list[bytes] = []

    def kept(self) -> int:
        """Return the number of an object that is put in later."""
        self._objects.append(b"null")
        return len(self._objects)

    def put(self, number: int, body: str) -> None:
        """Put an object where its number was kept."""
        self._objects[number - 1] = body.encode("ascii")

    def added(self, body: str) -> int:
        """Add an object and return its number."""
        self._objects.append(body.encode("ascii"))
        return len(self._objects)

    def stream(self, data: bytes, entries: str = "", *, packed: bool = True) -> int:
        """Add a stream with the entries of its dictionary, packed unless it is already."""
        if packed:
            data, entries = zlib.compress(data), f"/Filter/FlateDecode{entries}"
        head = f"<</Length {len(data)}{entries}>>stream\n".encode("ascii")
        self._objects.append(b"".join((head, data, b"\nendstream")))
        return len(self._objects)

    def finished(self, root: int, info: int) -> bytes:
        """Return the file; its identity is that of all it holds."""
        parts, places, place = [_HEAD], [], len(_HEAD)
        for number, body in enumerate(self._objects, start=1):
            part = b"%d 0 obj\n%b\nendobj\n" % (number, body)
            places.append(place)
            parts.append(part)
            place += len(part)
        identity = hashlib.sha256(b"".join(parts)).hexdigest()[:32]
        size = len(places) + 1
        table = [f"xref\n0 {size}\n0000000000 65535 f \n"]
        table += [f"{at:010d} 00000 n \n" for at in places]
        table.append(f"trailer\n<</Size {size}/Root {root} 0 R/Info {info} 0 R")
        table.append(f"/ID[<{identity}><{identity}>]>>\nstartxref\n{place}\n%%EOF\n")
        return b"".join((*parts, "".join(table).encode("ascii")))


def text_string(text: str) -> str:
    """Return a text as an object: letters as they are, or as UTF-16 where they are no ASCII."""
    if text.isascii() and text.isprintable():
        for sign in "\\()":
            text = text.replace(sign, "\\" + sign)
        return f"({text})"
    return utf16_string(text)


def utf16_string(text: str) -> str:
    """Return a text as UTF-16 digits with the mark of their order."""
    return f"<FEFF{text.encode('utf-16-be').hex().upper()}>"


def name_part(text: str) -> str:
    """Return a text as a part of a name: what is no plain letter, digit or hyphen as its number."""
    plain = (c if c == "-" or (c.isascii() and c.isalnum()) else f"#{ord(c):02X}" for c in text)
    return "".join(plain)


def plain_number(value: float) -> str:
    """Return a number as a file writes it: three places at most, and none that say nothing."""
    text = f"{value:.3f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def reference(number: int) -> str:
    """Return what stands for another object."""
    return f"{number} 0 R"
