"""Linear's typed methods against servers that offer different tools."""

from typing import Any

import pytest
from mcp.server.mcpserver import Context

from workflows.errors import StepFailed
from workflows.plugins import Plugins, journaled
from workflows.plugins.endpoint import Remote
from workflows.plugins.mcp import McpPlugin


@pytest.fixture
def bare(outside: Any) -> Any:
    """A server without tools."""
    for name in [tool.name for tool in outside.server._tool_manager.list_tools()]:
        outside.server.remove_tool(name)
    return outside


def offer(outside: Any, name: str, team: str) -> None:
    """Add a tool *name* that calls the team *team*."""
    program = (
        f"async def {name}({team}: str, title: str, context: Context, description: str = ''):\n"
        f"    note({name!r}, context, {team}={team}, title=title, description=description)\n"
        f"    return {{'url': 'https://linear.example/2'}}"
    )
    scope: dict[str, Any] = {"Context": Context, "note": outside.note}
    exec(program, scope)  # noqa: S102 - the argument's name is what varies
    outside.server.add_tool(scope[name])


@pytest.mark.parametrize("name", ["save_issue", "create_issue"])
@pytest.mark.parametrize("team", ["team", "teamId", "team_id"])
async def test_an_issue_is_filed_with_the_tool_and_the_team_argument_that_the_server_has(
    bare: Any, door: Any, step: Any, name: str, team: str
):
    offer(bare, name, team)

    issue = await door.linear.create_issue("T1", "Door", description="It sticks.")

    assert issue["url"] == "https://linear.example/2"
    ((tool, arguments, key),) = bare.calls
    assert (tool, key) == (name, step.key)
    assert arguments == {team: "T1", "title": "Door", "description": "It sticks."}


async def test_save_issue_is_preferred_where_both_are_offered(bare: Any, door: Any):
    offer(bare, "create_issue", "team_id")
    offer(bare, "save_issue", "team")

    await door.linear.create_issue(team_id="T1", title="Door")

    assert [tool for tool, _, _ in bare.calls] == ["save_issue"]


async def test_the_allow_list_decides_which_of_both_is_called(bare: Any, step: Any):
    offer(bare, "create_issue", "team_id")
    offer(bare, "save_issue", "team")
    plugin = McpPlugin("linear", Remote(bare.url), allowed=frozenset({"create_issue"}))

    await journaled(Plugins([plugin]), step).linear.create_issue(team_id="T1", title="Door")

    assert [tool for tool, _, _ in bare.calls] == ["create_issue"]
    await plugin.close()


async def test_filing_an_issue_is_one_step_of_one_name_whatever_tool_does_it(
    bare: Any, door: Any, step: Any
):
    offer(bare, "save_issue", "team")

    await door.linear.create_issue(team_id="T1", title="Door")

    assert step.names == ["linear.create_issue"]


async def test_a_description_that_is_not_given_is_not_sent(bare: Any, door: Any):
    offer(bare, "save_issue", "team")

    await door.linear.create_issue(team_id="T1", title="Door")

    assert bare.calls[0][1]["description"] == ""


async def test_other_tools_of_linear_are_called_as_they_are(bare: Any, door: Any):
    offer(bare, "save_issue", "team")

    await door.linear.save_issue(team="T1", title="Door")

    assert bare.calls[0][1]["team"] == "T1"


async def test_a_server_that_files_no_issues_is_told_apart_before_anything_is_sent(
    bare: Any, door: Any
):
    offer(bare, "get_issue", "team")

    with pytest.raises(StepFailed) as failed:
        await door.linear.create_issue(team_id="T1", title="Door")

    assert str(failed.value) == (
        "linear has neither save_issue nor create_issue; it offers: get_issue"
    )
    assert bare.calls == []


async def test_a_tool_that_takes_no_team_is_named_with_what_it_takes(bare: Any, door: Any):
    offer(bare, "save_issue", "squad")

    with pytest.raises(StepFailed, match="takes no team, teamId, team_id; it takes: squad, title"):
        await door.linear.create_issue(team_id="T1", title="Door")

    assert bare.calls == []


async def test_an_answer_that_is_no_issue_fails_the_step(bare: Any, door: Any):
    async def save_issue(team: str, title: str) -> str:
        return f"Filed {title} for {team}."

    bare.server.add_tool(save_issue)

    with pytest.raises(StepFailed, match=r"answered 'Filed Door for T1\.', not an issue"):
        await door.linear.create_issue(team_id="T1", title="Door")
