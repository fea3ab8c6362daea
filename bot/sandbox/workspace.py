"""Everything the workspace knows: people, places, messages, modals, issues.

Reading and writing is all it does; rules live in `api` and `blocks`. Every write ends in
`changed()`, which is how tests, the page and the state file hear of it.
"""

import secrets
from collections.abc import Callable
from dataclasses import replace

from bot.sandbox import people, places
from bot.sandbox.credentials import Credentials, random_id
from bot.sandbox.issues import Issue
from bot.sandbox.message import Message, Notice
from bot.sandbox.people import BOT_NAME, Group, Person
from bot.sandbox.places import Channel
from bot.sandbox.sign_in.keys import SigningKey
from bot.sandbox.view import View
from bot.sandbox.wire import Json

PRIVATE_KEPT = 200  # ephemerals and notices per person: they are not history, in Slack either


class Workspace:
    def __init__(self, credentials: Credentials, now: Callable[[], float]) -> None:
        self.credentials = credentials
        self.now = now
        self.url = ""  # the server's own address, known once it listens
        self.people = {each.id: each for each in people.cast(credentials)}
        self.groups = {each.id: each for each in people.groups()}
        self.channels = {each.id: each for each in places.channels()}
        self.messages: dict[str, dict[str, Message]] = {}
        self.ephemerals: dict[str, list[Message]] = {}
        self.notices: dict[str, list[Notice]] = {}
        self.modals: dict[str, list[View]] = {}
        self.homes: dict[str, View] = {}
        self.issues: list[Issue] = []
        self.signing_keys: list[SigningKey] = []  # the newest, which signs, comes last
        self.version = 0
        self.listeners: list[Callable[[], None]] = []
        self.last_ts = 0  # microseconds

    def changed(self) -> None:
        self.version += 1
        for listener in list(self.listeners):
            listener()

    @property
    def bot(self) -> Person:
        return self.people[people.id_of("U", BOT_NAME)]

    def next_ts(self) -> str:
        """Make a `ts`: now, but never the same twice, and never going back with the clock."""
        self.last_ts = max(self.last_ts + 1, int(self.now() * 1_000_000))
        return f"{self.last_ts // 1_000_000}.{self.last_ts % 1_000_000:06d}"

    # --- people and places

    def person(self, reference: str) -> Person | None:
        """Find a person by id or by name."""
        by_name = people.id_of("U", reference.removeprefix("@"))
        return self.people.get(reference) or self.people.get(by_name)

    def channel(self, reference: str) -> Channel | None:
        """Find a channel by id, `#name` or name."""
        name = reference.removeprefix("#")
        named = (each for each in self.channels.values() if each.name == name and name)
        return self.channels.get(reference) or next(named, None)

    def direct_message(self, user_id: str) -> Channel:
        """Find or open the conversation between a person and the bot."""
        fresh = places.direct_message(user_id, self.bot.id)
        if fresh.id not in self.channels:
            self.put_channel(fresh)
        return self.channels[fresh.id]

    def put_person(self, person: Person) -> None:
        self.people[person.id] = replace(person, updated=int(self.now()))
        self.changed()

    def put_channel(self, channel: Channel) -> None:
        self.channels[channel.id] = channel
        self.changed()

    def put_group(self, group: Group) -> None:
        self.groups[group.id] = group
        self.changed()

    # --- messages

    def put_message(self, message: Message) -> None:
        self.messages.setdefault(message.channel, {})[message.ts] = message
        self.changed()

    def drop_message(self, message: Message) -> None:
        self.messages.get(message.channel, {}).pop(message.ts, None)
        self.changed()

    def message(self, channel: str, ts: str) -> Message | None:
        return self.messages.get(channel, {}).get(ts)

    def history(self, channel: str) -> list[Message]:
        """List what stands in the channel itself, oldest first; replies stand in their threads."""
        return [each for each in self.everything(channel) if not each.is_reply]

    def thread(self, channel: str, parent_ts: str) -> list[Message]:
        return [
            each
            for each in self.everything(channel)
            if each.is_reply and each.thread_ts == parent_ts
        ]

    def everything(self, channel: str) -> list[Message]:
        """List all messages of a channel, replies included, oldest first."""
        messages = self.messages.get(channel, {})
        return [messages[ts] for ts in sorted(messages)]

    def whisper(self, user_id: str, message: Message) -> None:
        """Show a message to one person; one with the same ts is replaced."""
        kept = [each for each in self.ephemerals.get(user_id, []) if each.ts != message.ts]
        self.ephemerals[user_id] = [*kept, message][-PRIVATE_KEPT:]
        self.changed()

    def hush(self, user_id: str, ts: str) -> None:
        kept = [each for each in self.ephemerals.get(user_id, []) if each.ts != ts]
        self.ephemerals[user_id] = kept
        self.changed()

    def notify(self, user_id: str, text: str, channel: str | None = None) -> None:
        notice = Notice(text=text, ts=self.next_ts(), channel=channel)
        self.notices[user_id] = [*self.notices.get(user_id, []), notice][-PRIVATE_KEPT:]
        self.changed()

    # --- modals and Home tabs

    def new_view_id(self) -> str:
        return random_id("V", 10)

    def new_view_hash(self) -> str:
        return f"{int(self.now())}.{secrets.token_hex(4)}"

    def stack(self, user_id: str) -> list[View]:
        return list(self.modals.get(user_id, []))

    def put_stack(self, user_id: str, views: list[View]) -> None:
        self.modals[user_id] = views
        self.changed()

    def put_home(self, user_id: str, view: View) -> None:
        self.homes[user_id] = view
        self.changed()

    def put_issue(self, issue: Issue) -> None:
        self.issues.append(issue)
        self.changed()

    def put_signing_keys(self, keys: list[SigningKey]) -> None:
        self.signing_keys = keys
        self.changed()

    def team(self) -> Json:
        return {"id": self.credentials.team_id, "domain": people.TEAM_DOMAIN}
