"""L7: clock, environment, chance, network, files or tasks in a helper of another module.

The helpers are in acme/, and so are the lines to be found.
"""

from functools import partial

import acme.clocks
import acme.clocks as clocks
from acme import dice, hops
from acme.bank import Bank, account
from acme.clocks import *  # noqa: F403
from acme.decorators import timed
from acme.environment import region as where
from acme.reexported import fetch
from pydantic import BaseModel

from workflows import Context, job

BANK = Bank("https://bank.example.com")


class Request(BaseModel):
    name: str


# -- found, in acme/ ------------------------------------------------------------------------------


@job(name="every-spelling-of-an-import")
async def every_spelling_of_an_import(ctx: Context, request: Request) -> None:
    print(acme.clocks.by_full_name(), clocks.by_alias(), by_star())  # noqa: F405
    print(where())
    print(dice.roll())
    print(await fetch("x"))
    from acme.clocks import inside as locally

    print(locally())


@job(name="hops")
async def through_hops(ctx: Context, request: Request) -> None:
    print(hops.one())


@job(name="methods")
async def methods(ctx: Context, request: Request) -> None:
    print(BANK.balance(), Bank.default(), account.name, BANK())
    read = partial(BANK.history, 5)
    print(read(), list(map(Bank.of, ["a"])))
    with BANK.open_session():
        print("open")


@job(name="decorated")
@timed
async def decorated(ctx: Context, request: Request) -> None:
    await ctx.step.sleep("rest", "1h")


# -- not found ------------------------------------------------------------------------------------


@job(name="right")
async def right(ctx: Context, request: Request) -> None:
    await ctx.step.run("roll", dice.as_a_step)
    await ctx.step.run("balance", clocks.as_a_step)
    print(acme.clocks.formatted(await ctx.step.now()))
