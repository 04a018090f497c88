"""A picture of pixels as an object of a PDF file: JPEG as it is, all else as plain colours."""

from io import BytesIO

from PIL import Image

from lms.documents.pdf import PdfFile, reference

_JPEG = b"\xff\xd8"
_SPACES = {"L": "/DeviceGray", "RGB": "/DeviceRGB"}


class Picture:
    """A PNG or JPEG. `width` and `height` count its pixels."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._image: Image.Image = Image.open(BytesIO(data))
        self.width, self.height = self._image.size

    def written(self, file: PdfFile) -> int:
        """Write the picture into a file and return its number; what is clear stays clear."""
        image = self._image
        if self._data.startswith(_JPEG) and image.mode in _SPACES:
            entries = self._entries(_SPACES[image.mode], "/Filter/DCTDecode")
            return file.stream(self._data, entries, packed=False)
        clear = image.convert("RGBA")
        mask = file.stream(clear.getchannel("A").tobytes(), self._entries("/DeviceGray"))
        beside = f"/SMask {reference(mask)}"
        return file.stream(clear.convert("RGB").tobytes(), self._entries("/DeviceRGB", beside))

    def _entries(self, space: str, rest: str = "") -> str:
        return (
            f"/Type/XObject/Subtype/Image/Width {self.width}/Height {self.height}"
            f"/BitsPerComponent 8/ColorSpace{space}{rest}"
        )
