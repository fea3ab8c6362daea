"""Plugins made of plain functions, one per tool: nothing leaves the process, all is on record."""

import inspect
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import TypeAdapter

from workflows.plain import plain
from workflows.plugins.base import Tool
from workflows.results import standing_in
from workflows.step import Step, current_step

Tools = Mapping[str, Callable[..., Any]]


@dataclass(frozen=True, slots=True)
class Call:
    """One call of a tool, as the other side saw it; *key* is the same for every attempt at it."""

    plugin: str
    tool: str
    arguments: Mapping[str, Any]
    key: str
    attempt: int


class StubPlugin:
    """`Plugin` over functions: a tool takes the arguments that its function takes.

    What a function raises is what the other side did: `StepFailed` is final, anything else is
    tried again.
    """

    def __init__(self, name: str, tools: Tools, calls: list[Call]) -> None:
        self.name = name
        self._functions = tools
        self._tools = {tool: _described(tool, call) for tool, call in tools.items()}
        self._calls = calls

    async def tools(self) -> Mapping[str, Tool]:
        """See `Plugin.tools`."""
        return self._tools

    async def call(self, tool: str, arguments: dict[str, Any], key: str) -> Any:
        """See `Plugin.call`."""
        self._calls.append(Call(self.name, tool, arguments, key, current_step().attempt))
        return plain(await called(self._functions[tool], **arguments))

    async def close(self) -> None:
        """See `Plugin.close`: nothing is open."""


def post_message(channel: str, text: str) -> dict[str, str]:
    """Take the place of the built-in tool: a channel takes every message."""
    return {"channel": channel, "ts": "1772452800.000100"}


async def called(function: Callable[..., Any], *args: Any, **arguments: Any) -> Any:
    """Call a function, sync or async."""
    answer = function(*args, **arguments)
    return await answer if inspect.isawaitable(answer) else answer


class StubbedStep:
    """`Step` in which some step functions are replaced by others; every other verb is the real."""

    def __init__(self, step: Step, stubs: Mapping[Callable[..., Any], Callable[..., Any]]) -> None:
        self._step = step
        self._stubs = stubs

    def run(
        self, name: str, call: Callable[..., Any], *args: Any, **options: Any
    ) -> Coroutine[Any, Any, Any]:
        """See `Step.run`."""
        stub = self._stubs.get(call)
        chosen = call if stub is None else standing_in(_Stub(stub).stub, call)
        return self._step.run(name, chosen, *args, **options)

    def __getattr__(self, verb: str) -> Any:
        return getattr(self._step, verb)


@dataclass(frozen=True, slots=True)
class _Stub:
    """A function of a test, under the name of a method: a test's functions may be nested."""

    function: Callable[..., Any]

    async def stub(self, *args: Any) -> Any:
        return await called(self.function, *args)


def _described(name: str, function: Callable[..., Any]) -> Tool:
    # pydantic reads a function's parameters as a schema; its types speak of types only.
    schema = TypeAdapter(function).json_schema()  # type: ignore[arg-type]
    return Tool(name, inspect.getdoc(function) or "", schema)
