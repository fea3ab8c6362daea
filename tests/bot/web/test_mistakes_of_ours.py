"""A handler that raises: 500, and nothing of what it was."""

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from bot.web.app import mapped

SAID = "xoxb-secret: no such table: gates at /srv/harbor/store.py"


async def broken(request: web.Request) -> web.Response:
    raise RuntimeError(SAID)


@pytest.fixture
async def client():
    app = web.Application(middlewares=[mapped])
    for path in ("/runs", "/run/x/approve", "/slack/events", "/healthz"):
        app.router.add_route("*", path, broken)
    async with TestClient(TestServer(app)) as found:
        yield found


@pytest.mark.parametrize("path", ["/runs", "/run/x/approve", "/slack/events", "/healthz"])
@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_a_mistake_of_ours_is_a_500_that_tells_nothing(client, method, path):
    answer = await client.request(method, path, headers={"Accept": "application/json"})

    body = await answer.text()
    assert answer.status == 500
    for word in (*SAID.split(), "RuntimeError", "Traceback"):
        assert word not in body
