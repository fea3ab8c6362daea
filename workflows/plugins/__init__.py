"""The clients of outside systems, and the door through which a job calls them as durable steps."""

from workflows.plugins.base import Plugin, Plugins, PluginUnavailable, Tool
from workflows.plugins.config import PluginSettings, configured, read
from workflows.plugins.linear import Linear
from workflows.plugins.proxies import (
    PLUGIN_RETRIES,
    JournaledPlugins,
    PluginProxy,
    journaled,
    typed,
)

__all__ = [
    "PLUGIN_RETRIES",
    "JournaledPlugins",
    "Linear",
    "Plugin",
    "PluginProxy",
    "PluginSettings",
    "PluginUnavailable",
    "Plugins",
    "Tool",
    "configured",
    "journaled",
    "read",
    "typed",
]
