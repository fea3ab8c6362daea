"""Faults on request: each goes wrong in its own way, once, and then all is well again."""

import asyncio

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError

from bot.sandbox import Fault


async def raw(sandbox, method="auth.test", **arguments):
    headers = {"Authorization": f"Bearer {sandbox.credentials.bot_token}"}
    async with (
        aiohttp.ClientSession() as session,
        session.post(
            f"{sandbox.url}/api/{method}", json=arguments, headers=headers, allow_redirects=False
        ) as response,
    ):
        return response.status, await response.text(), response.headers


POST = {"channel": "#ops", "text": "x"}


async def test_a_rate_limit_says_when_to_come_back(sandbox, slack):
    sandbox.faults.add("auth.test", Fault.rate_limited(retry_after=7))

    with pytest.raises(SlackApiError) as caught:
        await slack.auth_test()

    assert caught.value.response.status_code == 429
    assert caught.value.response.headers["Retry-After"] == "7"
    assert (await slack.auth_test())["ok"]


@pytest.mark.parametrize("retry_after", [None, "soon"])
async def test_a_rate_limit_may_come_without_sense(sandbox, retry_after):
    sandbox.faults.add("auth.test", Fault.rate_limited(retry_after))

    status, _, headers = await raw(sandbox)

    assert (status, headers.get("Retry-After")) == (429, retry_after)


@pytest.mark.parametrize(
    ("fault", "status", "body"),
    [
        (Fault.status(503), 503, ""),
        (Fault.error("fatal_error"), 200, '{"ok":false,"error":"fatal_error"}'),
        (Fault.bad_json(), 200, '{"ok": tru'),
        (Fault.empty(), 200, ""),
        (Fault.answer("[]"), 200, "[]"),
        (Fault.redirect("http://elsewhere.example/"), 302, ""),
    ],
    ids=lambda value: value.name if isinstance(value, Fault) else "",
)
async def test_an_answer_can_be_wrong_in_many_ways(sandbox, fault, status, body):
    sandbox.faults.add("chat.postMessage", fault)

    assert (await raw(sandbox, "chat.postMessage", **POST))[:2] == (status, body)
    assert sandbox.messages("#ops") == []


async def test_a_web_page_instead_of_json(sandbox):
    sandbox.faults.add("auth.test", Fault.html())

    status, body, headers = await raw(sandbox)

    assert (status, headers["Content-Type"]) == (200, "text/html; charset=utf-8")
    assert body.startswith("<!doctype html>")


@pytest.mark.parametrize(
    ("fault", "messages"), [(Fault.reset_before(), 0), (Fault.reset_after(), 1)]
)
async def test_a_connection_can_break_before_or_after_the_deed(sandbox, fault, messages):
    sandbox.faults.add("chat.postMessage", fault)

    with pytest.raises(aiohttp.ClientConnectionError):
        await raw(sandbox, "chat.postMessage", **POST)

    assert len(sandbox.messages("#ops")) == messages
    assert sandbox.calls[-1].status is None


@pytest.mark.parametrize(("fault", "messages"), [(Fault.hang(60), 0), (Fault.hang_after(60), 1)])
async def test_a_silence_can_begin_before_or_after_the_deed(sandbox, fault, messages):
    sandbox.faults.add("chat.postMessage", fault)
    call = asyncio.create_task(raw(sandbox, "chat.postMessage", **POST))

    await sandbox.until(lambda: len(sandbox.calls) == 1 and not list(sandbox.faults.planned()))

    assert len(sandbox.messages("#ops")) == messages
    await sandbox.stop()
    with pytest.raises(aiohttp.ClientError):
        await call


async def test_a_slow_call_is_done_in_the_end(sandbox, slack):
    sandbox.faults.add("chat.postMessage", Fault.slow(0.05))

    slow = asyncio.create_task(slack.chat_postMessage(**POST))
    await sandbox.until(lambda: sandbox.calls)
    await slack.chat_postMessage(channel="#ops", text="overtook")
    await slow

    assert [each.text for each in sandbox.messages("#ops")] == ["overtook", "x"]


async def test_a_fault_may_strike_several_times_and_on_every_method(sandbox, slack):
    sandbox.faults.add("*", Fault.error("internal_error"), times=2)

    for call in (slack.auth_test, slack.team_info):
        with pytest.raises(SlackApiError, match="internal_error"):
            await call()

    assert (await slack.auth_test())["ok"]


async def test_a_fault_without_end_ends_when_it_is_cleared(sandbox, slack):
    sandbox.faults.add("auth.test", Fault.error("internal_error"), times=None)
    for _ in range(3):
        with pytest.raises(SlackApiError):
            await slack.auth_test()

    sandbox.faults.clear()

    assert (await slack.auth_test())["ok"]


# --- from outside the process


async def ask(sandbox, verb, path, **request):
    async with (
        aiohttp.ClientSession() as session,
        session.request(verb, sandbox.url + path, **request) as response,
    ):
        is_json = response.content_type == "application/json"
        return response.status, await response.json() if is_json else await response.text()


async def test_another_process_can_plan_a_fault(sandbox, slack):
    wish = {"method": "auth.test", "fault": "error", "arguments": {"error": "fatal_error"}}

    status, _ = await ask(sandbox, "POST", "/sandbox/faults", json=wish)

    assert status == 201
    with pytest.raises(SlackApiError, match="fatal_error"):
        await slack.auth_test()


@pytest.mark.parametrize(
    ("wish", "says"),
    [
        ({"fault": "html"}, "method:"),
        ({"method": "*", "fault": "earthquake"}, "bad_json, empty"),
        ({"method": "*", "fault": "hang", "arguments": {"hours": 1}}, "arguments:"),
    ],
)
async def test_a_plan_that_makes_no_sense_is_explained(sandbox, wish, says):
    status, answer = await ask(sandbox, "POST", "/sandbox/faults", json=wish)

    assert status == 400
    assert says in answer["error"]


async def test_the_state_can_be_looked_at_and_holds_no_secret(sandbox, slack):
    await slack.chat_postMessage(**POST)

    status, state = await ask(sandbox, "GET", "/sandbox/state")

    assert status == 200
    assert state["messages"]["C00000OPS"][0]["text"] == "x"
    assert sandbox.credentials.bot_token not in str(state)
    assert sandbox.credentials.signing_secret not in str(state)


@pytest.mark.parametrize("headers", [{"Host": "evil.example"}, {"Origin": "https://evil.example"}])
async def test_other_sites_cannot_reach_through_the_browser(sandbox, headers):
    status, _ = await ask(sandbox, "GET", "/sandbox/state", headers=headers)
    page, _ = await ask(sandbox, "GET", "/", headers=headers)

    assert (status, page) == (403, 403)
