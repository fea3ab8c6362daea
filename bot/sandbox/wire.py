"""JSON as it crosses the wire: Slack's payloads have no schema of their own, so they stay plain."""

from typing import Any, TypeAlias

# Any: a JSON object of Slack's may hold anything, and the bot under test decides what.
Json: TypeAlias = dict[str, Any]
