"""`/openapi.json`, and `/docs`: the same for people, drawn here, without script."""

from base64 import b64encode
from functools import cache
from hashlib import sha256
from pathlib import Path

from aiohttp import web
from jinja2 import Environment, FileSystemLoader, select_autoescape
from markupsafe import Markup

from bot.web import openapi

FOLDER = Path(__file__).parent
STYLE = (FOLDER / "docs.css").read_text().removesuffix("\n")  # as a template includes it
# The style is in the page, known to the browser by its hash: the page needs nothing else.
POLICY = (
    "default-src 'none'; frame-ancestors 'none'; form-action 'none'; base-uri 'none';"
    f" style-src 'sha256-{b64encode(sha256(STYLE.encode()).digest()).decode()}'"
)


def routes() -> list[web.RouteDef]:
    """Answer both routes; anybody may read them."""
    return [web.get("/openapi.json", described), web.get("/docs", drawn)]


async def described(request: web.Request) -> web.Response:
    """`GET /openapi.json`."""
    return web.json_response(openapi.document())


async def drawn(request: web.Request) -> web.Response:
    """`GET /docs`."""
    return web.Response(
        text=_page(), content_type="text/html", headers={"Content-Security-Policy": POLICY}
    )


@cache
def _page() -> str:
    environment = Environment(
        loader=FileSystemLoader(FOLDER), autoescape=select_autoescape(), trim_blocks=True
    )
    environment.filters["named"] = lambda ref: str(ref).rpartition("/")[2]
    environment.filters["kind"] = _kind
    environment.filters["worded"] = _worded
    return environment.get_template("docs.html").render(document=openapi.document())


def _kind(schema: openapi.Json) -> str:
    """Answer a property's type in a few words."""
    if "$ref" in schema:
        return str(schema["$ref"]).rpartition("/")[2]
    if "anyOf" in schema:
        return " or ".join(_kind(each) for each in schema["anyOf"])
    if "enum" in schema:
        return " | ".join(str(each) for each in schema["enum"])
    if schema.get("type") == "array":
        return f"list of {_kind(schema.get('items', {}))}"
    return str(schema.get("format") or schema.get("type") or schema.get("const") or "anything")


def _worded(text: str) -> Markup:
    """Answer text with what stands between backticks as code."""
    parts = enumerate(" ".join(text.split()).split("`"))
    return Markup().join(
        Markup("<code>{}</code>").format(part) if place % 2 else part for place, part in parts
    )
