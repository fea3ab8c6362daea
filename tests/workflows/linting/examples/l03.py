"""L3: chance in a body."""

import os
import random
import secrets
import uuid
from random import choice, shuffle
from uuid import uuid4 as new_id

from pydantic import BaseModel

from workflows import Context, job

dice = random.SystemRandom()


class Request(BaseModel):
    name: str
    seed: int
    names: list[str] = []


# -- found ----------------------------------------------------------------------------------------


@job(name="written-out", listed=False)
async def written_out(ctx: Context, request: Request) -> None:
    if random.random() < 0.5:  # L3
        return
    print(random.choice(request.names), choice("ab"))  # L3
    print(uuid.uuid4(), new_id())  # L3
    print(secrets.token_hex())  # L3
    print(os.urandom(8))  # L3
    print(hash(request.name), id(request))  # L3
    shuffle(request.names)  # L3


@job(name="under-another-name", listed=False)
async def under_another_name(ctx: Context, request: Request) -> None:
    pick = random.choice
    print(pick("ab"))  # L3
    print(sorted(request.names, key=lambda _: random.random()))  # L3
    print(dice.random())  # L3
    key = request.name or uuid.uuid4()  # L3
    print(key, identity())
    import secrets as chance

    print(chance.randbelow(5))  # L3


def identity() -> str:
    return uuid.uuid1().hex  # L3


# -- not found ------------------------------------------------------------------------------------


def draw(names: list[str]) -> str:
    return random.choice(names)


@job(name="right", listed=False)
async def right(ctx: Context, request: Request) -> None:
    number = await ctx.step.random()
    key = await ctx.step.uuid()
    seeded = random.Random(request.seed)
    print(seeded.choice(request.names), number, key)
    await ctx.step.run("draw", draw, request.names)
    print(uuid.UUID(int=5), uuid.uuid5(uuid.NAMESPACE_DNS, request.name))
    print(secrets.compare_digest("a", "b"))
    random_name = request.name
    print(random_name)
