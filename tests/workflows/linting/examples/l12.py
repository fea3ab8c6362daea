"""L12: an effect in closing code around a wait."""

import asyncio
import contextlib
import logging
import threading
from contextlib import asynccontextmanager, contextmanager

import bank
import tracing
from pydantic import BaseModel

from workflows import Approved, Context, Event, Policy, Retries, job

POLICY = Policy(channel_members=True)


class Request(BaseModel):
    name: str
    amount: int = 0


LOCK = threading.Lock()
OPEN: list[str] = []
log = logging.getLogger(__name__)


async def ask(ctx: Context) -> bool:
    return isinstance(await ctx.approval("a", "?", policy=POLICY, timeout="1h"), Approved)


def release(name: str) -> None:
    bank.release(name)


# -- found ----------------------------------------------------------------------------------------


@job(name="finally")
async def in_finally(ctx: Context, request: Request) -> None:
    try:
        await ctx.approval("a", "Sure?", policy=POLICY, timeout="1h")  # L10
    finally:
        bank.release("account")  # L12
    try:
        await ctx.step.sleep("rest", "1h")
    finally:
        if request.name:
            release(request.name)  # L12
    try:
        print("begin")
    except ValueError:
        await ctx.step.sleep("rest", "1h")
    else:
        await ask(ctx)
    finally:
        bank.release("account")  # L12


@job(name="with")
async def in_with(ctx: Context, request: Request) -> None:
    with LOCK:  # L12
        await ask(ctx)
    with bank.locked("account") as account:  # L12
        await ctx.plugins.bank.pay(account=account)
    async with bank.session():  # L12
        await ctx.step.sleep("rest", "1h")
    with contextlib.closing(bank), contextlib.suppress(ValueError):  # L12
        await ask(ctx)
    with contextlib.ExitStack() as stack:  # L12
        stack.callback(release, "account")
        await ask(ctx)


@job(name="hidden")
async def hidden(ctx: Context, request: Request) -> None:
    with reserved("account"):  # L12
        await ask(ctx)
    async with reserved_later("account"):  # L12
        await ask(ctx)
    with Reservation("account"):  # L12
        await ask(ctx)
    try:
        await hops(ctx)
    finally:
        hop()  # L12
    try:
        await ask(ctx)
    except BaseException:
        bank.release("account")  # L12
        raise
    try:
        await ask(ctx)
    except asyncio.CancelledError:
        release("account")  # L12
        raise
    try:
        try:
            await ask(ctx)
        finally:
            bank.note("inner")  # L12
    finally:
        bank.note("outer")  # L12


async def hops(ctx: Context) -> None:
    await ask(ctx)


def hop() -> None:
    release("account")


@contextmanager
def reserved(name: str):
    bank.reserve(name)
    try:
        yield
    finally:
        bank.release(name)


@asynccontextmanager
async def reserved_later(name: str):
    yield name
    await bank.release(name)


class Reservation:
    def __init__(self, name: str) -> None:
        self.name = name

    def __enter__(self) -> None:
        pass

    def __exit__(self, *error: object) -> None:
        bank.release(self.name)


def releasing(function):
    async def wrapper(ctx: Context, request: Request) -> None:
        try:
            await function(ctx, request)
        finally:
            bank.release("account")  # L12

    return wrapper


@job(name="decorated")
@releasing
async def decorated(ctx: Context, request: Request) -> None:
    await ctx.step.sleep("rest", "1h")


@job(name="traced")
async def traced(ctx: Context, request: Request) -> None:
    with tracing.span("wait"):  # L12
        await ask(ctx)
    closing = bank.session()
    with closing:  # L12
        await ask(ctx)
    for name in ("a", "b"):
        try:
            await ask(ctx)
        finally:
            OPEN.remove(name)  # L12 L13


# -- not found ------------------------------------------------------------------------------------


@job(name="right")
async def right(ctx: Context, request: Request) -> str:
    outcome = "none"
    try:
        await ask(ctx)
        outcome = "asked"
    finally:
        await ctx.step.run("release", release, "account")
        log.info("left with %s", outcome)
        ctx.log.info("left")
        print(outcome.strip(), len(outcome))
    with contextlib.suppress(ValueError):
        await ask(ctx)
    with contextlib.nullcontext():
        await ask(ctx)
    try:
        await ask(ctx)
    except ValueError:
        await ctx.step.run("release", release, "account")
    return outcome


@job(name="no-wait-in-it")
async def no_wait_in_it(ctx: Context, request: Request) -> str:
    with bank.locked("account") as account:
        number = account.number
    try:
        number += 1
    finally:
        bank.note(number)
    await ask(ctx)
    return number


@job(name="steps-in-it")
async def steps_in_it(ctx: Context, request: Request) -> None:
    async with reserved_durably(ctx, "account"):
        await ask(ctx)
    notes: list[str] = []
    try:
        await ask(ctx)
    finally:
        notes.append("asked")
        done = {"asked": notes}
        done["name"] = notes
        await note_all(ctx, notes)


async def note_all(ctx: Context, notes: list[str]) -> None:
    for each in notes:
        await ctx.step.run("note", print_it, each.upper())


def print_it(text: str) -> None:
    bank.note(text)


@asynccontextmanager
async def reserved_durably(ctx: Context, name: str):
    await ctx.step.run("reserve", print_it, name)
    try:
        yield name
    finally:
        await ctx.step.run("release", release, name)
