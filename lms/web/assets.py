"""Joins the stylesheets once, hashes everything under `static/`, and serves it for ever."""

import gzip
import hashlib
import mimetypes
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from flask import Blueprint, Flask, Response, abort, current_app, request

from lms.content.bundled import bundled
from lms.web.access import public

FIRST = ("tokens.css", "fonts.css", "base.css", "layout.css")
LAST = ("print.css",)
FOREVER = "public, max-age=31536000, immutable"
KINDS = {".js": "text/javascript", ".woff2": "font/woff2", ".svg": "image/svg+xml"}
ZIPPED = {"text/css", "text/javascript", "image/svg+xml"}

bp = Blueprint("assets", __name__)


@dataclass(frozen=True, slots=True)
class Asset:
    """One file as it is sent: its bytes, the same bytes zipped where that helps, its type."""

    body: bytes
    zipped: bytes | None
    kind: str


@dataclass(frozen=True, slots=True)
class Assets:
    """All of them, under one hash that changes when any byte does."""

    hash: str
    files: Mapping[str, Asset]

    def address(self, path: str) -> str:
        """Return where a file is served.

        Raises: KeyError for a path that does not exist, so that a wrong name never ships.
        """
        if path not in self.files:
            raise KeyError(path)
        return f"/assets/{self.hash}/{path}"


def joined_css(folder: Path) -> bytes:
    """Return every stylesheet of a folder as one, without comments and idle spaces."""
    names = sorted(path.name for path in folder.glob("*.css"))
    middle = [name for name in names if name not in FIRST + LAST]
    text = "\n".join((folder / name).read_text("utf-8") for name in (*FIRST, *middle, *LAST))
    text = re.sub(r"/\*.*?\*/", "", text, flags=re.S)
    text = re.sub(r"\s+", " ", text)
    return re.sub(r" ?([{};,]) ?", r"\1", text).strip().encode()


def load_assets(folder: Path) -> Assets:
    """Return what `static/` holds: `app.css`, and every file that is not a stylesheet."""
    bodies = {"app.css": joined_css(folder / "css")}
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.suffix != ".css":
            bodies[path.relative_to(folder).as_posix()] = path.read_bytes()
    digest = hashlib.sha256()
    for name, body in sorted(bodies.items()):
        digest.update(f"{name}\0{len(body)}\0".encode() + body)
    files = {name: _asset(name, body) for name, body in bodies.items()}
    return Assets(digest.hexdigest()[:12], files)


def _asset(name: str, body: bytes) -> Asset:
    kind = KINDS.get(Path(name).suffix) or mimetypes.guess_type(name)[0]
    kind = kind or "application/octet-stream"
    zipped = gzip.compress(body, 9, mtime=0) if kind in ZIPPED else None
    return Asset(body, zipped, kind)


def install(app: Flask) -> None:
    """Load the files, serve them, and give templates `asset(path)`."""
    assets = load_assets(bundled("static"))
    app.extensions["assets"] = assets
    app.jinja_env.globals["asset"] = assets.address
    app.register_blueprint(bp)


@bp.get("/assets/<version>/<path:path>")
@public
def send(version: str, path: str) -> Response:
    """Send a file; under an old hash (a page open during an upgrade) the present one, unkept."""
    assets: Assets = current_app.extensions["assets"]
    asset = assets.files.get(path) or abort(404)
    zips = asset.zipped is not None and request.accept_encodings["gzip"] > 0
    reply = Response(asset.zipped if zips else asset.body, content_type=asset.kind)
    if zips:
        reply.content_encoding = "gzip"
    if asset.zipped is not None:
        reply.vary.add("Accept-Encoding")
    reply.headers["Cache-Control"] = FOREVER if version == assets.hash else "no-cache"
    reply.headers["X-Content-Type-Options"] = "nosniff"
    return reply
