"""The HTTP API: runs, events and jobs, for other programs and for the command line."""

import secrets
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from functools import partial
from http import HTTPStatus

from aiohttp import web
from pydantic import BaseModel

from bot.access import Caller, Scope
from bot.web import bodies, refusals, shapes
from bot.web.admission import Admission, idempotency_key, not_allowed, read, read_if_any
from bot.web.cursors import Cursors
from bot.web.problems import Problem, invalid, too_large
from workflows.approvals.gate import Person
from workflows.approvals.gates import Gates
from workflows.clock import Clock
from workflows.engine.base import Done, Engine, NotCancelled, NotDone, NotRetried, RunView, Start
from workflows.errors import InputRefused, JobNotFound, KeyReused
from workflows.event import Accepted, Declined, Delivery, Receipt, Refused
from workflows.ids import is_run_id
from workflows.plain import dumps
from workflows.registry import Registry

LARGEST_PAYLOAD = 64 * 1024  # bytes of JSON
FORCED = frozenset({"", "true", "1"})


@dataclass(frozen=True)
class Api:
    """Everything under `/jobs` and `/runs`."""

    admission: Admission
    cursors: Cursors
    engine: Engine
    gates: Gates
    registry: Registry
    clock: Clock

    def routes(self) -> Iterable[web.RouteDef]:
        """Answer the routes."""
        return [
            web.get("/jobs", self.jobs),
            web.post("/runs", self.start),
            web.get("/runs", self.runs),
            web.get("/runs/{run_id}", self.run),
            web.post("/runs/{run_id}/events", self.deliver),
            web.post("/runs/{run_id}/cancel", self.cancel),
            web.post("/runs/{run_id}/retry", self.retry),
        ]

    async def jobs(self, request: web.Request) -> web.Response:
        """`GET /jobs`: those the caller may run."""
        caller = await self.admission.admit(request, Scope.RUNS_READ)
        now = self.clock.now()
        found = [bodies.job(job, now) for job in self.registry if caller.sees(job.name)]
        return answer(shapes.Jobs(items=found))

    async def start(self, request: web.Request) -> web.Response:
        """`POST /runs`: 201, or 200 with the run that the same key started."""
        caller = await self.admission.admit(request, Scope.RUNS_WRITE)
        asked = await read(request, shapes.StartRun)
        if not caller.sees(asked.job):
            raise self._unknown_job(caller)
        start = Start(
            job=asked.job,
            arguments=asked.input,
            requested_by=caller.actor,
            via=caller.via,
            scope=caller.actor,
            key=asked.idempotency_key,
        )
        try:
            started = await self.engine.start(start)
        except JobNotFound:
            raise self._unknown_job(caller) from None
        except InputRefused as error:
            raise invalid("the input does not fit the job", _within(error.problems)) from None
        except KeyReused as error:
            raise Problem(HTTPStatus.CONFLICT, "key_reused", str(error)) from None
        status = HTTPStatus.OK if started.repeated else HTTPStatus.CREATED
        location = {"Location": f"/runs/{started.run_id}"}
        return await self._shown(started.run_id, status, location)

    async def runs(self, request: web.Request) -> web.Response:
        """`GET /runs`: a page, newest first."""
        caller = await self.admission.admit(request, Scope.RUNS_READ)
        question = self.cursors.question(list(request.query.items()))
        if question.job is not None and not caller.sees(question.job):
            return answer(shapes.Runs(items=[], next=None))
        found = await self.engine.list(
            status=question.status,
            job=question.job or caller.job,
            before=question.before,
            limit=question.limit + 1,
        )
        page = found[: question.limit]
        after = self.cursors.after(question, page[-1].id) if len(found) > len(page) else None
        return answer(shapes.Runs(items=[bodies.listed(run) for run in page], next=after))

    async def run(self, request: web.Request) -> web.Response:
        """`GET /runs/{id}`."""
        caller = await self.admission.admit(request, Scope.RUNS_READ)
        return answer(bodies.run(await self.visible(request, caller)))

    async def deliver(self, request: web.Request) -> web.Response:
        """`POST /runs/{id}/events`: 202, or 200 with the first answer for a repeated key."""
        caller = await self.admission.admit(request, Scope.EVENTS_WRITE)
        return await self.sent(request, caller, partial(self._handed_over, caller))

    async def sent(
        self,
        request: web.Request,
        caller: Caller,
        hand_over: Callable[[Delivery], Awaitable[Receipt]],
    ) -> web.Response:
        """Hand the event in a request to the run in its path; answers as `deliver` does."""
        key = idempotency_key(request) or secrets.token_hex(16)
        asked = await read(request, shapes.SendEvent)
        payload = asked.payload.model_dump()
        if len(dumps(payload).encode()) > LARGEST_PAYLOAD:
            raise too_large(f"the payload is larger than {LARGEST_PAYLOAD // 1024} KiB")
        run_id = await self._addressed(request, caller)
        delivery = Delivery(
            run_id=run_id,
            name=asked.name,
            kind=asked.payload.kind,
            actor=caller.actor,
            via=caller.via,
            scope=caller.actor,
            key=key,
            payload=payload,
            must_be_open=asked.must_be_open,
        )
        receipt = await hand_over(delivery)
        if isinstance(receipt, Refused):
            raise self._declined(request, caller, receipt)
        return _received(receipt, key)

    async def cancel(self, request: web.Request) -> web.Response:
        """`POST /runs/{id}/cancel`: 202 with the run as it is now."""
        caller = await self.admission.admit(request, Scope.RUNS_WRITE)
        asked = await read_if_any(request, shapes.CancelRun)
        force = asked.force or _force(request)
        run_id = await self._addressed(request, caller)
        done = await self.engine.cancel(run_id, by=caller.actor, via=caller.via, force=force)
        if isinstance(done, NotCancelled):
            raise refusals.of_cancel(done)
        return await self._changed(request, caller, run_id, done)

    async def retry(self, request: web.Request) -> web.Response:
        """`POST /runs/{id}/retry`: 202 with the run as it is now."""
        caller = await self.admission.admit(request, Scope.RUNS_WRITE)
        asked = await read_if_any(request, shapes.RetryRun)
        run_id = await self._addressed(request, caller)
        check_word(caller, asked)
        done = await self.engine.retry(run_id, by=caller.actor, via=caller.via, how=asked.said())
        if isinstance(done, NotRetried):
            raise refusals.of_retry(done)
        return await self._changed(request, caller, run_id, done)

    async def visible(self, request: web.Request, caller: Caller) -> RunView:
        """Answer the run that the path names. Raises Problem (404), the same for all there is."""
        self.admission.may_look(request, caller)
        run_id = request.match_info["run_id"]
        found = await self.engine.get(run_id) if is_run_id(run_id) else None
        if found is None or not caller.sees(found.job):
            raise self.admission.missed(request, caller)
        return found

    async def _addressed(self, request: web.Request, caller: Caller) -> str:
        """Answer the id in the path; that the run exists is seen when it is written to."""
        if caller.job is not None:
            return (await self.visible(request, caller)).id
        self.admission.may_look(request, caller)
        run_id = request.match_info["run_id"]
        if not is_run_id(run_id):
            raise self.admission.missed(request, caller)
        return run_id

    async def _handed_over(self, caller: Caller, delivery: Delivery) -> Receipt:
        """Hand an event to its run: as a vote, where the caller may cast one at all."""
        if not caller.may(Scope.DECISIONS_WRITE):
            return await self.engine.send(delivery)
        as_person = Person.operator if caller.is_operator else Person.token
        return await self.gates.deliver(delivery, as_person(caller.name))

    def _declined(self, request: web.Request, caller: Caller, refused: Refused) -> Problem:
        """Answer a refusal; that there was one is on record where it was judged."""
        if refused.code is Declined.UNKNOWN_RUN:
            return self.admission.missed(request, caller)
        return refusals.of_event(refused)

    async def _changed(
        self, request: web.Request, caller: Caller, run_id: str, done: Done | NotDone
    ) -> web.Response:
        if done is NotDone.UNKNOWN_RUN:
            raise self.admission.missed(request, caller)
        if isinstance(done, NotDone) and (found := refusals.of_run(done)):
            raise found
        return await self._shown(run_id, HTTPStatus.ACCEPTED)

    async def _shown(
        self, run_id: str, status: HTTPStatus, headers: dict[str, str] | None = None
    ) -> web.Response:
        found = await self.engine.get(run_id)
        if found is None:  # deleted in between
            raise refusals.of_event(Refused(Declined.UNKNOWN_RUN))
        return answer(bodies.run(found), status, headers)

    def _unknown_job(self, caller: Caller) -> Problem:
        known = [name for name in self.registry.names() if caller.sees(name)]
        return Problem(
            HTTPStatus.NOT_FOUND,
            "unknown_job",
            f"there is no such job; known: {', '.join(known) or 'none'}",
        )


def answer(
    body: BaseModel, status: HTTPStatus = HTTPStatus.OK, headers: dict[str, str] | None = None
) -> web.Response:
    """Answer a body as JSON."""
    return web.Response(
        body=body.model_dump_json().encode(),
        status=status.value,
        headers={"Content-Type": "application/json", **(headers or {})},
    )


def check_word(caller: Caller, asked: shapes.RetryRun) -> None:
    """Refuse what is not this caller's to say with a retry. Raises Problem (403)."""
    if asked.answers_stand and not caller.is_operator:
        raise not_allowed("that an answer stands for another question is for the operator to say")
    if asked.happened is not None and not caller.may(Scope.DECISIONS_WRITE):
        raise not_allowed(
            f"whether a step happened: this token lacks the scope {Scope.DECISIONS_WRITE.value}"
        )


def _received(receipt: Accepted, key: str) -> web.Response:
    body = shapes.Receipt.model_validate(receipt)
    status = HTTPStatus.OK if receipt.repeated else HTTPStatus.ACCEPTED
    return answer(body, status, {"Idempotency-Key": key})


def _force(request: web.Request) -> bool:
    """Whether the query says ``force``. Raises Problem (422) where it says something else."""
    given = request.query.getall("force", [])
    if any(value not in FORCED for value in given):
        raise invalid("the query does not fit", {"force": "write ?force, or leave it out"})
    return bool(given)


def _within(problems: dict[str, str]) -> dict[str, str]:
    return {f"input.{field}" if field else "input": what for field, what in problems.items()}
