"""Links: where a browser shows a request or a run, and where Slack shows a card."""

import asyncio
from dataclasses import dataclass, field

from slack_sdk.web.async_client import AsyncWebClient

from bot.slack.private import UNREACHED
from workflows.approvals.gates import Gates
from workflows.approvals.view import GateView

MOST_KEPT = 1_000
PATIENCE_S = 1.0  # a form has to be opened within three seconds of the press


@dataclass(frozen=True, slots=True)
class Pages:
    """Addresses of our pages. *url* is None where nobody can sign in: there are none to link to."""

    url: str | None

    def of_gate(self, gate: GateView) -> str | None:
        """Answer the page of a request, which shows all of it."""
        return f"{self.url}/run/{gate.run_id}/approve?gate={gate.id}" if self.url else None

    def of_run(self, run_id: str) -> str | None:
        """Answer the page of a run."""
        return f"{self.url}/run/{run_id}" if self.url else None


@dataclass
class Permalinks:
    """Addresses of cards in Slack. A message keeps its own, so each is asked for once."""

    client: AsyncWebClient
    gates: Gates
    _known: dict[str, str] = field(default_factory=dict)

    async def of_gate(self, gate: GateView) -> str | None:
        """Answer where a gate's card is; None: it is not posted yet, or Slack does not say."""
        if gate.id in self._known:
            return self._known[gate.id]
        place = await self.gates.posted_at(gate.id)
        if place is None:
            return None
        try:
            async with asyncio.timeout(PATIENCE_S):
                answer = await self.client.chat_getPermalink(channel=place[0], message_ts=place[1])
        except UNREACHED:
            return None  # What is shown is worth showing without it.
        if len(self._known) >= MOST_KEPT:
            self._known.clear()
        self._known[gate.id] = str(answer["permalink"])
        return self._known[gate.id]
