"""A plugin is a client of an outside system; Plugins is the set of them and their step function."""

import asyncio
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from workflows.errors import (
    ArgumentsRefused,
    HarborError,
    NotSerializable,
    PluginNotFound,
    StepFailed,
    ToolNotFound,
)
from workflows.plain import plain
from workflows.step import current_step


@dataclass(frozen=True, slots=True)
class Tool:
    """One function of an outside system; *input_schema* is the JSON Schema of its arguments."""

    name: str
    description: str
    input_schema: Mapping[str, Any]


class PluginUnavailable(HarborError):
    """The other side could not answer now; the same call with the same key may succeed later.

    *retry_after* is how many seconds the other side asked us to wait, if it did.
    """

    def __init__(self, message: str, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class Plugin(Protocol):
    """A client of one outside system."""

    @property
    def name(self) -> str:
        """What jobs call it: ``ctx.plugins.<name>``."""

    async def tools(self) -> Mapping[str, Tool]:
        """Answer the tools that may be called, by name."""

    async def call(self, tool: str, arguments: dict[str, Any], key: str) -> Any:
        """Call *tool* and answer JSON; *key* is the same for every attempt at the same step.

        Raises StepFailed when trying again cannot help; anything else is tried again.
        """

    async def close(self) -> None:
        """Let go of what is open. Safe to call twice, and from any task."""


class Plugins:
    """The configured plugins. Its `call` is the step function behind every plugin call."""

    def __init__(self, plugins: Iterable[Plugin] = ()) -> None:
        self._by_name = {plugin.name: plugin for plugin in plugins}

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(sorted(self._by_name))

    def named(self, name: str) -> Plugin:
        """Answer the plugin *name*; raises PluginNotFound that lists those that exist."""
        try:
            return self._by_name[name]
        except KeyError:
            raise PluginNotFound(self._absence(name)) from None

    async def tools(self, plugin: str) -> Mapping[str, Tool]:
        return await self.named(plugin).tools()

    async def check(self, plugin: str, tool: str, arguments: dict[str, Any]) -> None:
        """Raise PluginNotFound, ToolNotFound or ArgumentsRefused, naming what exists.

        Only the list of tools is asked for; the call itself is not sent.
        """
        found = chosen(plugin, tool, await self.tools(plugin))
        refuse_misfits(plugin, found, arguments)

    async def call(self, plugin: str, tool: str, arguments: dict[str, Any]) -> Any:
        """Call a tool from inside a step, with the step's key.

        What `check` refuses is StepFailed here: another attempt would be refused as well.
        """
        try:
            found = chosen(plugin, tool, await self.tools(plugin))
            sent = plain_arguments(plugin, tool, arguments)
            refuse_misfits(plugin, found, sent)
        except (PluginNotFound, ToolNotFound, ArgumentsRefused) as refused:
            raise StepFailed(str(refused), kind=type(refused).__name__) from refused
        return await self.named(plugin).call(found.name, sent, current_step().key)

    async def close(self) -> None:
        await asyncio.gather(*(plugin.close() for plugin in self._by_name.values()))

    def _absence(self, name: str) -> str:
        known = f"configured: {', '.join(self.names)}" if self._by_name else "none is configured"
        return (
            f"no plugin {name!r}; {known}."
            f" To add it, write a section [{name}] with a url or a command into plugins.toml"
        )


def chosen(plugin: str, tool: str, tools: Mapping[str, Tool]) -> Tool:
    """Answer the tool called *tool*; raises ToolNotFound that lists those that exist.

    ``get_issue`` also finds ``get-issue``, which Python cannot spell as an attribute.
    """
    if tool in tools:
        return tools[tool]
    respelt = [found for name, found in tools.items() if re.sub(r"\W", "_", name) == tool]
    if len(respelt) == 1:
        return respelt[0]
    offered = ", ".join(sorted(tools)) or "none"
    raise ToolNotFound(f"{plugin} has no tool {tool!r}; it offers: {offered}")


def refuse_misfits(plugin: str, tool: Tool, arguments: Mapping[str, Any]) -> None:
    """Raise ArgumentsRefused if the tool's own schema does not accept *arguments*."""
    # Imported here: a seventh of a second that only a plugin call needs.
    from workflows.plugins.schemas import problems, signature  # noqa: PLC0415

    if found := problems(tool.input_schema, arguments):
        raise ArgumentsRefused(
            f"{plugin}.{tool.name} refuses these arguments: {'; '.join(found)}."
            f" It takes: {signature(tool.input_schema)}"
        )


def plain_arguments(plugin: str, tool: str, arguments: dict[str, Any]) -> dict[str, Any]:
    """Answer *arguments* as JSON types only; raises ArgumentsRefused for what is none."""
    try:
        sent: dict[str, Any] = plain(arguments)
    except NotSerializable as error:
        where = str(error).removeprefix("result")
        raise ArgumentsRefused(f"{plugin}.{tool}: arguments{where}") from error
    return sent
