"""Context: what a job is given."""

import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar, overload

from pydantic import BaseModel

from workflows.actors import mention
from workflows.approvals.ask import ask
from workflows.approvals.gate import Decision, Expired, Policy
from workflows.delivering import Delivering, kind_of
from workflows.duration import Duration
from workflows.errors import StepMisused
from workflows.log import Log
from workflows.named import ids, of_actor
from workflows.plugins.base import Plugins
from workflows.plugins.proxies import journaled
from workflows.slack_ids import USER
from workflows.step import Step, Verb

Model = TypeVar("Model", bound=BaseModel)
Result_co = TypeVar("Result_co", covariant=True)


@dataclass(frozen=True, slots=True)
class RunInfo:
    """What a job may know of its own run; *requested_by* is an actor."""

    id: str
    job: str
    requested_by: str
    url: str

    @property
    def approve_url(self) -> str:
        """The page on which a signed-in member approves."""
        return f"{self.url}/approve"

    @property
    def reject_url(self) -> str:
        """The page on which a signed-in member rejects."""
        return f"{self.url}/reject"


class Runnable(Protocol[Model, Result_co]):
    """A job, as far as a job may know of another one: its input, and what it returns."""

    @property
    def name(self) -> str:
        """What it is registered as."""

    @property
    def model(self) -> type[Model]:
        """What its input is."""

    @property
    def function(self) -> "Callable[[Context, Model], Awaitable[Result_co]]":
        """What is run."""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What every context of a process shares: where its pages are, where it asks, its plugins."""

    public_url: str
    approvals_channel: str
    plugins: Plugins
    delivering: Delivering


class Context:
    """The durable verbs, the plugins and the approvals of one run."""

    def __init__(self, step: Step, run: RunInfo, surroundings: Surroundings) -> None:
        self.step = step
        self.run = run
        self.plugins = journaled(surroundings.plugins, step)
        self._channel = surroundings.approvals_channel
        self._delivering = surroundings.delivering
        self._given: object = None
        self._met: set[str] = set(of_actor(run.requested_by))

    def given(self, arguments: object) -> None:
        """Note what the job is given: whom its types name may be named in what it asks."""
        self._given = arguments

    def deliver(self, run_id: str, name: str, payload: Mapping[str, Any]) -> Verb[None]:
        """Hand an event to another run; *payload* has a ``kind``. A durable step.

        Raises StepFailed where it is declined; an approval declines every event.
        """
        return self.step.to_await("deliver", name, self._deliver(run_id, name, payload))

    @overload
    def run_job(
        self,
        job: Runnable[Model, Result_co],
        arguments: Model | Mapping[str, Any],
        *,
        timeout: Duration,
        name: str | None = None,
    ) -> Verb[Result_co]:
        """Start a run of another job, park until it has ended, and answer what it returned.

        *job* is the job or its name; *arguments* its input; *name* the journal key (default: the
        job's name). The run asks people on behalf of whoever asked for this one. It ends with
        it: when this run is cancelled, when nobody waits for the other any more, or when
        *timeout* has passed, that one is cancelled. Raises JobNotFound and InputRefused before
        anything is started, and ChildFailed.
        """

    @overload
    def run_job(
        self,
        job: str,
        arguments: BaseModel | Mapping[str, Any],
        *,
        timeout: Duration,
        name: str | None = None,
    ) -> Verb[Any]: ...

    def run_job(
        self,
        job: Runnable[Any, Any] | str,
        arguments: BaseModel | Mapping[str, Any],
        *,
        timeout: Duration,
        name: str | None = None,
    ) -> Verb[Any]:
        called = getattr(job, "name", job)
        work = self._run_job(called, arguments, timeout, name)
        return self.step.to_await("run_job", name or str(called), work)

    @property
    def log(self) -> Log:
        """Harbor's log: ``ctx.log.info("built", version="4.2.1")``, once, not at every pass."""
        return Log(self.step, self.run.id, self.run.job)

    def mention(self, who: str) -> str:
        """Answer somebody for a text: a person as a mention, a program or the operator by name.

        *who* is what a decision names, somebody's id, or ``ctx.run.requested_by``.
        """
        self._met |= ids(who) | of_actor(who)
        if re.fullmatch(USER, who):
            self._met.add(str.__str__(who))
        return mention(who)

    def patched(self, name: str) -> bool:
        """Whether this run takes the new way. Guard a change with it that parked runs would meet.

        False only in a run that had gone past this point before the change; the nth use of a
        name keeps its answer.
        """
        return self.step.patched(name)

    def approval(
        self,
        name: str,
        title: str,
        *,
        policy: Policy,
        timeout: Duration,
        show: BaseModel | Mapping[str, Any] | None = None,
        why: str | None = None,
        channel: str | None = None,
    ) -> Verb[Decision]:
        """Ask people, park until they have decided or *timeout* has passed, and answer which.

        *name* is the journal key and the label on the timeline; *title* the question; *show* is
        drawn as fields and its digest is what gets approved; *why* a sentence for those who
        decide; *channel* where the card goes (default: HARBOR_APPROVALS_CHANNEL). The answer is
        `Approved`, `Rejected` or `Expired`: `match` it.
        """
        work = self._asked(
            self.step,
            name,
            title,
            show=show,
            why=why,
            channel=channel,
            default_channel=self._channel,
            policy=policy,
            timeout=timeout,
            job=self.run.job,
            requested_by=self.run.requested_by,
        )
        return self.step.to_await("approval", name, work)

    async def _asked(self, step: Step, name: str, title: str, **asked: Any) -> Decision:
        known = frozenset(self._met) | ids(self._given)
        decision = await ask(step, name, title, known=known, **asked)
        if not isinstance(decision, Expired):
            self._met |= ids([decision.by, *(cast.person for cast in decision.votes)])
        return decision

    async def _deliver(self, run_id: str, name: str, payload: Mapping[str, Any]) -> None:
        given = dict(payload)
        await self.step.run(
            "deliver",
            self._delivering.deliver,
            run_id,
            name,
            kind_of(given),
            given,
            f"job:{self.run.id}",
        )

    async def _run_job(
        self,
        called: object,
        arguments: BaseModel | Mapping[str, Any],
        timeout: Duration,
        name: str | None,
    ) -> Any:
        if not isinstance(called, str):
            raise StepMisused(f"run_job(job={called!r:.80}, …) takes a job, or the name of one")
        if not isinstance(arguments, BaseModel | Mapping):
            raise StepMisused(
                f"run_job({called!r}, …) takes arguments= as a model or a mapping, not"
                f" {type(arguments).__name__}"
            )
        return await self.step.run_job(name or called, called, arguments, timeout=timeout)
