"""The structure tree of a drawn page, and the facts about its file."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from io import BytesIO
from typing import Any
from xml.sax.saxutils import escape

from pypdf import PdfReader, PdfWriter
from pypdf.generic import (
    ArrayObject,
    BooleanObject,
    ByteStringObject,
    DecodedStreamObject,
    DictionaryObject,
    FloatObject,
    NameObject,
    NumberObject,
    TextStringObject,
)

PRODUCER = "Alongside"
_PRINTED = 4  # the flag that lets an annotation be printed

Box = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Link:
    """An area that opens an address; `words` say what it opens."""

    address: str
    words: str
    box: Box


@dataclass(slots=True)
class Tag:
    """One element of the structure tree; `mark` numbers the drawn piece that it holds."""

    role: str
    mark: int | None = None
    alt: str = ""
    text: str = ""
    box: Box | None = None
    link: Link | None = None
    children: list["Tag"] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class DocumentInfo:
    """What a reader shows about the file. The date is the only time in it."""

    title: str
    language: str
    made_on: date


def tagged(drawn: bytes, root: Tag, info: DocumentInfo) -> bytes:
    """Return the drawn page with its structure tree, title, language and metadata.

    Shape: one page; the same input gives the same bytes.
    """
    writer = PdfWriter(clone_from=PdfReader(BytesIO(drawn)))
    writer.pdf_header = "%PDF-1.7"
    _StructureWriter(writer).write(root)
    _describe(writer, info)
    identity = ByteStringObject(hashlib.sha256(drawn + repr((root, info)).encode()).digest()[:16])
    writer._ID = ArrayObject([identity, identity])
    output = BytesIO()
    writer.write(output)
    return output.getvalue()


class _StructureWriter:
    def __init__(self, writer: PdfWriter) -> None:
        self._writer = writer
        self._page: Any = writer.pages[0]
        self._by_mark: dict[int, Any] = {}
        self._links: list[Any] = []

    def write(self, root: Tag) -> None:
        tree = self._added(Type=NameObject("/StructTreeRoot"))
        tree.get_object()[NameObject("/K")] = ArrayObject([self._element(root, tree)])
        tree.get_object()[NameObject("/ParentTree")] = self._parent_tree()
        tree.get_object()[NameObject("/ParentTreeNextKey")] = NumberObject(1 + len(self._links))
        self._page[NameObject("/StructParents")] = NumberObject(0)
        self._page[NameObject("/Tabs")] = NameObject("/S")
        self._writer.root_object[NameObject("/StructTreeRoot")] = tree

    def _parent_tree(self) -> Any:
        marks = ArrayObject(self._by_mark[mark] for mark in range(len(self._by_mark)))
        numbers = ArrayObject([NumberObject(0), self._writer._add_object(marks)])
        for key, element in enumerate(self._links, start=1):
            numbers += [NumberObject(key), element]
        return self._added(Nums=numbers)

    def _element(self, tag: Tag, parent: Any) -> Any:
        role = NameObject("/" + tag.role)
        element = self._added(Type=NameObject("/StructElem"), S=role, P=parent)
        found = element.get_object()
        if tag.alt:
            found[NameObject("/Alt")] = TextStringObject(tag.alt)
        if tag.text:
            found[NameObject("/ActualText")] = TextStringObject(tag.text)
        if tag.box:
            found[NameObject("/A")] = _dictionary(O=NameObject("/Layout"), BBox=_box(tag.box))
        found[NameObject("/K")] = self._content(tag, element)
        return element

    def _content(self, tag: Tag, element: Any) -> ArrayObject:
        content = ArrayObject([self._element(child, element) for child in tag.children])
        if tag.mark is not None:
            self._by_mark[tag.mark] = element
            element.get_object()[NameObject("/Pg")] = self._page.indirect_reference
            content.append(NumberObject(tag.mark))
        if tag.link is not None:
            content.append(self._annotation(tag.link, element))
        return content

    def _annotation(self, link: Link, element: Any) -> DictionaryObject:
        self._links.append(element)
        action = _dictionary(S=NameObject("/URI"), URI=TextStringObject(link.address))
        annotation = self._added(
            Type=NameObject("/Annot"),
            Subtype=NameObject("/Link"),
            Rect=_box(link.box),
            Border=ArrayObject([NumberObject(0)] * 3),
            F=NumberObject(_PRINTED),
            Contents=TextStringObject(link.words),
            StructParent=NumberObject(len(self._links)),
            A=action,
        )
        self._page.setdefault(NameObject("/Annots"), ArrayObject()).append(annotation)
        page = self._page.indirect_reference
        return _dictionary(Type=NameObject("/OBJR"), Obj=annotation, Pg=page)

    def _added(self, **entries: Any) -> Any:
        return self._writer._add_object(_dictionary(**entries))


def _dictionary(**entries: Any) -> DictionaryObject:
    return DictionaryObject({NameObject("/" + key): value for key, value in entries.items()})


def _box(sides: Sequence[float]) -> ArrayObject:
    return ArrayObject(FloatObject(round(side, 2)) for side in sides)


def _describe(writer: PdfWriter, info: DocumentInfo) -> None:
    day = f"D:{info.made_on.isoformat().replace('-', '')}000000Z"
    writer.metadata = {
        "/Title": info.title,
        "/Producer": PRODUCER,
        "/CreationDate": day,
        "/ModDate": day,
    }
    metadata = DecodedStreamObject()
    metadata.set_data(_xmp(info).encode())
    metadata[NameObject("/Type")] = NameObject("/Metadata")
    metadata[NameObject("/Subtype")] = NameObject("/XML")
    root = writer.root_object
    root[NameObject("/Metadata")] = writer._add_object(metadata)
    root[NameObject("/Lang")] = TextStringObject(info.language)
    root[NameObject("/MarkInfo")] = _dictionary(Marked=BooleanObject(True))
    root[NameObject("/ViewerPreferences")] = _dictionary(DisplayDocTitle=BooleanObject(True))


def _xmp(info: DocumentInfo) -> str:
    title, language = escape(info.title), escape(info.language)
    day = f"{info.made_on.isoformat()}T00:00:00Z"
    return f"""<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/">
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about=""
 xmlns:dc="http://purl.org/dc/elements/1.1/"
 xmlns:pdf="http://ns.adobe.com/pdf/1.3/"
 xmlns:xmp="http://ns.adobe.com/xap/1.0/">
<dc:title><rdf:Alt><rdf:li xml:lang="x-default">{title}</rdf:li></rdf:Alt></dc:title>
<dc:language><rdf:Bag><rdf:li>{language}</rdf:li></rdf:Bag></dc:language>
<pdf:Producer>{PRODUCER}</pdf:Producer>
<xmp:CreateDate>{day}</xmp:CreateDate>
<xmp:ModifyDate>{day}</xmp:ModifyDate>
</rdf:Description>
</rdf:RDF>
</x:xmpmeta>
<?xpacket end="r"?>"""
