"""The parts of a running workspace that acting in it needs, in one hand."""

from dataclasses import dataclass, field

from bot.sandbox.deliver import Courier
from bot.sandbox.responses import ResponseUrls
from bot.sandbox.sign_in.browser import Browser
from bot.sandbox.triggers import Triggers
from bot.sandbox.workspace import Workspace


@dataclass(frozen=True, kw_only=True)
class Switchboard:
    workspace: Workspace
    triggers: Triggers
    responses: ResponseUrls
    courier: Courier
    commands: tuple[str, ...]
    events: frozenset[str]
    browsers: list[Browser] = field(default_factory=list)  # closed when the sandbox stops
