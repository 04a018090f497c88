"""A picture that somebody sends: looked at, made anew where it is made of pixels, or refused."""

import io
from dataclasses import dataclass
from enum import StrEnum

from PIL import Image, ImageOps, UnidentifiedImageError

from lms.content.drawings import fault_of
from lms.content.pictures import DRAWING_LIMIT_BYTES, LIMIT_BYTES

SENT_LIMIT_BYTES = 8_000_000
PIXEL_LIMIT = 24_000_000
WIDEST = 1400
MARK_SIZE = (640, 320)
WIDEST_SCAN = 2480  # a sheet of A4 at 300 dots an inch
_QUALITY = 82
_MARK_QUALITY = 92
_PNG = b"\x89PNG\r\n\x1a\n"
_JPEG = b"\xff\xd8\xff"


class PictureRefusal(StrEnum):
    """Why a picture cannot be taken."""

    EMPTY = "picture-empty"
    NO_PICTURE = "picture-none"
    BROKEN = "picture-broken"
    TOO_LARGE = "picture-too-large"
    TOO_MANY_PIXELS = "picture-too-many-pixels"
    TOO_HEAVY = "picture-too-heavy"
    DRAWING_TOO_HEAVY = "picture-drawing-too-heavy"
    DRAWING = "picture-drawing"


class PictureError(Exception):
    """A picture that is not taken. `detail` is what is wrong with a drawing, in a sentence."""

    def __init__(self, reason: PictureRefusal, detail: str = "") -> None:
        super().__init__(str(reason))
        self.reason, self.detail = reason, detail


@dataclass(frozen=True, slots=True)
class CleanPicture:
    """A picture as it is kept. `suffix` is `.svg`, `.png` or `.jpg`: what it is, not its name."""

    suffix: str
    data: bytes


def clean_picture(data: bytes) -> CleanPicture:
    """Return a picture without anything but what it shows. Raises: PictureError.

    Edge: what it is follows from its bytes. A picture of pixels is drawn anew, at most 1,400 wide,
          so that where and when it was taken is gone; a drawing is taken as it is, or not at all.
    """
    if not data:
        raise PictureError(PictureRefusal.EMPTY)
    if len(data) > SENT_LIMIT_BYTES:
        raise PictureError(PictureRefusal.TOO_LARGE)
    if data.startswith(_PNG):
        return CleanPicture(".png", _drawn_anew(data, "PNG"))
    if data.startswith(_JPEG):
        return CleanPicture(".jpg", _drawn_anew(data, "JPEG"))
    if data.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
        return CleanPicture(".svg", _drawing(data))
    raise PictureError(PictureRefusal.NO_PICTURE)


def clean_mark(data: bytes) -> bytes:
    """Return a picture of pixels as documents print it: a JPEG on white. Raises: PictureError.

    Edge: a drawing is refused as no picture; what is larger than 640 by 320 is made smaller.
    """
    if not data:
        raise PictureError(PictureRefusal.EMPTY)
    if len(data) > SENT_LIMIT_BYTES:
        raise PictureError(PictureRefusal.TOO_LARGE)
    kind = "PNG" if data.startswith(_PNG) else "JPEG" if data.startswith(_JPEG) else ""
    if not kind:
        raise PictureError(PictureRefusal.NO_PICTURE)
    made = _pixels(data, kind)
    made.thumbnail(MARK_SIZE)
    paper = Image.new("RGB", made.size, "white")
    paper.paste(made, mask=made.getchannel("A") if "A" in made.getbands() else None)
    out = io.BytesIO()
    paper.save(out, "JPEG", quality=_MARK_QUALITY, subsampling=0, optimize=True)
    return out.getvalue()


def clean_scan(data: bytes, limit_bytes: int) -> CleanPicture:
    """Return a scanned paper drawn anew, as wide as a sheet needs to be read. Raises: PictureError.

    Shape: PNG or JPEG, told by its first bytes.
    """
    if data.startswith(_PNG):
        return CleanPicture(".png", _drawn_anew(data, "PNG", WIDEST_SCAN, limit_bytes))
    if data.startswith(_JPEG):
        return CleanPicture(".jpg", _drawn_anew(data, "JPEG", WIDEST_SCAN, limit_bytes))
    raise PictureError(PictureRefusal.NO_PICTURE)


def _drawing(data: bytes) -> bytes:
    if len(data) > DRAWING_LIMIT_BYTES:
        raise PictureError(PictureRefusal.DRAWING_TOO_HEAVY)
    fault = fault_of(data)
    if fault is not None:
        raise PictureError(PictureRefusal.DRAWING, fault.message)
    return data


def _drawn_anew(
    data: bytes, kind: str, widest: int = WIDEST, limit_bytes: int = LIMIT_BYTES
) -> bytes:
    written = _written(_pixels(data, kind, widest), kind, limit_bytes)
    if len(written) > limit_bytes:
        raise PictureError(PictureRefusal.TOO_HEAVY)
    return written


def _pixels(data: bytes, kind: str, widest: int = WIDEST) -> Image.Image:
    try:
        with Image.open(io.BytesIO(data), formats=(kind,)) as found:
            if found.width * found.height > PIXEL_LIMIT:
                raise PictureError(PictureRefusal.TOO_MANY_PIXELS)
            return _without_extras(found, widest)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as bomb:
        raise PictureError(PictureRefusal.TOO_MANY_PIXELS) from bomb
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, EOFError) as broken:
        raise PictureError(PictureRefusal.BROKEN) from broken


def _without_extras(found: Image.Image, widest: int) -> Image.Image:
    turned = ImageOps.exif_transpose(found)
    has_alpha = "A" in turned.getbands() or "transparency" in turned.info
    mode = "RGBA" if has_alpha and found.format == "PNG" else "RGB"
    plain = turned.convert(mode)
    plain.thumbnail((widest, widest * 4))
    bare = Image.new(mode, plain.size)
    bare.paste(plain)
    return bare


def _written(made: Image.Image, kind: str, limit_bytes: int) -> bytes:
    out = io.BytesIO()
    if kind == "JPEG":
        made.save(out, "JPEG", quality=_QUALITY, optimize=True)
    else:
        made.save(out, "PNG", optimize=True)
        if out.tell() > limit_bytes and made.mode == "RGB":
            out = io.BytesIO()
            made.quantize(256).save(out, "PNG", optimize=True)
    return out.getvalue()
