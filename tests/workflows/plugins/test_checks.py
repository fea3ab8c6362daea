"""What is refused before anything is sent, and what the refusal names."""

import copy
import json
import pickle
import subprocess
import sys
from datetime import timedelta
from typing import Any

import pytest

from workflows.errors import ArgumentsRefused, PluginNotFound, StepFailed, ToolNotFound
from workflows.plugins import Linear, Plugins, journaled
from workflows.plugins.endpoint import Remote
from workflows.plugins.mcp import McpPlugin


def test_an_unknown_plugin_is_named_with_those_that_exist_and_how_to_add_it(door: Any):
    with pytest.raises(PluginNotFound) as refused:
        door.jira  # noqa: B018 - the access is what is tested

    assert "no plugin 'jira'; configured: linear" in str(refused.value)
    assert "[jira]" in str(refused.value)
    assert "plugins.toml" in str(refused.value)


def test_without_any_plugin_the_refusal_says_that_none_is_configured(step: Any):
    with pytest.raises(PluginNotFound, match="none is configured"):
        journaled(Plugins(), step).linear  # noqa: B018 - the access is what is tested


async def test_an_unknown_tool_fails_the_step_for_good_and_lists_what_is_offered(
    door: Any, outside: Any
):
    with pytest.raises(StepFailed) as failed:
        await door.linear.delete_everything()

    assert "linear has no tool 'delete_everything'; it offers: complain, create_issue, fail" in str(
        failed.value
    )
    assert failed.value.kind == "ToolNotFound"
    assert "tools/call" not in outside.requests


async def test_arguments_the_schema_refuses_fail_the_step_before_anything_is_sent(
    door: Any, outside: Any
):
    with pytest.raises(StepFailed) as failed:
        await door.linear.say(text=5, loud=True)

    assert "linear.say refuses these arguments: text: 5 is not of type 'string'" in str(
        failed.value
    )
    assert "It takes: text (required)" in str(failed.value)
    assert failed.value.kind == "ArgumentsRefused"
    assert "tools/call" not in outside.requests


async def test_a_missing_argument_is_named(door: Any):
    with pytest.raises(StepFailed, match="'text' is a required property"):
        await door.linear.say()


async def test_an_argument_that_is_no_json_is_named(door: Any, outside: Any):
    with pytest.raises(StepFailed, match=r"linear\.say: arguments\.text is a set"):
        await door.linear.say(text={1})

    assert "tools/call" not in outside.requests


async def test_a_check_alone_raises_what_is_wrong_and_sends_nothing(plugins: Plugins, outside: Any):
    await plugins.check("linear", "say", {"text": "hello"})
    with pytest.raises(PluginNotFound):
        await plugins.check("jira", "say", {})
    with pytest.raises(ToolNotFound):
        await plugins.check("linear", "shout", {})
    with pytest.raises(ArgumentsRefused):
        await plugins.check("linear", "say", {})

    assert "tools/call" not in outside.requests


async def test_a_tool_that_is_not_on_the_allow_list_does_not_exist(outside: Any, step: Any):
    plugin = McpPlugin("linear", Remote(outside.url), allowed=frozenset({"numbers", "unheard_of"}))
    door = journaled(Plugins([plugin]), step)

    allowed = await door.linear.numbers()
    with pytest.raises(StepFailed, match=r"it offers: numbers$"):
        await door.linear.nothing()
    with pytest.raises(StepFailed, match="has no tool 'nothing'"):
        await plugin.call("nothing", {}, "key")

    assert allowed == [1, 2, 3]
    assert outside.requests.count("tools/call") == 1
    await plugin.close()


def pages(*names: list[str]) -> Any:
    """Answer tools/list in pages; the cursor is the number of the page."""

    async def app(scope: Any, receive: Any, send: Any) -> None:
        asked = json.loads((await receive())["body"])
        page = int(asked.get("params", {}).get("cursor", "0"))
        listed = [{"name": name, "inputSchema": {"type": "object"}} for name in names[page]]
        result: dict[str, Any] = {"tools": listed}
        if page + 1 < len(names):
            result["nextCursor"] = str(page + 1)
        said = {"jsonrpc": "2.0", "id": asked["id"], "result": result}
        head = [(b"content-type", b"application/json")]
        await send({"type": "http.response.start", "status": 200, "headers": head})
        await send({"type": "http.response.body", "body": json.dumps(said).encode()})

    return app


async def test_a_tool_is_listed_with_its_description_and_the_schema_of_its_arguments(
    plugin: McpPlugin,
):
    tools = await plugin.tools()

    assert tools["create_issue"].description == "File an issue."
    assert tools["create_issue"].input_schema["required"] == ["team_id", "title"]


@pytest.mark.parametrize("is_old", [True], ids=["2025"])
async def test_a_listing_of_several_pages_is_read_to_its_end(plugin: McpPlugin, outside: Any):
    outside.faults["tools/list"] = pages(["one"], ["two", "three"], ["four"])

    assert set(await plugin.tools()) == {"one", "two", "three", "four"}


async def test_a_listing_is_kept_for_the_calls_that_follow(door: Any, outside: Any):
    await door.linear.numbers()
    await door.linear.numbers()

    assert outside.requests.count("tools/list") == 1


def test_private_names_are_never_plugins_or_tools(door: Any):
    for owner in (door, door.linear):
        for name in ("__deepcopy__", "__len__", "_ipython_display_", "__html__"):
            assert not hasattr(owner, name)


def test_plugins_and_tools_say_what_they_are(door: Any):
    assert repr(door) == "<plugins linear>"
    assert repr(door.linear) == "<plugin linear>"
    assert repr(door.linear.create_thing) == "<tool linear.create_thing>"
    assert "linear" in dir(door)


def pickled_and_back(value: Any) -> Any:
    return pickle.loads(pickle.dumps(value))  # noqa: S301 - written a moment ago


@pytest.mark.parametrize("again", [copy.copy, copy.deepcopy, pickled_and_back])
def test_a_plugin_that_is_not_in_use_can_be_copied_and_pickled(again: Any):
    plugin = McpPlugin("linear", Remote("https://mcp.example"), timeout=timedelta(seconds=1))
    door: Any = journaled(Plugins([plugin]), None)  # type: ignore[arg-type]

    assert repr(again(door).linear.numbers) == "<tool linear.numbers>"
    assert repr(again(door.linear)) == "<plugin linear>"


def test_linear_has_typed_methods_and_other_plugins_have_none(door: Any, step: Any):
    other = journaled(Plugins([McpPlugin("tracker", Remote("https://mcp.example"))]), step)

    assert isinstance(door.linear, Linear)
    assert not isinstance(other.tracker, Linear)


def test_the_sdk_is_imported_at_the_first_use_only():
    program = "import sys, workflows.plugins; print({'mcp', 'jsonschema'} & set(sys.modules))"

    printed = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True)

    assert printed.stdout == b"set()\n"
