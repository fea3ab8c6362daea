"""Static files: a few, read once, found by name alone. There is no folder to climb out of."""

from hashlib import sha256
from http import HTTPStatus
from pathlib import Path

from aiohttp import web

FOLDER = Path(__file__).parent / "static"
TYPES = {"page.css": "text/css", "page.js": "text/javascript", "icon.svg": "image/svg+xml"}
FILES = {name: (FOLDER / name).read_bytes() for name in TYPES}
VERSIONS = {name: sha256(content).hexdigest()[:12] for name, content in FILES.items()}


def address(name: str) -> str:
    """Answer where a file is; a changed file has another address."""
    return f"/static/{name}?v={VERSIONS[name]}"


async def serve(request: web.Request) -> web.StreamResponse:
    """Answer a file, or 404."""
    name = request.match_info["name"]
    if name not in FILES:
        return web.Response(status=HTTPStatus.NOT_FOUND)
    return web.Response(
        body=FILES[name],
        content_type=TYPES[name],
        charset="utf-8",
        headers={"Cache-Control": "public, max-age=86400"},
    )
