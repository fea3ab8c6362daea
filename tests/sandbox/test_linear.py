"""The Linear-shaped MCP server, spoken to with the official client."""

from contextlib import asynccontextmanager

import httpx2
import pytest
from mcp import Client
from mcp.client.streamable_http import streamable_http_client

from bot.sandbox import Fault

ISSUE = {"title": "Follow-up: Refund 42", "team": "OPS"}


@asynccontextmanager
async def linear(sandbox):
    headers = {"Authorization": f"Bearer {sandbox.credentials.linear_token}"}
    async with (
        httpx2.AsyncClient(headers=headers) as http,
        Client(streamable_http_client(f"{sandbox.url}/mcp", http_client=http)) as client,
    ):
        yield client


def keyed(key):
    return {"harbor/key": key}


async def test_it_offers_its_tools(sandbox):
    async with linear(sandbox) as client:
        tools = (await client.list_tools()).tools

    assert [each.name for each in tools] == ["save_issue", "list_issues"]
    assert tools[0].input_schema["required"] == ["title", "team"]


async def test_it_files_one_issue_per_key(sandbox):
    async with linear(sandbox) as client:
        first = await client.call_tool("save_issue", ISSUE, meta=keyed("k1"))
        again = await client.call_tool("save_issue", ISSUE, meta=keyed("k1"))
        other = await client.call_tool("save_issue", ISSUE, meta=keyed("k2"))

    assert first.structured_content == again.structured_content
    assert first.structured_content["identifier"] == "OPS-12"
    assert other.structured_content["identifier"] == "OPS-13"
    assert [each.key for each in sandbox.issues] == ["k1", "k2"]
    assert len(sandbox.tool_calls) == 3


async def test_without_a_key_every_call_files_an_issue(sandbox):
    async with linear(sandbox) as client:
        for _ in range(2):
            await client.call_tool("save_issue", ISSUE)

    assert len(sandbox.issues) == 2


@pytest.mark.parametrize("team", ["ENG", "eng", "Engineering"])
async def test_a_team_goes_by_key_or_name(sandbox, team):
    async with linear(sandbox) as client:
        await client.call_tool("save_issue", {"title": "x", "team": team})

    assert sandbox.issues[0].team == "ENG"


@pytest.mark.parametrize(
    ("tool", "arguments", "says"),
    [
        ("save_issue", {"title": "x", "team": "HR"}, "teams: OPS (Operations)"),
        ("save_issue", {"team": "OPS"}, "needs a title"),
        ("drop_issue", {}, "tools: save_issue, list_issues"),
    ],
)
async def test_what_it_cannot_do_is_a_tools_error(sandbox, tool, arguments, says):
    async with linear(sandbox) as client:
        result = await client.call_tool(tool, arguments)

    assert result.is_error
    assert says in result.content[0].text
    assert sandbox.issues == []


async def test_filed_issues_can_be_listed(sandbox):
    async with linear(sandbox) as client:
        for team in ("OPS", "ENG"):
            await client.call_tool("save_issue", {"title": f"for {team}", "team": team})
        result = await client.call_tool("list_issues", {"team": "ENG"})

    assert [each["title"] for each in result.structured_content["issues"]] == ["for ENG"]


@pytest.mark.parametrize("headers", [{}, {"Authorization": "Bearer wrong"}])
async def test_it_wants_its_token(sandbox, headers):
    async with httpx2.AsyncClient(headers=headers) as http:
        response = await http.post(f"{sandbox.url}/mcp", json={})

    assert response.status_code == 401


async def post(sandbox, **more):
    """Call a tool with plain HTTP, to see what the client library would hide."""
    headers = {
        "Authorization": f"Bearer {sandbox.credentials.linear_token}",
        "Accept": "application/json, text/event-stream",
    }
    parameters = {"name": "save_issue", "arguments": ISSUE, "_meta": keyed("k1")}
    body = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": parameters}
    async with httpx2.AsyncClient(headers=headers, timeout=5) as http:
        return await http.post(f"{sandbox.url}/mcp", json=body)


@pytest.mark.parametrize("status", [429, 500])
async def test_it_can_be_made_to_fail_with_a_status(sandbox, status):
    sandbox.faults.add("linear.save_issue", Fault.status(status))

    failed = await post(sandbox)
    well = await post(sandbox)

    assert failed.status_code == status
    assert well.json()["result"]["structuredContent"]["identifier"] == "OPS-12"


async def test_it_can_be_made_to_report_an_error(sandbox):
    sandbox.faults.add("linear.save_issue", Fault.error("quota exceeded"))

    result = (await post(sandbox)).json()["result"]

    assert result["isError"]
    assert result["content"][0]["text"] == "quota exceeded"


@pytest.mark.parametrize(("fault", "filed"), [(Fault.reset_before(), 0), (Fault.reset_after(), 1)])
async def test_its_answer_can_get_lost_and_the_key_saves_the_day(sandbox, fault, filed):
    sandbox.faults.add("linear.save_issue", fault)

    with pytest.raises(httpx2.TransportError):
        await post(sandbox)
    before = len(sandbox.issues)
    await post(sandbox)

    assert before == filed
    assert len(sandbox.issues) == 1


async def test_a_slow_answer_comes_in_the_end(sandbox):
    sandbox.faults.add("linear.save_issue", Fault.slow(0.05))

    assert (await post(sandbox)).status_code == 200
    assert len(sandbox.issues) == 1


async def test_faults_of_the_web_api_do_not_touch_it(sandbox):
    sandbox.faults.add("*", Fault.status(500))

    assert (await post(sandbox)).status_code == 200
