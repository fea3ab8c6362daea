"""What a job sees as ``ctx.plugins``: attributes that turn a call into a durable step."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

from workflows.plugins.base import Plugins
from workflows.step import Retries, Verb

# Nearly nine minutes in all: a server that restarts or limits us is back by then.
PLUGIN_RETRIES = Retries(attempts=10, backoff="1s", longest="5m")


class Runs(Protocol):
    """The one durable verb that plugins need; any `workflows.step.Step` has it."""

    def run(
        self, name: str, call: Callable[..., Any], *args: Any, retries: Retries | None = None
    ) -> Verb[Any]:
        """Call a function durably."""
        ...


@dataclass(frozen=True, slots=True)
class ToolCall:
    """``ctx.plugins.<plugin>.<tool>``: call it with keyword arguments and await the result."""

    plugin: str
    tool: str
    _plugins: Plugins
    _step: Runs

    def __call__(self, /, **arguments: Any) -> Verb[Any]:
        return self._step.run(
            f"{self.plugin}.{self.tool}",
            self._plugins.call,
            self.plugin,
            self.tool,
            arguments,
            retries=PLUGIN_RETRIES,
        )

    def __repr__(self) -> str:
        return f"<tool {self.plugin}.{self.tool}>"


class PluginProxy:
    """``ctx.plugins.<name>``: every public attribute is a tool of the plugin.

    Subclasses give a plugin typed methods; see `typed`. One that answers what `run` does, and is
    not async itself, is missed like any verb where a job forgets to await it.
    """

    def __init__(self, name: str, plugins: Plugins, step: Runs) -> None:
        self._name = name
        self._plugins = plugins
        self._step = step

    def __getattr__(self, tool: str) -> ToolCall:
        _refuse_private(self, tool)
        return ToolCall(self._name, tool, self._plugins, self._step)

    def __repr__(self) -> str:
        return f"<plugin {self._name}>"


class JournaledPlugins:
    """``ctx.plugins``: every public attribute is a configured plugin."""

    def __init__(self, plugins: Plugins, step: Runs) -> None:
        self._plugins = plugins
        self._step = step

    def __getattr__(self, name: str) -> PluginProxy:
        _refuse_private(self, name)
        self._plugins.named(name)
        return _typed.get(name, PluginProxy)(name, self._plugins, self._step)

    def __dir__(self) -> list[str]:
        return sorted({*super().__dir__(), *self._plugins.names})

    def __repr__(self) -> str:
        return f"<plugins {', '.join(self._plugins.names) or '(none)'}>"


Proxy = TypeVar("Proxy", bound=PluginProxy)
_typed: dict[str, type[PluginProxy]] = {}


def typed(name: str) -> Callable[[type[Proxy]], type[Proxy]]:
    """Give the plugin called *name* the methods of the decorated PluginProxy."""

    def register(proxy: type[Proxy]) -> type[Proxy]:
        _typed[name] = proxy
        return proxy

    return register


def journaled(plugins: Plugins, step: Runs) -> JournaledPlugins:
    """Answer the object behind ``ctx.plugins``, whose calls are steps of *step*."""
    return JournaledPlugins(plugins, step)


def _refuse_private(owner: object, name: str) -> None:
    # Copying, pickling and inspection ask for such names; they must hear that there are none.
    if name.startswith("_"):
        raise AttributeError(f"{type(owner).__name__} has no attribute {name!r}")
