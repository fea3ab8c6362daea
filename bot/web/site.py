"""Site: what the pages stand on, put together once in `bot.app`."""

from dataclasses import dataclass
from functools import cached_property

from bot.sessions import Sessions
from bot.slack.identity import Identity
from bot.slack.people import People
from bot.web.csrf import Csrf
from bot.web.issuer import Issuer
from bot.web.limits import Limits
from bot.web.sessions import Desk
from workflows.approvals.gates import Gates
from workflows.clock import Clock
from workflows.engine.base import Engine
from workflows.registry import Registry


@dataclass(frozen=True)
class Site:
    """Everything behind the web door. *issuer* is None where Sign in with Slack is not set up.

    *public_url* is the origin under which browsers know us; *key* signs what they bring back.
    """

    public_url: str
    key: str
    clock: Clock
    identity: Identity
    people: People
    gates: Gates
    engine: Engine
    registry: Registry
    sessions: Sessions
    limits: Limits
    issuer: Issuer | None

    @property
    def is_secure(self) -> bool:
        """Whether browsers reach us over https; plain http is this machine's own."""
        return self.public_url.startswith("https:")

    @property
    def desk(self) -> Desk:
        """Where browsers are signed in and out."""
        return Desk(self.sessions, self.is_secure)

    @cached_property
    def csrf(self) -> Csrf:
        """What our forms are known by."""
        return Csrf(self.key, self.public_url)
