"""L15: a step without a name of its own."""

import functools
from functools import partial

import httpx
from pydantic import BaseModel

from workflows import Approved, Context, Event, Policy, Retries, job

POLICY = Policy(channel_members=True)


class Request(BaseModel):
    name: str
    amount: int = 0


client = httpx.Client()


def charge(amount: int) -> int:
    return amount


def charging(amount: int):
    def inner() -> int:
        return amount

    return inner


class Bank:
    def charge(self, amount: int) -> int:
        return amount

    def __call__(self, amount: int) -> int:
        return amount

    @staticmethod
    def refund(amount: int) -> int:
        return amount


BANK = Bank()
STEPS = {"charge": charge, "free": lambda: 0}
as_lambda = lambda: 0  # noqa: E731


# -- found ----------------------------------------------------------------------------------------


@job(name="written-out")
async def written_out(ctx: Context, request: Request) -> None:
    await ctx.step.run("a", lambda: charge(5))  # L15

    def inner() -> int:
        return 5

    await ctx.step.run("b", inner)  # L15
    await ctx.step.run("c", partial(charge, 5))  # L15
    await ctx.step.run("d", functools.partial(charge, amount=5))  # L15
    await ctx.step.run("e", BANK.charge, 5)  # L15
    await ctx.step.run("f", Bank().charge, 5)  # L15
    await ctx.step.run("g", BANK, 5)  # L15
    await ctx.step.run("h", client.post, "https://example.com")  # L15
    await ctx.step.run("i", call=lambda: 5)  # L15


@job(name="hidden")
async def hidden(ctx: Context, request: Request) -> None:
    free = lambda: 5  # noqa: E731
    await ctx.step.run("a", free)  # L15
    await ctx.step.run("b", as_lambda)  # L15
    await ctx.step.run("c", charging(5))  # L15
    ready = partial(charge, 5)
    await ctx.step.run("d", ready)  # L15
    run = ctx.step.run
    await run("e", lambda: 5)  # L15
    await ctx.step.run("f", STEPS["free"])  # L15
    await guarded(ctx, lambda: 5)
    for n, step in enumerate([lambda: 5, charge]):
        await ctx.step.run(f"g{n}", step)  # L15
    await ctx.step.gather("h", *[ctx.step.run("i", lambda n=n: n) for n in range(3)])  # L15
    await ctx.step.run("j", charge if request.amount else (lambda: 5))  # L15
    await ctx.step.run("k", ctx.say, "x")  # L15
    await Desk(ctx).take()


async def guarded(ctx: Context, step) -> int:
    return await ctx.step.run("guarded", step)  # L15


class Desk:
    def __init__(self, ctx: Context) -> None:
        self.ctx = ctx

    async def take(self) -> None:
        await self.ctx.step.run("taken", self.charge)  # L15

    def charge(self) -> int:
        return 5


# -- not found ------------------------------------------------------------------------------------


def logged(function):
    @functools.wraps(function)
    def wrapper(*args):
        return function(*args)

    return wrapper


@logged
def decorated(amount: int) -> int:
    return amount


@job(name="right")
async def right(ctx: Context, request: Request) -> None:
    await ctx.step.run("a", charge, 5)
    step = charge
    await ctx.step.run("b", step, 5)
    await ctx.step.run("c", Bank.refund, 5)
    await ctx.step.run("d", decorated, 5)
    await ctx.step.run("e", httpx.get, "https://example.com")
    await ctx.step.run("f", STEPS_BY_NAME["charge"], 5)
    for each in (charge, decorated):
        await ctx.step.run(each.__name__, each, 5)
    print(sorted([1, 2], key=lambda n: -n))


STEPS_BY_NAME = {"charge": charge, "decorated": decorated}
