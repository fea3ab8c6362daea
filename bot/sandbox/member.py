"""Acting as a person: commands, clicks, forms, and what the person then sees."""

from typing import Any

from bot.sandbox import fields, filling, finding, interactions, payloads, replies
from bot.sandbox.deliver import Delivered, Delivery, Kind
from bot.sandbox.mentions import escaped
from bot.sandbox.message import Message
from bot.sandbox.payloads import Place
from bot.sandbox.people import Person
from bot.sandbox.places import Channel
from bot.sandbox.refusal import NothingThere
from bot.sandbox.responses import Origin
from bot.sandbox.sign_in.browser import Browser
from bot.sandbox.sign_in.consent import PATH as AUTHORIZE_PATH
from bot.sandbox.switchboard import Switchboard
from bot.sandbox.view import View
from bot.sandbox.wire import Json

DEFAULT_CHANNEL = "#approvals"


class Member:
    """A person of the workspace. Nothing is checked that only a client would check: a test may
    let somebody click who, in Slack, could no longer see the button.
    """

    def __init__(self, board: Switchboard, user_id: str) -> None:
        self.id = user_id
        self._board = board
        self._workspace = board.workspace

    # --- what the person sees

    @property
    def person(self) -> Person:
        return self._workspace.people[self.id]

    @property
    def name(self) -> str:
        return self.person.name

    @property
    def dm(self) -> str:
        """The id of the direct message with the bot."""
        return self._workspace.direct_message(self.id).id

    @property
    def view(self) -> View | None:
        stack = self.views
        return stack[-1] if stack else None

    @property
    def views(self) -> list[View]:
        return self._workspace.stack(self.id)

    @property
    def view_errors(self) -> dict[str, str]:
        return dict(self.view.errors) if self.view else {}

    @property
    def home(self) -> View | None:
        return self._workspace.homes.get(self.id)

    @property
    def ephemerals(self) -> list[Message]:
        return list(self._workspace.ephemerals.get(self.id, []))

    @property
    def notices(self) -> list[str]:
        return [each.text for each in self._workspace.notices.get(self.id, [])]

    def history(self, channel: str) -> list[Message]:
        """Everything said in a channel, replies included, oldest first."""
        return self._workspace.everything(self._channel(channel).id)

    # --- commands and messages

    async def command(self, line: str, channel: str = DEFAULT_CHANNEL) -> Delivered:
        """Type a slash command; the answer in its acknowledgement becomes an ephemeral."""
        name, _, text = line.strip().partition(" ")
        place = self._channel(channel)
        if not self._has_command(name):
            self._workspace.notify(self.id, f"{name} is not a valid command.", place.id)
            return Delivered(status=None, error="unknown_command")
        origin = Origin(user_id=self.id, channel=place.id)
        text = escaped(self._workspace, text.strip())
        payload = payloads.command(self._workspace, self.person, place, name, text) | {
            "trigger_id": self._board.triggers.make(self.id),
            "response_url": self._board.responses.make(origin),
        }
        delivery = Delivery(kind=Kind.COMMAND, payload=payload)
        delivered = await interactions.send(self._board, self.person, delivery, name, place.id)
        replies.after_command(self._workspace, origin, delivered)
        return delivered

    def _has_command(self, name: str) -> bool:
        # Slack Connect shares messages and their buttons, but no slash commands.
        is_external = self.person.is_external_to(self._workspace.credentials.team_id)
        return name in self._board.commands and not is_external

    async def say(self, channel: str, text: str, thread: Message | None = None) -> Message:
        """Write an ordinary message."""
        message = Message(
            channel=self._channel(channel).id,
            ts=self._workspace.next_ts(),
            user=self.id,
            text=escaped(self._workspace, text),
            thread_ts=(thread.thread_ts or thread.ts) if thread else None,
            team=self.person.team_id,
        )
        self._workspace.put_message(message)
        return message

    # --- clicks

    # Any, here and below: a plain value, as fields.chosen() takes it.
    async def click(
        self, message: Message, action_id: str, value: Any = None, *, block: str | None = None
    ) -> Delivered:
        """Use a button or menu of a message, as this person saw it, current or not.

        *value* picks from a menu; for a button it replaces the value that the bot gave it, and
        *block* the id of its block: Slack does not promise that neither is forged.
        """
        place = Place(message=message, channel=self._channel(message.channel))
        return await self._use(place, action_id, value, block)

    async def click_home(
        self, action_id: str, value: Any = None, *, block: str | None = None
    ) -> Delivered:
        """Use a button or menu of the Home tab; Slack sends no response_url with it."""
        if self.home is None:
            raise NothingThere(f"{self.name} has no Home tab yet: open_home() first")
        return await self._use(Place(view=self.home), action_id, value, block)

    async def click_view(
        self, action_id: str, value: Any = None, *, block: str | None = None
    ) -> Delivered:
        """Use a button or menu of the open modal."""
        return await self._use(Place(view=self._open_view()), action_id, value, block)

    async def _use(self, place: Place, action_id: str, value: Any, block: str | None) -> Delivered:
        return await interactions.use(self._board, self.person, place, action_id, value, block)

    # --- forms

    async def submit(self, values: Json | None = None, *, force: bool = False) -> Delivered:
        """Fill in the open modal (block id to plain value) and submit it.

        Fields not named keep what they began with. What Slack's client would refuse is not sent
        but shown in `view_errors`, unless *force*: a forged submission.
        """
        view = self._open_view()
        given = await interactions.given(self._board, self.person, view, values or {})
        state = fields.values_of(view.blocks, self._workspace, given)
        complaints = {} if force else filling.complaints(view.blocks, state)
        if complaints:
            replies.set_errors(self._workspace, self.person, view, complaints)
            return Delivered(status=None, error="not_sent")
        return await self.send_submission(view, state)

    async def send_submission(self, view: View, state: Json) -> Delivered:
        """Post a view_submission with exactly this view and this `state.values`."""
        return await interactions.submit(self._board, self.person, view, state)

    async def options(self, action_id: str, query: str = "") -> list[Json]:
        """Ask the bot what an external select of the open modal offers for *query*."""
        place = Place(view=self._open_view())
        found = interactions.find(place.blocks, action_id)
        return await interactions.suggest(self._board, self.person, place, found, query)

    async def close_modal(self, *, whole_stack: bool = False) -> Delivered | None:
        """Dismiss the open modal; the bot hears of it only where it asked to."""
        view = self._open_view()
        self._workspace.put_stack(self.id, [] if whole_stack else self.views[:-1])
        if not view.notify_on_close:
            return None
        payload = payloads.closed(self._workspace, self.person, view, is_cleared=whole_stack)
        delivery = Delivery(kind=Kind.INTERACTION, payload=payload)
        return await self._board.courier.once(delivery)

    # --- Home

    async def open_home(self, tab: str = "home") -> Delivered:
        event = payloads.home_opened(self._workspace, self.person, tab)
        return await self._board.courier.event(payloads.event(self._workspace, event))

    # --- a browser

    async def sign_in(self, start_url: str) -> Browser:
        """Go to an address of the bot in a fresh browser, and sign in as this person if asked to.

        Follows every redirect; `browser.page` is where that ended, whatever was found there.
        """
        browser = self.browser()
        await browser.get(start_url)
        if browser.page.url.startswith(self._workspace.url + AUTHORIZE_PATH):
            await self.consent(browser)
        return browser

    def browser(self) -> Browser:
        """Open a browser without any cookie."""
        browser = Browser()
        self._board.browsers.append(browser)
        return browser

    async def consent(self, browser: Browser, *, follow: bool = True) -> str:
        """Press this person's button on the consent page that *browser* shows.

        Answers where that sends the browser: the bot's callback with code and state. Unless
        *follow*, it is not gone there, so that a test may do so in another way.
        """
        form = browser.page.form(AUTHORIZE_PATH)
        values = form.fields | {"as": self.name}
        stopped = await browser.post(form.action, values, allow_redirects=False)
        target = stopped.headers.get("Location", "")
        if follow and target:
            await browser.get(target)
        return target

    # --- underneath

    def _channel(self, reference: str) -> Channel:
        return finding.channel(self._workspace, reference)

    def _open_view(self) -> View:
        if self.view is None:
            raise NothingThere(f"{self.name} has no modal open; notices: {self.notices}")
        return self.view
