"""Services: what the listeners are given, built once in `bot.app`."""

from dataclasses import dataclass

from slack_sdk.web.async_client import AsyncWebClient

from bot.slack.drafts import Drafts
from bot.slack.home import Homes
from bot.slack.links import Pages, Permalinks
from bot.slack.people import People
from bot.slack.private import Private
from workflows.approvals.gates import Gates
from workflows.engine.base import Engine
from workflows.registry import Registry


@dataclass(frozen=True)
class Services:
    """Everything behind the Slack door."""

    client: AsyncWebClient
    people: People
    private: Private
    gates: Gates
    engine: Engine
    registry: Registry
    homes: Homes
    pages: Pages
    permalinks: Permalinks
    drafts: Drafts
