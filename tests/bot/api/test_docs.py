"""The API's own description is complete and true, and a person can read it."""

import re

import httpx
import jsonschema
import pytest
from aiohttp import web

from bot.web import openapi
from bot.web.admission import Admission
from bot.web.docs import described
from bot.web.limits import Limits
from bot.web.metrics import MetricsDoor
from bot.web.programs import routes
from tests.bot.api.desk import Desk
from workflows.registry import Registry


def document() -> dict:
    return openapi.document()


def test_the_description_is_open_to_everybody(desk: Desk):
    answer = httpx.get(f"{desk.url}/openapi.json", trust_env=False)

    assert answer.status_code == 200
    assert answer.json() == document()
    assert answer.json()["openapi"].startswith("3.1")


def test_every_public_route_is_described_and_no_other(desk: Desk):
    served = {
        (route.method.lower(), route.resource.canonical)
        for route in _routes(desk)
        if route.method != "HEAD"
        and re.match(r"/(jobs|runs|metrics|healthz|readyz)", route.resource.canonical)
    }

    described = {
        (method, path) for path, methods in document()["paths"].items() for method in methods
    }

    assert described == served


def test_every_reference_leads_somewhere():
    names = set(re.findall(r"#/components/schemas/(\w+)", str(document())))

    assert names <= set(document()["components"]["schemas"])


@pytest.mark.parametrize(
    ("path", "model"), [("/runs", "Runs"), ("/jobs", "Jobs"), ("/runs/{}", "Run")]
)
def test_what_is_answered_is_as_described(desk: Desk, api: httpx.Client, path: str, model: str):
    run_id = desk.waiting("ask-people")
    components = {"components": document()["components"]}

    answered = api.get(path.format(run_id)).json()

    schema = {"$ref": f"#/components/schemas/{model}", **components}
    jsonschema.validate(answered, schema, cls=jsonschema.Draft202012Validator)


def test_a_problem_is_as_described(api: httpx.Client):
    answered = api.post("/runs", json={"job": 7}).json()

    schema = {"$ref": "#/components/schemas/ProblemBody", "components": document()["components"]}
    jsonschema.validate(answered, schema, cls=jsonschema.Draft202012Validator)


def test_the_page_needs_no_script_and_nothing_from_elsewhere(desk: Desk):
    answer = httpx.get(f"{desk.url}/docs", trust_env=False)

    assert answer.status_code == 200
    assert "<script" not in answer.text
    assert not re.findall(r"(?:src|href)=\"(?![#/])", answer.text)
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    for path in document()["paths"]:
        assert f"<code>{path}</code>" in answer.text


def test_the_pages_links_lead_somewhere(desk: Desk):
    text = httpx.get(f"{desk.url}/docs", trust_env=False).text

    assert set(re.findall(r'href="#(\w+)"', text)) <= set(re.findall(r'id="(\w+)"', text))


async def nothing_drawn() -> bytes:
    return b""


def _routes(desk: Desk):
    """Answer the routes as the server has them."""
    harbor, nothing = desk.town.harbor, Registry()
    app = web.Application()
    admission = Admission(desk.access, Limits(desk.town.clock))
    app.add_routes(
        routes(admission, desk.key, harbor.engine, harbor.gates, nothing, desk.town.clock)
    )
    app.add_routes(MetricsDoor(admission, nothing_drawn).routes())
    app.add_routes([web.get("/healthz", described), web.get("/readyz", described)])
    return app.router.routes()
