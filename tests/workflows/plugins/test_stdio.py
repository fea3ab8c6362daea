"""A server in a process of our own, spoken to over its standard input and output."""

import os
import sys
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from workflows.errors import StepFailed
from workflows.plugins import Plugins, PluginUnavailable, journaled
from workflows.plugins.endpoint import Local
from workflows.plugins.mcp import McpPlugin

TOKEN = "lin_api_0123456789abcdef"
SERVER = """
import os, sys
from mcp.server.mcpserver import Context, MCPServer

server = MCPServer("local", log_level="CRITICAL")

@server.tool()
async def look(context: Context) -> dict[str, str | int | None]:
    return {
        "key": context.request_context.meta["harbor/key"],
        "pid": os.getpid(),
        "has_token": str(os.environ.get("LINEAR_API_KEY") == sys.argv[1]),
        "secret": os.environ.get("SOMEBODYS_SECRET"),
    }

@server.tool()
async def die() -> str:
    print("out of memory, said", os.environ["LINEAR_API_KEY"], file=sys.stderr, flush=True)
    os._exit(3)

server.run()
"""


@pytest.fixture
async def plugin(tmp_path: Path) -> AsyncIterator[McpPlugin]:
    script = tmp_path / "server.py"
    script.write_text(SERVER)
    command = (sys.executable, str(script), TOKEN)
    opened = McpPlugin("linear", Local(command, "LINEAR_API_KEY", TOKEN))
    yield opened
    await opened.close()


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


async def test_a_call_reaches_the_process_with_its_key_and_its_token_and_nothing_else_of_ours(
    door: Any, step: Any, plugin: McpPlugin, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("SOMEBODYS_SECRET", "x")

    seen = await door.linear.look()
    assert is_alive(seen["pid"])
    await plugin.close()

    assert (seen["key"], seen["has_token"], seen["secret"]) == (step.key, "True", None)
    assert not is_alive(seen["pid"])


async def test_a_process_that_dies_in_a_call_is_started_again_for_the_next(door: Any):
    with pytest.raises(PluginUnavailable) as died:
        await door.linear.die()

    assert "(its last words: out of memory, said [token])" in str(died.value)
    assert (await door.linear.look())["has_token"] == "True"


async def test_a_process_that_ends_at_once_is_quoted(step: Any):
    command = (sys.executable, "-c", "import sys; sys.exit('no such workspace')")
    plugin = McpPlugin("linear", Local(command))

    with pytest.raises(PluginUnavailable, match="its last words: no such workspace"):
        await journaled(Plugins([plugin]), step).linear.look()

    await plugin.close()


async def test_a_command_that_does_not_exist_fails_the_step_for_good(step: Any):
    plugin = McpPlugin("linear", Local(("no-such-command-anywhere",)))

    with pytest.raises(StepFailed, match="linear at no-such-command-anywhere refused the call"):
        await journaled(Plugins([plugin]), step).linear.look()

    await plugin.close()


async def test_a_process_that_says_nothing_is_given_up_and_stopped(step: Any, tmp_path: Path):
    note = tmp_path / "pid"
    program = f"import os, sys; open({str(note)!r}, 'w').write(str(os.getpid())); sys.stdin.read()"
    command = (sys.executable, "-c", program)
    plugin = McpPlugin("linear", Local(command), timeout=timedelta(seconds=1))

    with pytest.raises(PluginUnavailable, match="did not answer within 1 s"):
        await journaled(Plugins([plugin]), step).linear.look()
    await plugin.close()

    assert not is_alive(int(note.read_text()))
