"""Start: pick a job, fill in its form page by page, and a run exists."""

from dataclasses import dataclass
from typing import Any

from slack_bolt.async_app import AsyncApp

from bot.slack.drafts import Draft
from bot.slack.listeners import Ack, Body, guarded
from bot.slack.people import LookupFailed
from bot.slack.private import Said
from bot.slack.services import Services
from bot.slack.views import inputs, modals, text
from bot.slack.views.form import FieldErrors, Form, FormRefused, form
from bot.slack.views.kit import Block
from workflows.approvals.gate import Person
from workflows.engine.base import Start
from workflows.errors import InputRefused, JobNotFound, KeyReused
from workflows.registry import Job

MEMBERS_ONLY = "Only full members of this workspace can start this job."
LOOK_UP_AGAIN = "Slack could not tell us who you are just now. Please try again in a minute."
FORGOTTEN = "This form is too old, or somebody else's. Please begin again with `/harbor run`."
LONGEST_ERROR = 150  # characters under a field


@dataclass(frozen=True, slots=True)
class Asked:
    """A job that somebody may start, and its form."""

    job: Job
    form: Form

    def page(self, nth: int, draft: str) -> Block:
        """Draw one page."""
        pages = self.form.pages
        return modals.run_form(
            self.job.name,
            self.job.description,
            pages[nth].blocks(),
            draft,
            page=nth + 1,
            pages=len(pages),
        )


def register(app: AsyncApp, services: Services) -> None:
    """Listen to the Run button of the Home tab, the menu of jobs, and the forms."""
    desk = Desk(services)
    app.action("run_job")(guarded(services.private, desk.press))
    app.action(inputs.ACTION)(guarded(services.private, _acknowledge))
    app.view("pick_job")(guarded(services.private, desk.picked))
    app.view("run")(guarded(services.private, desk.submit))


async def _acknowledge(ack: Ack, body: Body) -> None:
    """A choice in a form counts when the form is submitted."""
    await ack()


class Desk:
    """Asks for a job's input, and starts it."""

    def __init__(self, services: Services) -> None:
        self._services = services

    async def press(self, ack: Ack, body: Body) -> None:
        """Offer the jobs, from the Home tab."""
        person = await self._person(body)
        if isinstance(person, str):
            await ack()
            await self._services.private.tell(Said.of(body), person)
            return
        await self.pick(ack, body, person)

    async def pick(self, ack: Ack, body: Body, person: Person) -> None:
        """Open the menu of the jobs that *person* may start."""
        await ack()
        lines = [
            modals.JobLine(job.name, job.description)
            for job in self._services.registry
            if may_start(person, job)
        ]
        await self._services.private.ask(Said.of(body), modals.pick_job(lines))

    async def ask(self, ack: Ack, body: Body, person: Person, name: str) -> None:
        """Open a job's form, for somebody who typed its name."""
        found = self._found(person, name)
        await ack()
        if isinstance(found, str):
            await self._services.private.tell(Said.of(body), text.escape(found))
            return
        draft = await self._services.drafts.begin(person.actor, found.job.name)
        await self._services.private.ask(Said.of(body), found.page(0, draft))

    async def picked(self, ack: Ack, body: Body) -> None:
        """Go on from the menu to the chosen job's form, in the same modal."""
        chosen = body["view"]["state"]["values"].get(modals.JOB, {}).get(inputs.ACTION, {})
        name = str((chosen.get("selected_option") or {}).get("value") or "")
        person = await self._person(body)
        found = person if isinstance(person, str) else self._found(person, name)
        if isinstance(found, str) or isinstance(person, str):
            await _refuse(ack, text.escape(str(found)))
            return
        draft = await self._services.drafts.begin(person.actor, found.job.name)
        await ack(response_action="update", view=found.page(0, draft))

    async def submit(self, ack: Ack, body: Body) -> None:
        """Go to the next page, start the run, or say under each field what is wrong with it."""
        begun = await self._begun(body)
        if isinstance(begun, str):
            await _refuse(ack, text.escape(begun))
            return
        asked, draft = begun
        pages = asked.form.pages
        page = pages[min(draft.page, len(pages) - 1)]
        values = body["view"].get("state", {}).get("values", {})
        is_last = draft.page >= len(pages) - 1
        read = page.read if is_last else page.read_page
        arguments = read(values, draft.arguments)
        if isinstance(arguments, FieldErrors):
            await _object(ack, page, arguments.errors)
        elif is_last:
            await self._start(ack, asked, page, draft, arguments)
        else:
            await self._services.drafts.turn(draft, arguments)
            await ack(response_action="update", view=asked.page(draft.page + 1, draft.id))

    async def _start(
        self, ack: Ack, asked: Asked, page: Form, draft: Draft, arguments: dict[str, Any]
    ) -> None:
        start = Start(
            job=asked.job.name,
            arguments=arguments,
            requested_by=draft.person,
            via="slack",
            # A form is one run, however often its submission arrives.
            scope="slack-form",
            key=draft.id,
        )
        try:
            started = await self._services.engine.start(start)
        except InputRefused as error:
            await _object(ack, page, _under(page, error))
            return
        except KeyReused:
            # The form had been submitted before, and was changed since.
            words = "This form has been submitted already. `/harbor runs` shows its run."
            await ack(response_action="update", view=modals.notice("Started", words))
            return
        words = modals.started(started.run_id, asked.job.name)
        await ack(response_action="update", view=modals.notice("Started", words))

    async def _begun(self, body: Body) -> tuple[Asked, Draft] | str:
        """Answer the form that was submitted, or why it cannot be taken."""
        person = await self._person(body)
        if isinstance(person, str):
            return person
        carried = str(body["view"].get("private_metadata") or "")
        draft = await self._services.drafts.get(carried, person.actor)
        if draft is None:
            return FORGOTTEN
        found = self._found(person, draft.job)
        return found if isinstance(found, str) else (found, draft)

    async def _person(self, body: Body) -> Person | str:
        """Answer who it is, or why nothing can be started."""
        try:
            return await self._services.people.person(
                body["user"]["id"], body["user"].get("team_id")
            )
        except LookupFailed:
            return LOOK_UP_AGAIN

    def _found(self, person: Person, name: str) -> Asked | str:
        """Answer the job and its form, or why this person cannot start it here."""
        try:
            job = self._services.registry.get(name)
            asked = Asked(job, form(job.model))
        except JobNotFound as error:
            return str(error)
        except FormRefused as error:
            return f"{name} cannot be started from Slack: {error}"
        return asked if may_start(person, job) else MEMBERS_ONLY


async def _refuse(ack: Ack, words: str) -> None:
    await ack(response_action="update", view=modals.notice("Not started", words))


async def _object(ack: Ack, asked: Form, errors: dict[str, str]) -> None:
    """Say what is wrong under the fields; a form without any says it in its place."""
    if asked.fields:
        await ack(response_action="errors", errors=errors)
    else:
        await _refuse(ack, "; ".join(errors.values()))


def _under(page: Form, error: InputRefused) -> dict[str, str]:
    """Answer what is refused, each under its field, or under the first where that is not here."""
    names = [field.name for field in page.fields] or [""]
    under: dict[str, str] = {}
    for place, words in error.problems.items():
        name = place.partition(".")[0].partition("[")[0]
        under.setdefault(name if name in names else names[0], words[:LONGEST_ERROR])
    return under


def may_start(person: Person, job: Job) -> bool:
    """Whether *person* may start *job*: it takes a full member, unless the job says otherwise."""
    standing = person.is_ours and person.is_active and not person.is_bot
    return standing and (job.guests_may_start or not person.is_guest)
