"""Onboarding: a class that keeps the context, tables of handlers, protocols. Nothing is wrong."""

import abc
import string
from collections import ChainMap, OrderedDict, deque
from contextlib import ExitStack, contextmanager, nullcontext
from functools import partial, singledispatch
from types import MappingProxyType
from typing import Any, ClassVar, Protocol
from urllib.parse import quote, urlencode
from uuid import UUID, uuid5

import structlog
from pydantic import BaseModel

from workflows import Approved, Context, Decision, Policy, SlackUser, job
from workflows.errors import StepFailed

log = structlog.get_logger()
HR = Policy(channel_members=True)
SPACE = UUID(int=7)
TASKS = MappingProxyType({"laptop": "order_laptop", "badge": "order_badge"})
TEMPLATE = string.Template("Welcome, $name")
REMINDERS = ["2h", "1d"]


class Newcomer(BaseModel):
    name: str
    manager: SlackUser
    team: str = "ops"


class Task(Protocol):
    async def __call__(self, ctx: Context, who: Newcomer) -> str: ...


def order(what: str, who: str) -> str:
    with open(f"/orders/{who}", "a") as file:
        file.write(what)
    return what


async def order_laptop(ctx: Context, who: Newcomer) -> str:
    return await ctx.step.run("laptop", order, "laptop", who.name)


async def order_badge(ctx: Context, who: Newcomer) -> str:
    return await ctx.step.run("badge", order, "badge", who.name)


HANDLERS: dict[str, Task] = {"laptop": order_laptop, "badge": order_badge}


class Flow(abc.ABC):
    KIND: ClassVar[str] = "flow"

    def __init__(self, ctx: Context, who: Newcomer) -> None:
        self.ctx = ctx
        self.who = who
        self.done: OrderedDict[str, str] = OrderedDict()

    @abc.abstractmethod
    def tasks(self) -> list[str]: ...

    async def run(self) -> dict[str, str]:
        for task in self.tasks():
            self.done[task] = await HANDLERS[task](self.ctx, self.who)
        return dict(self.done)

    async def ask(self, name: str, **more: Any) -> Decision:
        ask = partial(self.ctx.approval, policy=HR, timeout="5d", remind=REMINDERS, **more)
        return await ask(name, f"Is {name} right for {self.who.name}?")


class Everybody(Flow):
    def tasks(self) -> list[str]:
        return sorted(TASKS)


@contextmanager
def named(name: str):
    context = {"name": name}
    yield context


@singledispatch
def shown(value: object) -> str:
    return str(value)


@shown.register
def _(value: list) -> str:
    return ", ".join(map(shown, value))


@job(name="onboard")
async def onboard(ctx: Context, request: Newcomer) -> dict[str, str]:
    flow = Everybody(ctx, request)
    decision = await flow.ask("start")
    if not isinstance(decision, Approved):
        return {"stopped": type(decision).__name__}
    done = await flow.run()
    with named(request.name) as context, nullcontext():
        await ctx.plugins.slack.post_message(
            channel="#welcome", text=TEMPLATE.substitute(context, team=request.team)
        )
    queue = deque(done.items())
    while queue:
        task, what = queue.popleft()
        log.info("done", task=task, what=what)
    settings = ChainMap({"a": 1}, {"b": 2})
    address = f"https://wiki.example.com/{quote(request.name)}?{urlencode(settings)}"
    number = uuid5(SPACE, request.name)
    return done | {"address": address, "number": str(number), "shown": shown(["a", "b"])}


@job(name="onboard-at-once")
async def onboard_at_once(ctx: Context, request: Newcomer) -> list[str]:
    branches = [handler(ctx, request) for _, handler in sorted(HANDLERS.items())]
    results = await ctx.step.gather("tasks", *branches, return_exceptions=True)
    failed = [each for each in results if isinstance(each, StepFailed)]
    if failed and not await is_fine(ctx, len(failed)):
        raise StepFailed(f"{len(failed)} failed")
    with ExitStack():
        total = len(results) - len(failed)
    cache: dict[int, int] = {}

    def fib(n: int) -> int:
        if n not in cache:
            cache[n] = n if n < 2 else fib(n - 1) + fib(n - 2)
        return cache[n]

    return [str(total), str(fib(10))]


async def is_fine(ctx: Context, count: int) -> bool:
    answer = await ctx.approval("fine", f"{count} failed. Fine?", policy=HR, timeout=3600)
    fine = isinstance(answer, Approved)
    return fine and not isinstance(answer.note, bytes)
