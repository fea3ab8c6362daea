"""What Slack says to an app: the fields of each kind of delivery, as docs.slack.dev shows them."""

from dataclasses import dataclass

from bot.sandbox import modals, people
from bot.sandbox.credentials import random_id
from bot.sandbox.message import Message
from bot.sandbox.people import Person
from bot.sandbox.places import Channel
from bot.sandbox.view import View
from bot.sandbox.wire import Json
from bot.sandbox.workspace import Workspace

# The deprecated "verification token": present in every payload, and proof of nothing.
VERIFICATION_TOKEN = "sandbox-verification-token"  # noqa: S105  # it is public


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where somebody clicked: in a message, or in a view."""

    message: Message | None = None
    channel: Channel | None = None
    view: View | None = None

    @property
    def blocks(self) -> list[Json]:
        surface = self.message or self.view
        return surface.blocks if surface else []

    @property
    def channel_id(self) -> str | None:
        return self.channel.id if self.channel else None


def command(
    workspace: Workspace, person: Person, channel: Channel, name: str, text: str
) -> dict[str, str]:
    return {
        "token": VERIFICATION_TOKEN,
        "team_id": workspace.credentials.team_id,
        "team_domain": people.TEAM_DOMAIN,
        "channel_id": channel.id,
        "channel_name": _channel_name(channel),
        "user_id": person.id,
        "user_name": person.name,
        "command": name,
        "text": text,
        "api_app_id": workspace.credentials.app_id,
        "is_enterprise_install": "false",
    }


def _channel_name(channel: Channel) -> str:
    return "directmessage" if channel.is_im else channel.name


def _common(workspace: Workspace, person: Person, kind: str) -> Json:
    return {
        "type": kind,
        "team": workspace.team(),
        "user": {
            "id": person.id,
            "username": person.name,
            "name": person.name,
            "team_id": person.team_id,
        },
        "api_app_id": workspace.credentials.app_id,
        "token": VERIFICATION_TOKEN,
        "enterprise": None,
        "is_enterprise_install": False,
    }


def interaction(
    workspace: Workspace, person: Person, kind: str, place: Place, values: Json
) -> Json:
    """Say who did something and where; what they did is for the caller to add."""
    payload = _common(workspace, person, kind)
    if place.view is not None:
        drawn = modals.as_slack(workspace, place.view, values)
        return payload | {
            "container": {"type": "view", "view_id": place.view.id},
            "view": drawn,
        }
    return payload | _in_message(place, values)


def _in_message(place: Place, values: Json) -> Json:
    message, channel = place.message, place.channel
    if message is None or channel is None:
        raise ValueError("a click happens in a message of a channel, or in a view")
    container: Json = {
        "type": "message",
        "message_ts": message.ts,
        "channel_id": channel.id,
        "is_ephemeral": message.is_ephemeral,
    }
    if message.thread_ts:
        container["thread_ts"] = message.thread_ts
    found: Json = {
        "container": container,
        "channel": {"id": channel.id, "name": _channel_name(channel)},
        "state": {"values": values},
    }
    # Slack keeps no copy of an ephemeral message, so its payload carries none.
    return found if message.is_ephemeral else found | {"message": message.as_slack()}


def submission(workspace: Workspace, person: Person, view: View, values: Json) -> Json:
    return _common(workspace, person, "view_submission") | {
        "view": modals.as_slack(workspace, view, values),
        "response_urls": [],
    }


def closed(workspace: Workspace, person: Person, view: View, *, is_cleared: bool) -> Json:
    return _common(workspace, person, "view_closed") | {
        "view": modals.as_slack(workspace, view),
        "is_cleared": is_cleared,
    }


def event(workspace: Workspace, event: Json) -> Json:
    """Put an event into the envelope of the Events API."""
    team_id = workspace.credentials.team_id
    authorization = {
        "enterprise_id": None,
        "team_id": team_id,
        "user_id": workspace.bot.id,
        "is_bot": True,
        "is_enterprise_install": False,
    }
    return {
        "token": VERIFICATION_TOKEN,
        "team_id": team_id,
        "api_app_id": workspace.credentials.app_id,
        "event": event,
        "type": "event_callback",
        "event_id": random_id("Ev"),
        "event_time": int(workspace.now()),
        "authorizations": [authorization],
        "is_ext_shared_channel": False,
    }


def home_opened(workspace: Workspace, person: Person, tab: str) -> Json:
    home = workspace.homes.get(person.id)
    event: Json = {
        "type": "app_home_opened",
        "user": person.id,
        "channel": workspace.direct_message(person.id).id,
        "tab": tab,
        "event_ts": workspace.next_ts(),
    }
    if home is not None and tab == "home":
        event["view"] = modals.as_slack(workspace, home)
    return event
