"""Commands: ``/harbor …``, parsed by a small grammar; what it does not know gets help."""

from collections.abc import Sequence
from dataclasses import dataclass

from slack_bolt.async_app import AsyncApp

from bot.slack.listeners import Ack, Body, guarded
from bot.slack.listeners.start import Desk as StartDesk
from bot.slack.people import LookupFailed
from bot.slack.services import Services
from bot.slack.views import commands as view
from bot.slack.views import text
from bot.slack.views.kit import Block, section
from workflows.approvals.gate import Person
from workflows.engine.base import Done, NotCancelled, NotDone, RunStatus
from workflows.ids import is_run_id

LONGEST_LIST = 1_000
LONGEST = 200  # characters of a command that are looked at
MOST_RUNS = 20
MEMBERS_ONLY = "Only full members of this workspace can do this."
LOOK_UP_AGAIN = "Slack could not tell us who you are just now. Please try again in a minute."


@dataclass(frozen=True, slots=True)
class Command:
    """What somebody typed: a verb, and what it is about."""

    verb: str
    subject: str = ""
    is_forced: bool = False


def parse(words: str) -> Command:
    """Read the text after ``/harbor``; what is not understood is ``help``."""
    match words[:LONGEST].split():
        case ["run"]:
            return Command("pick")
        case ["run", job]:
            return Command("run", job)
        case ["runs" | "inbox" as verb]:
            return Command(verb)
        case ["status" | "cancel" as verb, run] if is_run_id(run.lower()):
            return Command(verb, run.lower())
        case ["cancel", run, "force"] if is_run_id(run.lower()):
            return Command("cancel", run.lower(), is_forced=True)
        case _:
            return Command("help")


def register(app: AsyncApp, services: Services) -> None:
    """Listen to the slash command."""
    app.command("/harbor")(guarded(services.private, Desk(services).hear))


class Desk:
    """Carries commands out."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._start = StartDesk(services)

    async def hear(self, ack: Ack, body: Body) -> None:
        """Answer one command, to the person who typed it."""
        command = parse(str(body.get("text") or ""))
        if command.verb == "help":
            await _say(ack, view.help_text())
            return
        try:
            person = await self._services.people.person(body["user_id"], body.get("team_id"))
        except LookupFailed:
            await _say(ack, LOOK_UP_AGAIN)
            return
        if not person.is_active or not person.is_ours or person.is_bot:
            await _say(ack, MEMBERS_ONLY)
            return
        await self._carry_out(ack, body, command, person)

    async def _carry_out(self, ack: Ack, body: Body, command: Command, person: Person) -> None:
        match command.verb:
            case "pick":
                await self._start.pick(ack, body, person)
            case "run":
                await self._start.ask(ack, body, person, command.subject)
            case _ if person.is_guest:
                await _say(ack, MEMBERS_ONLY)
            case "runs":
                runs = await self._services.engine.list(requested_by=person.actor, limit=MOST_RUNS)
                titles = await self._services.gates.titles(run.id for run in runs)
                await _say(ack, *view.runs_list(runs, titles))
            case "inbox":
                await self._inbox(ack, person)
            case "status":
                await self._status(ack, command.subject)
            case "cancel":
                await self._cancel(ack, person, command.subject, force=command.is_forced)

    async def _inbox(self, ack: Ack, person: Person) -> None:
        waiting = await self._services.homes.waiting_for(person)
        await _say(
            ack, *view.inbox([asked.gate for asked in waiting], self._services.pages.of_gate)
        )

    async def _status(self, ack: Ack, run_id: str) -> None:
        run = await self._services.engine.get(run_id)
        if run is None:
            await _say(ack, "There is no such run.")
            return
        titles = await self._services.gates.titles([run.id])
        await _say(
            ack,
            *view.run_status(
                run, titles.get(run.id), self._services.registry.named_in(run.job, run.result)
            ),
        )

    async def _cancel(self, ack: Ack, person: Person, run_id: str, *, force: bool) -> None:
        run = await self._services.engine.get(run_id)
        if run is None:
            await _say(ack, "There is no such run.")
            return
        if run.requested_by != person.actor and not await self._is_admin(person):
            await _say(ack, "Only the person who asked for a run, or an admin, can cancel it.")
            return
        answer = await self._services.engine.cancel(
            run_id, by=person.actor, via="slack", force=force
        )
        again = f" To end it as it is: `/harbor cancel {run_id} force`"
        await _say(ack, cancelled(answer) + again * isinstance(answer, NotCancelled))

    async def _is_admin(self, person: Person) -> bool:
        try:
            return await self._services.people.is_admin(person.user)
        except LookupFailed:
            return False


def cancelled(answer: Done | NotDone | NotCancelled) -> str:
    """Say what asking for the end of a run did."""
    match answer:
        case Done(status=RunStatus.CANCELLED):
            return "The run is cancelled. Its closing steps did not run."
        case Done():
            return "The run is being cancelled. Its closing steps still run."
        case NotCancelled(done=done, undone=undone):
            return (
                "This run is blocked: its closing steps will not run. Done, and staying so:"
                f" {_listed(done)}. Not done: {_listed(undone)}."
            )
        case NotDone.ALREADY_ASKED:
            return "This run is being cancelled already."
        case NotDone.RUN_OVER:
            return "This run has ended already."
        case _:
            return "There is no such run."


def _listed(names: Sequence[str]) -> str:
    return text.inline(", ".join(names), LONGEST_LIST) if names else "nothing"


async def _say(ack: Ack, words: str, blocks: list[Block] | None = None) -> None:
    # The blocks carry the words: with `text` alone a screen reader would hear less than is shown.
    await ack(text=words, blocks=blocks or [section(words)], response_type="ephemeral")
