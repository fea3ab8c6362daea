"""L14: the order of a set."""

import json
from collections.abc import Set

from pydantic import BaseModel

from workflows import Approved, Context, Event, Policy, Retries, job

POLICY = Policy(channel_members=True)


class Request(BaseModel):
    name: str
    amount: int = 0


TEAMS = {"legal", "finance"}
FROZEN = frozenset(TEAMS)


class Tagged(BaseModel):
    tags: set[str]
    name: str = ""


def tags_of(name: str) -> set[str]:
    return {name}


def note(name: str) -> None:
    print(name)


# -- found ----------------------------------------------------------------------------------------


@job(name="written-out", listed=False)
async def written_out(ctx: Context, request: Tagged) -> None:
    for team in {"legal", "finance"}:  # L14
        await ctx.step.run(team, note, team)
    for team in TEAMS:  # L14
        await ctx.step.run(team, note, team)
    print(list(TEAMS), tuple(FROZEN))  # L14
    print([team.upper() for team in TEAMS])  # L14
    print({team: 1 for team in TEAMS})  # L14
    print(dict.fromkeys(TEAMS))  # L14
    print(TEAMS.copy().pop())  # L14
    print(next(iter(TEAMS)))  # L14
    print(", ".join(TEAMS))  # L14
    print(f"{TEAMS}")  # L14
    first, *others = TEAMS  # L14
    print(*TEAMS)  # L14
    for n, team in enumerate(TEAMS):  # L14
        print(n, team)
    for team, other in zip(TEAMS, "ab"):  # L14
        print(team, other)
    print(str(TEAMS), json.dumps([*TEAMS]))  # L14
    print(list(map(str.upper, TEAMS)))  # L14


@job(name="hidden", listed=False)
async def hidden(ctx: Context, request: Tagged) -> None:
    for tag in request.tags:  # L14
        await ctx.step.run(tag, note, tag)
    both = TEAMS & request.tags
    for each in both:  # L14
        print(each)
    for each in set(request.name) | {"a"}:  # L14
        print(each)
    for each in set("abc") - {"a"}:  # L14
        print(each)
    for each in TEAMS.union(["a"]).difference("b"):  # L14
        print(each)
    for each in teams():  # L14
        print(each)
    for each in {name.upper() for name in "ab"}:  # L14
        print(each)
    for tag in await ctx.step.run("tags", tags_of, "x"):  # L14
        print(tag)
    go_through(TEAMS)
    names = []
    names.extend(TEAMS)  # L14
    names += TEAMS  # L14
    tags: set[str] = json.loads(request.name)
    [print(tag) for tag in tags]  # L14
    yielded = [*ordered(TEAMS)]
    print(yielded, max(tag for tag in request.tags))


def teams() -> set[str]:
    return set("ab")


def go_through(names: Set[str]) -> None:
    for each in names:  # L14
        print(each)


def ordered(names):
    yield from names  # L14


# -- not found ------------------------------------------------------------------------------------


@job(name="right", listed=False)
async def right(ctx: Context, request: Tagged) -> int:
    for team in sorted(TEAMS):
        await ctx.step.run(team, note, team)
    for tag in sorted(request.tags | TEAMS):
        print(tag)
    print(", ".join(sorted(tag.upper() for tag in request.tags)))
    print(sorted(list(TEAMS)), len(TEAMS), "legal" in TEAMS, max(TEAMS), min(TEAMS))
    if TEAMS & request.tags and any(tag == "a" for tag in request.tags):
        return sum(len(tag) for tag in request.tags)
    more = {tag.upper() for tag in request.tags}
    more.add("x")
    frozen = frozenset(tag for tag in more)
    names = list(more)
    names.sort()
    for name in names:
        print(name)
    if all(tag.isalpha() for tag in frozen) or not more:
        return len([tag for tag in more])
    for each in ["a", "b"]:
        print(each)
    for key in {"a": 1, "b": 2}:
        print(key)
    return len(more)
