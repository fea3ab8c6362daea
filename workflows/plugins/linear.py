"""Linear with typed methods, whichever generation of its tools the server offers."""

from collections.abc import Mapping
from typing import Any

from workflows.errors import StepFailed
from workflows.plugins.base import Plugins, Tool
from workflows.plugins.proxies import PLUGIN_RETRIES, PluginProxy, typed
from workflows.step import Verb

CREATORS = ("save_issue", "create_issue")  # the newer first
TEAM_NAMES = ("team", "teamId", "team_id")


@typed("linear")
class Linear(PluginProxy):
    """``ctx.plugins.linear``. Tools without a method here are called as with any other plugin."""

    def create_issue(
        self, team_id: str, title: str, description: str | None = None
    ) -> Verb[dict[str, Any]]:
        """File an issue and answer it as the server describes it, ``url`` included."""
        creation = Creation(self._plugins, self._name)
        return self._step.run(
            f"{self._name}.create_issue",
            creation.create_issue,
            team_id,
            title,
            description,
            retries=PLUGIN_RETRIES,
        )


class Creation:
    """The step function: which tool is called depends on the server, so a job must not choose."""

    def __init__(self, plugins: Plugins, plugin: str) -> None:
        self._plugins = plugins
        self._plugin = plugin

    async def create_issue(
        self, team_id: str, title: str, description: str | None
    ) -> dict[str, Any]:
        tool = creator(self._plugin, await self._plugins.tools(self._plugin))
        arguments = {team_name(self._plugin, tool): team_id, "title": title}
        if description is not None:
            arguments["description"] = description
        issue = await self._plugins.call(self._plugin, tool.name, arguments)
        if not isinstance(issue, dict):
            raise StepFailed(f"{self._plugin}.{tool.name} answered {issue!r:.200}, not an issue")
        return issue


def creator(plugin: str, tools: Mapping[str, Tool]) -> Tool:
    """Answer the tool that files issues; raises StepFailed that lists what is offered."""
    for name in CREATORS:
        if name in tools:
            return tools[name]
    offered = ", ".join(sorted(tools)) or "none"
    raise StepFailed(
        f"{plugin} has neither {' nor '.join(CREATORS)}; it offers: {offered}", kind="ToolNotFound"
    )


def team_name(plugin: str, tool: Tool) -> str:
    """Answer what the tool calls the team; raises StepFailed that lists its arguments."""
    declared = tool.input_schema.get("properties", {})
    for name in TEAM_NAMES:
        if name in declared:
            return name
    raise StepFailed(
        f"{plugin}.{tool.name} takes no {', '.join(TEAM_NAMES)}; it takes: {', '.join(declared)}",
        kind="ArgumentsRefused",
    )
