"""Deploys: stages, loops, events, children, what comes first. Nothing here is wrong."""

from __future__ import annotations

import functools
import operator
from collections.abc import Awaitable, Callable, Iterator
from typing import NamedTuple, assert_never

from pydantic import BaseModel, field_validator

import workflows as harbor
from workflows import Approved, ChildFailed, Context, Event, Expired, First, Policy, Rejected
from workflows import RunCancelled, Silence, job

LEADS = Policy(users=("UBO", "UCY"), need=1)
STAGES = ("staging", "canary", "production")
WEIGHTS = {"staging": 1, "canary": 2, "production": 5}


class Deploy(BaseModel):
    version: str
    services: str = "web"
    force: bool = False

    @field_validator("version")
    @classmethod
    def _is_one(cls, value: str) -> str:
        if not value[:1].isdigit():
            raise ValueError("a version begins with a digit")
        return value.strip()

    @property
    def names(self) -> list[str]:
        return [name.strip() for name in self.services.split(",") if name.strip()]


class Build(BaseModel):
    image: str = ""


class Stage(NamedTuple):
    name: str
    weight: int


def roll_out(stage: str, version: str) -> str:
    return f"{stage} {version}"


def roll_back(stage: str) -> None:
    print("back", stage)


def announced(function: Callable[[Context, Deploy], Awaitable[str]]) -> Callable:
    @functools.wraps(function)
    async def wrapper(ctx: Context, request: Deploy) -> str:
        await ctx.say(f"Deploying {request.version}")
        return await function(ctx, request)

    return wrapper


def stages(request: Deploy) -> Iterator[Stage]:
    for name in STAGES:
        if name != "canary" or not request.force:
            yield Stage(name, WEIGHTS[name])


@job(name="build-image", listed=False)
async def build_image(ctx: Context, request: Build) -> Build:
    image = await ctx.plugins.ci.build(name=request.image)
    return Build(image=image["tag"])


@job(name="deploy", at_once=2)
async def deploy(ctx: Context, request: Deploy) -> str:
    done: list[str] = []
    try:
        for stage in stages(request):
            if stage.weight > 1 and not await allowed(ctx, stage):
                return f"stopped before {stage.name}"
            done.append(await ctx.step.run(f"roll out {stage.name}", roll_out, stage.name, "1"))
            await ctx.step.sleep(f"settle {stage.name}", f"{stage.weight}m")
    except RunCancelled:
        for name in reversed(done):
            await ctx.step.run(f"roll back {name}", roll_back, name)
        raise
    finally:
        await ctx.say(f"Left after {len(done)} stages")
    return done[-1] if done else "nothing"


async def allowed(ctx: Context, stage: Stage) -> bool:
    match await ctx.approval(stage.name, f"Go on to {stage.name}?", policy=LEADS, timeout="8h"):
        case Approved():
            return True
        case Rejected() | Expired():
            return False
        case other:
            assert_never(other)


@job(name="deploy-announced")
@announced
async def deploy_announced(ctx: Context, request: Deploy) -> str:
    child = await ctx.run_job(build_image, Build(image=request.version), timeout="1h")
    try:
        await ctx.run_job("deploy", request, timeout="2d")
    except ChildFailed as failed:
        if failed.kind == "timeout":
            return "late"
        raise
    names = [name for name in request.names if name != "web"] or ["web"]
    longest = max(names, key=len)
    return f"{child} {longest} {functools.reduce(operator.add, names)}"


@harbor.job(name="wait-for-the-build")
async def wait_for_the_build(ctx: harbor.Context, request: Deploy) -> str:
    attempts = 0
    while True:
        event = await ctx.step.wait_for_event("built", timeout="1h", expected=["ok", "no"])
        attempts += 1
        match event:
            case Silence():
                return "late"
            case Event(kind="ok"):
                break
            case Event() if attempts > 3:
                return "given up"
            case _:
                continue
    return f"built after {attempts}"


@job(name="wait-for-either")
async def wait_for_either(ctx: Context, request: Deploy) -> str:
    match await ctx.step.first(
        "end",
        ready=ready(ctx),
        stop=ctx.approval("stop", "Stop it?", policy=LEADS, timeout="2d"),
        late=ctx.step.sleep("late", "2d"),
    ):
        case First("ready", kind):
            return kind
        case First("stop", Approved()):
            return "stopped"
        case First("stop", _):
            return "not stopped"
        case _:
            return "late"


async def ready(ctx: Context) -> str:
    event = await ctx.step.wait_for_any(
        "ready", {"green": ["go"], "red": ["stop"]}, timeout="1d12h"
    )
    return event.name if event.kind != "timeout" else "silence"


@job(name="vote")
async def vote(ctx: Context, request: Deploy) -> int:
    async def ask(name: str) -> bool:
        decision = await ctx.approval(f"vote {name}", "Yes?", policy=LEADS, timeout="1h")
        return isinstance(decision, Approved)

    asked = [ask(name) for name in request.names]
    votes = await ctx.step.gather("votes", *asked)
    yes = sum(1 for each in votes if each)
    decisions = {}
    for name in request.names:
        decisions[name] = await ctx.approval(name, "Sure?", policy=LEADS, timeout="1h")
    sure = [name for name, decision in decisions.items() if isinstance(decision, Approved)]
    kinds = {name: type(decision).__name__ for name, decision in decisions.items()}
    ctx.log.info("voted", kinds=kinds)
    return yes + len(sure)


@job(name="guarded")
async def guarded(ctx: Context, request: Deploy) -> str:
    steps: dict[str, Callable[..., object]] = {"out": roll_out}
    text = await ctx.step.run("out", steps["out"], "staging", request.version)
    if ctx.patched("announce"):
        await ctx.plugins.slack.post_message(channel="#deploys", text=f"{text} {ctx.run.url}")
    number = await ctx.step.random()
    key = await ctx.step.uuid()
    picked = request.names[int(number * len(request.names))]
    pick = lambda names: sorted(names)[0]  # noqa: E731
    return f"{picked} {key.hex} {pick(request.names)}"
