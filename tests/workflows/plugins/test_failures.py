"""Which failures end a step and which are tried again, over real HTTP."""

import asyncio
import json
import logging
from datetime import timedelta
from typing import Any

import pytest

from workflows.errors import StepFailed
from workflows.plugins import Plugins, PluginUnavailable, journaled
from workflows.plugins.endpoint import Remote
from workflows.plugins.mcp import McpPlugin

TOKEN = "lin_api_0123456789abcdef"
both = pytest.mark.parametrize("is_old", [True, False], ids=["2025", "2026"])


@both
@pytest.mark.parametrize("status", [400, 401, 403, 409, 410, 418, 422])
async def test_a_refused_call_fails_the_step_for_good(
    door: Any, outside: Any, fault: Any, status: int
):
    outside.faults["tools/call"] = fault(status, "no such team")

    with pytest.raises(StepFailed, match=f"^linear answered {status}: no such team$"):
        await door.linear.numbers()

    assert outside.requests.count("tools/call") == 1


async def test_a_call_to_a_place_that_does_not_exist_fails_the_step_for_good(
    door: Any, outside: Any, fault: Any
):
    outside.faults["tools/call"] = fault(404, "not here")

    with pytest.raises(StepFailed, match="linear answered 404: not here"):
        await door.linear.numbers()

    assert outside.requests.count("tools/call") == 1


@pytest.mark.parametrize("status", [408, 429, 500, 502, 503, 504, 529])
async def test_a_server_that_cannot_answer_now_is_tried_again(
    door: Any, outside: Any, fault: Any, status: int
):
    outside.faults["tools/call"] = fault(status, "try later")

    with pytest.raises(PluginUnavailable, match=f"^linear answered {status}: try later$"):
        await door.linear.numbers()

    del outside.faults["tools/call"]
    assert await door.linear.numbers() == [1, 2, 3]


@both
@pytest.mark.parametrize("status", [401, 403, 404])
async def test_a_server_that_refuses_to_talk_at_all_fails_the_step_for_good(
    door: Any, outside: Any, fault: Any, status: int
):
    for method in ("server/discover", "initialize"):
        outside.faults[method] = fault(status, "who are you?")

    with pytest.raises(StepFailed, match=f"^linear answered {status}: who are you"):
        await door.linear.numbers()


@both
@pytest.mark.parametrize("status", [429, 503])
async def test_a_server_that_cannot_talk_now_is_tried_again(
    door: Any, outside: Any, fault: Any, status: int
):
    for method in ("server/discover", "initialize"):
        outside.faults[method] = fault(status, retry_after="7")

    with pytest.raises(PluginUnavailable) as failed:
        await door.linear.numbers()

    assert failed.value.retry_after == 7


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"retry_after": "120"}, 120),
        ({"retry_after": "1.5"}, 1.5),
        (
            {
                "retry_after": "Wed, 21 Oct 2015 07:29:00 GMT",
                "date": "Wed, 21 Oct 2015 07:28:00 GMT",
            },
            60,
        ),
        (
            {
                "retry_after": "Wed, 21 Oct 2015 07:27:00 GMT",
                "date": "Wed, 21 Oct 2015 07:28:00 GMT",
            },
            0,
        ),
        ({"retry_after": "soon"}, None),
        ({"retry_after": "-4"}, None),
        ({}, None),
    ],
)
async def test_a_server_that_says_how_long_to_wait_is_heard(
    door: Any, outside: Any, fault: Any, headers: dict[str, str], seconds: float | None
):
    outside.faults["tools/call"] = fault(429, "slow down", **headers)

    with pytest.raises(PluginUnavailable) as failed:
        await door.linear.numbers()

    assert failed.value.retry_after == seconds


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ('{"error": {"message": "bad team"}}', "bad team"),
        ('{"error": "invalid_token", "error_description": "expired"}', "expired"),
        ('{"jsonrpc": "2.0", "id": 1, "error": {"code": -32602, "message": "no"}}', "no"),
        ('{"odd": 1}', '{"odd": 1}'),
        ('"just text"', "just text"),
        ("<h1>Sorry</h1>\n\n  there", "<h1>Sorry</h1> there"),
        ("x" * 600, "x" * 500 + "…"),
    ],
)
async def test_the_words_of_the_server_are_what_the_error_says(
    door: Any, outside: Any, fault: Any, body: str, words: str
):
    outside.faults["tools/call"] = fault(400, body, content_type="application/json")

    with pytest.raises(StepFailed) as failed:
        await door.linear.numbers()

    assert str(failed.value) == f"linear answered 400: {words}"


@pytest.mark.parametrize(
    ("code", "error"),
    [(-32602, StepFailed), (-32601, StepFailed), (-32000, PluginUnavailable)],
)
async def test_a_protocol_error_is_final_unless_it_says_that_the_server_broke_down(
    door: Any, outside: Any, code: int, error: type[Exception]
):
    outside.faults["tools/call"] = protocol_error(code)

    with pytest.raises(error, match="not like this"):
        await door.linear.numbers()


@both
async def test_an_answer_that_is_no_json_is_tried_again(door: Any, outside: Any, fault: Any):
    outside.faults["tools/call"] = fault(200, "<html>", content_type="application/json")

    with pytest.raises(PluginUnavailable):
        await door.linear.numbers()


@both
async def test_an_answer_that_breaks_off_is_tried_again(door: Any, outside: Any):
    outside.faults["tools/call"] = breaking_off

    with pytest.raises(PluginUnavailable, match=r"^linear at http"):
        await door.linear.numbers()

    del outside.faults["tools/call"]
    assert await door.linear.numbers() == [1, 2, 3]


async def test_a_connection_that_is_refused_is_tried_again(refusing: str, step: Any):
    plugin = McpPlugin("linear", Remote(refusing))

    with pytest.raises(PluginUnavailable, match=r"^linear at http"):
        await journaled(Plugins([plugin]), step).linear.numbers()

    await plugin.close()


async def test_a_connection_that_is_reset_is_tried_again(resetting: str, step: Any):
    plugin = McpPlugin("linear", Remote(resetting))

    with pytest.raises(PluginUnavailable, match=r"^linear at http"):
        await journaled(Plugins([plugin]), step).linear.numbers()

    await plugin.close()


@both
async def test_a_tool_that_never_answers_is_tried_again_after_the_timeout(outside: Any, step: Any):
    plugin = McpPlugin("linear", Remote(outside.url), timeout=timedelta(seconds=1))
    door = journaled(Plugins([plugin]), step)

    with pytest.raises(PluginUnavailable, match=r"^linear did not answer within 1 s$"):
        await door.linear.hang()

    assert await door.linear.numbers() == [1, 2, 3]
    await plugin.close()


async def test_a_server_that_never_answers_at_all_is_given_up_after_the_timeout(
    outside: Any, step: Any
):
    plugin = McpPlugin("linear", Remote(outside.url), timeout=timedelta(milliseconds=300))
    outside.faults["server/discover"] = silent

    with pytest.raises(PluginUnavailable, match="did not answer"):
        await journaled(Plugins([plugin]), step).linear.numbers()

    await plugin.close()


async def test_a_connection_that_breaks_after_a_refusal_is_judged_by_the_break(step: Any):
    async def refuse_once(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        if not refused.is_set():
            refused.set()
            writer.write(b"HTTP/1.1 404 Not Found\r\ncontent-length: 4\r\n\r\nnone")
            await writer.drain()
            await reader.readuntil(b"\r\n\r\n")
        writer.transport.abort()

    refused = asyncio.Event()
    server = await asyncio.start_server(refuse_once, "127.0.0.1", 0)
    url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/mcp"
    plugin = McpPlugin("linear", Remote(url))

    async with server:
        with pytest.raises(PluginUnavailable, match="cannot be reached"):
            await journaled(Plugins([plugin]), step).linear.numbers()

    assert refused.is_set()
    await plugin.close()


async def test_a_redirect_to_another_host_is_not_followed_and_the_token_stays(
    door: Any, outside: Any, fault: Any
):
    elsewhere = await asyncio.start_server(lambda reader, writer: arrivals.append(1), "127.0.0.1")
    arrivals: list[int] = []
    port = elsewhere.sockets[0].getsockname()[1]
    location = f"http://127.0.0.1:{port}/mcp?secret=1"
    outside.faults["tools/call"] = fault(307, location=location)

    async with elsewhere:
        with pytest.raises(StepFailed, match=f"127.0.0.1:{port}/mcp not followed"):
            await door.linear.numbers()

    assert arrivals == []


@both
async def test_concurrent_calls_are_judged_by_their_own_answers(door: Any, outside: Any):
    outside.faults["tools/call"] = meeting_statuses(asyncio.Barrier(3))

    answers = await asyncio.gather(
        door.linear.say(text="429"),
        door.linear.say(text="400"),
        door.linear.say(text="401"),
        return_exceptions=True,
    )

    assert [type(answer) for answer in answers] == [PluginUnavailable, StepFailed, StepFailed]
    assert [str(answer)[:20] for answer in answers] == [
        "linear answered 429:",
        "linear answered 400:",
        "linear answered 401:",
    ]


async def test_the_token_is_in_no_error(door: Any, outside: Any, fault: Any):
    outside.faults["tools/call"] = fault(400, f"bad token {TOKEN}" + " " + "x" * 470 + TOKEN)

    with pytest.raises(StepFailed) as refused:
        await door.linear.numbers()
    del outside.faults["tools/call"]
    with pytest.raises(StepFailed) as failed:
        await door.linear.complain()

    assert TOKEN[:4] not in str(refused.value)
    assert str(failed.value) == "linear.complain failed: cannot use Bearer [token]"


async def test_the_token_is_in_no_result(door: Any):
    assert await door.linear.reveal() == {"authorization": "Bearer [token]"}


async def test_the_token_is_in_no_log_and_no_representation(
    door: Any, plugin: Any, outside: Any, fault: Any, caplog: pytest.LogCaptureFixture
):
    caplog.set_level(logging.DEBUG)

    await door.linear.numbers()
    outside.faults["tools/call"] = fault(503)
    with pytest.raises(PluginUnavailable):
        await door.linear.numbers()
    outside.faults["tools/call"] = breaking_off
    with pytest.raises(PluginUnavailable):
        await door.linear.numbers()
    await plugin.close()

    assert caplog.records
    assert TOKEN not in caplog.text
    assert TOKEN not in repr(plugin)
    assert TOKEN not in repr(Remote("https://mcp.example", TOKEN))


def protocol_error(code: int) -> Any:
    async def app(scope: Any, receive: Any, send: Any) -> None:
        asked = json.loads((await receive())["body"])
        said = {
            "jsonrpc": "2.0",
            "id": asked["id"],
            "error": {"code": code, "message": "not like this"},
        }
        head = [(b"content-type", b"application/json")]
        await send({"type": "http.response.start", "status": 200, "headers": head})
        await send({"type": "http.response.body", "body": json.dumps(said).encode()})

    return app


def meeting_statuses(barrier: asyncio.Barrier) -> Any:
    async def app(scope: Any, receive: Any, send: Any) -> None:
        asked = json.loads((await receive())["body"])
        await barrier.wait()
        status = int(asked["params"]["arguments"]["text"])
        await send({"type": "http.response.start", "status": status, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    return app


async def breaking_off(scope: Any, receive: Any, send: Any) -> None:
    head = [(b"content-type", b"application/json"), (b"content-length", b"100")]
    await send({"type": "http.response.start", "status": 200, "headers": head})
    await send({"type": "http.response.body", "body": b"{"})


async def silent(scope: Any, receive: Any, send: Any) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
