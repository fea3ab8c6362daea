"""How long a session lives, who may end it, and what its end means to those who wait."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from workflows.errors import StepFailed
from workflows.plugins import Plugins, PluginUnavailable
from workflows.plugins.endpoint import Remote
from workflows.plugins.server import Server
from workflows.step import in_step

pytestmark = pytest.mark.parametrize("is_old", [True, False], ids=["2025", "2026"])

# What opens a session, in either generation of the protocol.
OPENINGS = {"server/discover", "initialize"}


def owners() -> int:
    return sum(task.get_name() == "mcp linear" for task in asyncio.all_tasks())


def openings(outside: Any) -> int:
    return outside.requests.count("server/discover")


async def test_a_server_that_restarted_between_two_calls_gets_the_second_one(
    door: Any, outside: Any
):
    await door.linear.numbers()
    await outside.stop()
    await outside.start()

    assert await door.linear.numbers() == [1, 2, 3]


async def test_a_server_that_is_away_is_reached_again_when_it_is_back(door: Any, outside: Any):
    await door.linear.numbers()
    await outside.stop()

    with pytest.raises(PluginUnavailable):
        await door.linear.numbers()
    await outside.start()

    assert await door.linear.numbers() == [1, 2, 3]


async def test_a_server_that_dies_fails_every_call_under_way_to_be_tried_again(
    door: Any, outside: Any
):
    calls = [asyncio.create_task(door.linear.hang()) for _ in range(2)]
    for _ in calls:
        await outside.arrivals.acquire()

    outside.gate.set()
    await outside.stop()
    answers = await asyncio.gather(*calls, return_exceptions=True)

    assert [type(answer) for answer in answers] == [PluginUnavailable] * 2
    await outside.start()


async def test_calls_share_one_session(door: Any, outside: Any):
    await asyncio.gather(door.linear.numbers(), door.linear.nothing())
    await door.linear.report()

    assert openings(outside) == 1


async def test_calls_run_beside_each_other(door: Any):
    met = await asyncio.gather(door.linear.meet(), door.linear.meet(), door.linear.meet())

    assert met == ["met"] * 3


async def test_a_session_that_is_retired_still_answers_what_it_was_asked(
    door: Any, plugin: Any, outside: Any
):
    first = [asyncio.create_task(door.linear.meet()) for _ in range(2)]
    for _ in first:
        await outside.arrivals.acquire()

    plugin._server._session().retire()
    last = await door.linear.meet()

    assert [last, *await asyncio.gather(*first)] == ["met"] * 3
    assert openings(outside) == 2


async def test_a_plugin_is_closed_from_another_task_than_it_was_used_in(door: Any, plugin: Any):
    await asyncio.create_task(door.linear.numbers())
    assert owners() == 1

    await asyncio.create_task(plugin.close())

    assert owners() == 0


async def test_closing_all_plugins_closes_each(door: Any, plugins: Plugins):
    await door.linear.numbers()

    await plugins.close()

    assert owners() == 0


async def test_a_call_under_way_fails_when_the_plugin_is_closed_and_is_tried_again(
    door: Any, plugin: Any, outside: Any
):
    call = asyncio.create_task(door.linear.hang())
    await outside.arrivals.acquire()

    await plugin.close()

    with pytest.raises(PluginUnavailable, match="linear is being closed"):
        await call


async def test_a_plugin_that_is_still_opening_can_be_closed(door: Any, plugin: Any, outside: Any):
    arrived = asyncio.Event()

    async def silent(scope: Any, receive: Any, send: Any) -> None:
        arrived.set()
        while (await receive())["type"] != "http.disconnect":
            pass

    outside.faults = dict.fromkeys(OPENINGS, silent)
    call = asyncio.create_task(door.linear.numbers())
    await arrived.wait()

    await plugin.close()

    with pytest.raises(PluginUnavailable, match="linear is being closed"):
        await call
    assert owners() == 0


async def test_a_closed_plugin_takes_no_calls(door: Any, plugin: Any):
    await plugin.close()
    await plugin.close()

    with pytest.raises(PluginUnavailable, match="linear is closed"):
        await door.linear.numbers()


async def test_cancelling_a_call_leaves_the_session_to_the_others(
    door: Any, plugin: Any, outside: Any
):
    call = asyncio.create_task(door.linear.hang())
    await outside.arrivals.acquire()

    call.cancel()
    with pytest.raises(asyncio.CancelledError):
        await call

    assert await door.linear.numbers() == [1, 2, 3]
    assert openings(outside) == 1


async def test_a_session_without_calls_closes_itself_and_another_opens(outside: Any):
    server = Server(
        "linear",
        Remote(outside.url),
        timeout=timedelta(seconds=5),
        idle=timedelta(milliseconds=20),
    )
    await server.call("numbers", {}, "key")
    await asyncio.wait([server._sessions[0]._owner])

    again = await server.call("numbers", {}, "key")

    assert again == [1, 2, 3]
    assert openings(outside) == 2
    await server.close()


async def test_a_session_is_not_idle_while_a_call_is_under_way(outside: Any):
    server = Server(
        "linear",
        Remote(outside.url),
        timeout=timedelta(seconds=5),
        idle=timedelta(milliseconds=1),
    )
    call = asyncio.create_task(server.call("hang", {}, "key"))
    await outside.arrivals.acquire()
    await asyncio.sleep(0.02)  # many times what it may be idle

    outside.gate.set()

    assert await call == "late"
    await server.close()


async def test_a_new_session_asks_for_the_tools_again(door: Any, outside: Any, plugin: Any):
    await door.linear.numbers()
    outside.server.remove_tool("nothing")
    plugin._server._session().retire()

    with pytest.raises(StepFailed, match="has no tool 'nothing'"):
        await door.linear.nothing()


async def test_what_the_first_caller_bound_does_not_live_on_in_the_session(plugin: Any, step: Any):
    async def asked(client: Any) -> bool:
        return in_step()

    await step.run("first", plugin.tools)
    inside = await step.run("second", plugin._server._session().ask, asked)

    assert inside is False
