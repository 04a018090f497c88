"""The structure tree of a drawn page, and the facts about its file."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from xml.sax.saxutils import escape

from lms.documents.pdf import PdfFile, plain_number, reference, text_string

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


def tagged(file: PdfFile, page: int, entries: str, root: Tag, info: DocumentInfo) -> bytes:
    """Return a file whose one page has its structure tree, title, language and metadata.

    Shape: `entries` are what the page's dictionary says of its drawing.
    """
    pages = file.kept()
    structure = _Structure(file, page)
    tree = structure.written(root)
    file.put(
        page,
        f"<</Type/Page/Parent {reference(pages)}{entries}{structure.annotations()}"
        f"/StructParents 0/Tabs/S>>",
    )
    file.put(pages, f"<</Type/Pages/Count 1/Kids[{reference(page)}]>>")
    metadata = file.stream(_xmp(info).encode(), "/Type/Metadata/Subtype/XML", packed=False)
    catalogue = file.added(
        f"<</Type/Catalog/Pages {reference(pages)}/StructTreeRoot {reference(tree)}"
        f"/Metadata {reference(metadata)}/Lang{text_string(info.language)}"
        "/MarkInfo<</Marked true>>/ViewerPreferences<</DisplayDocTitle true>>>>"
    )
    return file.finished(catalogue, file.added(_described(info)))


class _Structure:
    """The structure tree of one page, being written."""

    def __init__(self, file: PdfFile, page: int) -> None:
        self._file = file
        self._page = reference(page)
        self._by_mark: dict[int, str] = {}
        self._links: list[str] = []
        self._annotations: list[str] = []

    def written(self, root: Tag) -> int:
        """Write the tree and return its number."""
        tree = self._file.kept()
        top = self._element(root, reference(tree))
        marks = " ".join(self._by_mark[mark] for mark in range(len(self._by_mark)))
        owners = self._file.added(f"[{marks}]")
        links = "".join(f" {key} {one}" for key, one in enumerate(self._links, start=1))
        parents = self._file.added(f"<</Nums[0 {reference(owners)}{links}]>>")
        self._file.put(
            tree,
            f"<</Type/StructTreeRoot/K[{top}]/ParentTree {reference(parents)}"
            f"/ParentTreeNextKey {1 + len(self._links)}>>",
        )
        return tree

    def annotations(self) -> str:
        """Return what the page's dictionary says of its links."""
        return f"/Annots[{' '.join(self._annotations)}]" if self._annotations else ""

    def _element(self, tag: Tag, parent: str) -> str:
        number = self._file.kept()
        element = reference(number)
        parts = [f"<</Type/StructElem/S/{tag.role}/P {parent}"]
        if tag.alt:
            parts.append(f"/Alt{text_string(tag.alt)}")
        if tag.text:
            parts.append(f"/ActualText{text_string(tag.text)}")
        if tag.box:
            parts.append(f"/A<</O/Layout/BBox{_box(tag.box)}>>")
        if tag.mark is not None:
            parts.append(f"/Pg {self._page}")
        parts.append(f"/K[{' '.join(self._content(tag, element))}]>>")
        self._file.put(number, "".join(parts))
        return element

    def _content(self, tag: Tag, element: str) -> Iterator[str]:
        yield from [self._element(child, element) for child in tag.children]
        if tag.mark is not None:
            self._by_mark[tag.mark] = element
            yield str(tag.mark)
        if tag.link is not None:
            annotation = self._annotation(tag.link, element)
            yield f"<</Type/OBJR/Obj {annotation}/Pg {self._page}>>"

    def _annotation(self, link: Link, element: str) -> str:
        self._links.append(element)
        number = self._file.added(
            f"<</Type/Annot/Subtype/Link/Rect{_box(link.box)}/Border[0 0 0]/F {_PRINTED}"
            f"/Contents{text_string(link.words)}/StructParent {len(self._links)}"
            f"/A<</S/URI/URI{text_string(link.address)}>>>>"
        )
        self._annotations.append(reference(number))
        return reference(number)


def _box(sides: Sequence[float]) -> str:
    return f"[{' '.join(plain_number(round(side, 2)) for side in sides)}]"


def _described(info: DocumentInfo) -> str:
    day = f"(D:{info.made_on.isoformat().replace('-', '')}000000Z)"
    return (
        f"<</Title{text_string(info.title)}/Producer({PRODUCER})/CreationDate{day}/ModDate{day}>>"
    )


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
