"""Static files: read once, compressed once, under an address that changes with their content.

All files share one release in their address, so that modules can name each other by relative
paths; a browser keeps them for ever.
"""

import gzip
import hashlib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any

import brotli
from flask import Flask, Response, abort, request

from quizapp.web.guard import public

MEDIA = {
    "css": "text/css; charset=utf-8",
    "js": "text/javascript; charset=utf-8",
    "svg": "image/svg+xml",
    "png": "image/png",
    "woff2": "font/woff2",
    "webmanifest": "application/manifest+json",
}
SQUEEZED = ("css", "js", "svg", "webmanifest")
FOR_EVER = "public, max-age=31536000, immutable"


@dataclass(frozen=True)
class Asset:
    """A static file in the encodings that it is sent in."""

    media: str
    encodings: dict[str, bytes]


@dataclass(frozen=True)
class Release:
    """All static files, and the name of just this content."""

    name: str
    assets: dict[str, Asset]


@cache
def release() -> Release:
    """Read and compress what is in `static/`."""
    found = dict(sorted(_walk(files("quizapp.web").joinpath("static"), "")))
    digest = hashlib.sha256()
    for path, data in found.items():
        digest.update(f"{path}\0{len(data)}\0".encode() + data)
    assets = {path: _asset(path, data) for path, data in found.items()}
    return Release(digest.hexdigest()[:12], assets)


def _walk(folder: Traversable, prefix: str) -> list[tuple[str, bytes]]:
    found = []
    for entry in folder.iterdir():
        path = f"{prefix}{entry.name}"
        if entry.is_dir():
            found += _walk(entry, f"{path}/")
        elif path.rpartition(".")[2] in MEDIA:
            found.append((path, entry.read_bytes()))
    return found


def _asset(path: str, data: bytes) -> Asset:
    ending = path.rpartition(".")[2]
    encodings = {"identity": data}
    if ending in SQUEEZED:
        encodings["br"] = brotli.compress(data, quality=9)
        encodings["gzip"] = gzip.compress(data, 9, mtime=0)
    return Asset(MEDIA[ending], encodings)


@public
def serve(release_name: str, filename: str) -> Response:
    """One static file. An old page's address gives today's file, and is not kept."""
    now = release()
    asset = now.assets.get(filename)
    if asset is None:
        abort(404)
    encoding = next(
        (one for one in ("br", "gzip") if one in asset.encodings and one in _accepted()), "identity"
    )
    answer = Response(asset.encodings[encoding], content_type=asset.media)
    answer.headers["Cache-Control"] = FOR_EVER if release_name == now.name else "no-store"
    answer.headers["Vary"] = "Accept-Encoding"
    if encoding != "identity":
        answer.headers["Content-Encoding"] = encoding
    return answer


def _accepted() -> set[str]:
    return {name for name, quality in request.accept_encodings if quality > 0}


def init_assets(app: Flask) -> None:
    """Serve the files; `url_for('static', filename=...)` names them."""
    app.add_url_rule("/static/<release_name>/<path:filename>", "static", serve)

    @app.url_defaults
    def _name_release(endpoint: str, values: dict[str, Any]) -> None:
        if endpoint == "static":
            values.setdefault("release_name", release().name)
