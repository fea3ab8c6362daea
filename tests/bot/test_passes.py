"""The worker's own loop: plugins are called where their connections are, and nothing gets out."""

import asyncio
import threading
from collections.abc import Mapping
from typing import Any

import pytest

from bot.passes import AtHome
from workflows.plugins.base import Tool
from workflows.step import CurrentStep, current_step, entered


class Homely:
    """A plugin that notes where it is called, and may raise anything."""

    name = "homely"

    def __init__(self, error: BaseException | None = None) -> None:
        self.seen: list[Any] = []
        self._error = error

    async def tools(self) -> Mapping[str, Tool]:
        return {}

    async def call(self, tool: str, arguments: dict[str, Any], key: str) -> Any:
        self.seen.append((asyncio.get_running_loop(), current_step().key))
        if self._error is not None:
            raise self._error
        return tool

    async def close(self) -> None:
        self.seen.append((asyncio.get_running_loop(), "closed"))


STEP = CurrentStep("here", "run", "homely.tool", 1, 1)


def elsewhere(plugin: AtHome) -> Any:
    """Call the plugin from a loop of another thread, as a pass does."""
    found: list[Any] = []

    async def ask() -> Any:
        with entered(STEP):
            return await plugin.call("tool", {}, STEP.key)

    def work() -> None:
        try:
            found.append(asyncio.run(ask()))
        except BaseException as error:  # noqa: BLE001  it is what the test is about
            found.append(error)

    thread = threading.Thread(target=work)
    thread.start()
    return thread, found


async def test_g15_a_plugin_is_called_on_the_loop_of_its_connections_with_its_steps_key():
    homely = Homely()
    plugin = AtHome(homely, asyncio.get_running_loop())

    thread, found = elsewhere(plugin)
    await asyncio.to_thread(thread.join)
    await plugin.close()

    home = asyncio.get_running_loop()
    assert found == ["tool"]
    assert homely.seen == [(home, STEP.key), (home, "closed")]


@pytest.mark.parametrize("error", [ValueError("no"), SystemExit("usage"), KeyboardInterrupt()])
async def test_g13_whatever_a_plugin_raises_gets_back_to_its_step_and_not_out_of_the_main_loop(
    error,
):
    plugin = AtHome(Homely(error), asyncio.get_running_loop())

    thread, found = elsewhere(plugin)
    await asyncio.to_thread(thread.join)

    assert found == [error]
