"""A tale: one run of a program that is changed meanwhile, and all that its job has seen.

The job interprets whatever program is deployed. At each answer it is given it looks whether that
was an answer to what it has asked: an answer that belongs to something else is a mixture of two
programs, which neither of them would have come to.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple, assert_never

from tests.promises.changes.program import (
    FLAKY,
    LAST,
    Ask,
    Content,
    Gather,
    Key,
    Op,
    Patched,
    Program,
    Sleep,
    Step,
    Wait,
    answer,
    content,
)
from workflows.approvals.gate import Approved, Policy, Rejected
from workflows.context import Context
from workflows.plain import dumps, loads
from workflows.step import Retries, current_step

LONG, SHORT = "300d", "1h"
TRIED = Retries(attempts=3, backoff="1s")


class Effect(NamedTuple):
    """What a step function was called with, as which use of its name, in which pass."""

    key: Key
    name: str
    arg: int
    made_in: int


@dataclass
class Tale:
    """What has happened to a run, beyond what is in its journal."""

    program: Program
    passes: int = 0
    before: list[Key] = field(default_factory=list)  # the order of the program that it began as
    calls: list[Effect] = field(default_factory=list)  # those that failed, too
    effects: list[Effect] = field(default_factory=list)
    asked: dict[Key, Content] = field(default_factory=dict)  # what its gates ask, as stored
    taken: set[Key] = field(default_factory=set)  # answers that an earlier pass was given
    given: set[Key] = field(default_factory=set)  # answers that this pass was given
    ways: dict[Key, bool] = field(default_factory=dict)  # which way each guard has said
    tried_otherwise: bool = False  # a step that had failed once was called with other arguments
    derived: set[Key] = field(default_factory=set)  # what is called with an earlier result
    noted: list[str] = field(default_factory=list)  # differences that are allowed
    found: list[str] = field(default_factory=list)  # those that are not

    def begin(self) -> None:
        """A pass begins."""
        self.passes += 1
        self.taken |= self.given
        self.given = set()

    def done_now(self) -> list[Effect]:
        """Answer what this pass has done."""
        return [effect for effect in self.effects if effect.made_in == self.passes]


TALES: dict[str, Tale] = {}


async def perform(arg: int) -> dict[str, int]:
    """Do something with *arg*, once; a flaky step has to be asked twice."""
    step, tale = current_step(), TALES[current_step().run_id]
    name = step.name.rpartition("/")[2]
    call = Effect((step.name, step.nth), name, arg, tale.passes)
    tale.tried_otherwise |= any(each.key == call.key and each.arg != arg for each in tale.calls)
    tale.calls.append(call)
    if name in FLAKY and step.attempt == 1:
        raise ConnectionError("not yet")
    tale.effects.append(call)
    return {"with": arg}


async def interpret(ctx: Context, request: Any) -> list[Any]:
    """Be the job: whatever program is deployed now."""
    tale = TALES[ctx.run.id]
    tale.begin()
    return await Walk(tale, ctx, "").run(tale.program)


class Walk:
    """One branch of one pass."""

    def __init__(self, tale: Tale, ctx: Context, path: str) -> None:
        self._tale = tale
        self._ctx = ctx
        self._path = path
        self._last = 0
        self._uses = Counter[str]()
        self._fresh: Key | None = None  # the first that was done in this pass
        self._read = -1  # how far the old program had come with what was answered before that

    async def run(self, program: Program) -> list[Any]:
        """Do one after the other."""
        return [await self._one(op) for op in program]

    async def _one(self, op: Op) -> Any:
        match op:
            case Step():
                return await self._step(op)
            case Ask():
                return await self._ask(op)
            case Wait(name):
                key = self._use(name)
                event = await self._ctx.step.wait_for_event(
                    name, timeout=LONG, expected=["yes", "no"]
                )
                self._known(key)
                return [name, event.kind]
            case Sleep(name):
                key = self._use(name)
                await self._ctx.step.sleep(name, SHORT)
                self._known(key)
                return [name]
            case Gather():
                return await self._gather(op)
            case Patched():
                return await self._patched(op)
            case _:
                assert_never(op)

    async def _step(self, op: Step) -> Any:
        key = self._use(op.name)
        arg = op.arg
        if op.arg == LAST:
            arg = self._last
            self._tale.derived.add(key)
        value = await self._ctx.step.run(op.name, perform, arg, retries=TRIED)
        if key in {effect.key for effect in self._tale.done_now()}:
            self._fresh = self._fresh or key
        else:
            self._known(key)
        if value["with"] != arg:
            self._other_arguments(key, op.name, arg, value["with"])
        self._last = value["with"]
        return [op.name, arg, value["with"]]

    def _other_arguments(self, key: Key, name: str, arg: int, before: int) -> None:
        """A result is of a call with other arguments: of another use, it is the wrong one."""
        calls = [e for e in self._tale.calls if (e.name, e.arg) == (name, arg)]
        if others := {call.key for call in calls if call.key != key}:
            self._tale.found.append(
                f"a result was used for other arguments: {key} is called with {arg} and was given"
                f" what it had been called with {before} for, while {arg} is what {others} was"
                " called with"
            )
        self._tale.noted.append(f"{key} was called with {before}, and is with {arg} now")

    async def _ask(self, op: Ask) -> Any:
        key = self._use(op.name)
        asked = content(op, self._last)
        decision = await self._ctx.approval(
            op.name,
            f"Go for {op.title}?",
            show=None if asked["shown"] is None else {"value": asked["shown"]},
            why=None if op.why is None else f"Because of {op.why}.",
            policy=Policy(channel_members=True, need=op.need),
            timeout=SHORT if answer(asked) == "silence" else LONG,
        )
        self._known(key)
        said = "silence"
        if isinstance(decision, Approved | Rejected):
            said = "approved" if isinstance(decision, Approved) else "rejected"
            self._compare(key, asked, loads(decision.note or "{}"))
        elif key in self._tale.asked:
            self._compare(key, asked, self._tale.asked[key])
        self._tale.given.add(key)
        return [
            op.name,
            asked,
            said,
            await self.run(op.then if said == "approved" else op.otherwise),
        ]

    def _compare(self, key: Key, asked: Content, answered: Content) -> None:
        """Whether what was answered is what is asked; words alone may change once it is past."""
        if asked == answered:
            return
        is_past = key in self._tale.taken
        if is_past and asked["shown"] is not None and _substance(asked) == _substance(answered):
            self._tale.noted.append(f"{key} was asked in other words")
            return
        self._tale.found.append(
            f"an answer was used for another question: {key} asks {dict(asked)}"
            f" and was given the answer to {dict(answered)}"
        )

    async def _gather(self, op: Gather) -> Any:
        name, nth = self._use(op.name)
        walks = [
            Walk(self._tale, self._ctx, f"{name}#{nth}[{place}]/")
            for place in range(len(op.branches))
        ]
        ops = zip(walks, op.branches, strict=True)
        each = await self._ctx.step.gather(op.name, *(walk.run(inner) for walk, inner in ops))
        # What follows was not reached before all of them had ended.
        fresh = next((walk._fresh for walk in walks if walk._fresh), None)
        self._fresh = self._fresh or fresh
        return [op.name, each]

    async def _patched(self, op: Patched) -> Any:
        place = self._use(f"guard {op.name}")
        takes_new = self._ctx.patched(op.name)
        if self._tale.ways.setdefault(place, takes_new) is not takes_new:
            self._tale.found.append(f"the guard {place} has changed its mind")
        return [op.name, takes_new, await self.run(op.new if takes_new else op.old)]

    def _use(self, name: str) -> Key:
        self._uses[name] += 1
        return self._path + name, self._uses[name]

    def _known(self, key: Key) -> None:
        """Something answers from the journal: nothing put in may have been done before it.

        What stands behind something later now was passed over: that it is met after all is well.
        """
        order = self._tale.before
        place = order.index(key) if key in order else len(order)
        if self._fresh is None:
            self._read = max(self._read, place)
        elif place > self._read and not self._was_so(key, self._fresh):
            self._tale.found.append(
                f"done out of order: {self._fresh} was done before {key}, which had been"
            )

    def _was_so(self, first: Key, second: Key) -> bool:
        """Whether that is the order in which the old program does them."""
        order = self._tale.before
        return first in order and second in order and order.index(first) < order.index(second)


def _substance(asked: Content) -> Mapping[str, Any]:
    return {name: asked[name] for name in ("shown", "need")}


def note(asked: Content) -> str:
    """Answer what a voter writes: which question this is an answer to."""
    return dumps(dict(asked))
