"""L13: state that runs share."""

import functools
import itertools
from collections import Counter, defaultdict
from contextvars import ContextVar
from dataclasses import dataclass, field

import acme.shared
from acme import shared as other
from pydantic import BaseModel

from workflows import Approved, Context, Event, Policy, Retries, job

POLICY = Policy(channel_members=True)


class Request(BaseModel):
    name: str
    amount: int = 0


SEEN: list[str] = []
COUNTS = Counter()
BY_NAME: dict[str, list[str]] = defaultdict(list)
TOTAL = 0
WRITTEN: list[str] = []
NUMBERS = itertools.count()
CURRENT: ContextVar[str] = ContextVar("current")
LIMITS = {"small": 100, "large": 1000}
NAMES = ("a", "b")


class Stats:
    count = 0
    names: list[str] = []

    def __init__(self) -> None:
        self.own: list[str] = []

    def note(self, name: str) -> None:
        self.names.append(name)  # L13
        self.own.append(name)

    @classmethod
    def add(cls) -> None:
        cls.count += 1  # L13


class Store:
    def __init__(self) -> None:
        self.last = ""

    def keep(self, name: str) -> None:
        self.last = name  # L13


STORE = Store()


# -- found ----------------------------------------------------------------------------------------


@job(name="written-out")
async def written_out(ctx: Context, request: Request) -> None:
    global TOTAL
    TOTAL += request.amount  # L13
    TOTAL = 5  # L13
    SEEN.append(request.name)  # L13
    COUNTS[request.name] += 1  # L13
    BY_NAME[request.name].append("x")  # L13
    BY_NAME.setdefault("a", []).append("x")  # L13
    del BY_NAME["a"]  # L13
    LIMITS["small"] = 200  # L13
    LIMITS.update(large=5)  # L13
    Stats.count += 1  # L13
    Stats.names.append("x")  # L13
    print(next(NUMBERS))  # L13
    CURRENT.set(request.name)  # L13


@job(name="hidden")
async def hidden(ctx: Context, request: Request) -> None:
    seen = SEEN
    seen.append("x")  # L13
    remember(SEEN)
    Stats().note("x")
    Stats.add()
    STORE.keep("x")
    STORE.last = "y"  # L13
    setattr(STORE, "last", "z")  # L13
    remember_by_default("x")
    print(price("x"))  # L13
    acme.shared.COUNT += 1  # L13
    other.NAMES.append("x")  # L13
    other.remember("x")
    globals()["TOTAL"] = 5  # L13
    add = SEEN.append
    add("x")  # L13
    for each in (SEEN, other.NAMES):
        each.clear()  # L13
    hidden.calls = 1  # L13
    type(STORE).kept = 5  # L13
    if (names := BY_NAME["x"]) is not None:
        names.pop()  # L13


@job(name="what-a-step-changes")
async def what_a_step_changes(ctx: Context, request: Request) -> int:
    await ctx.step.run("step", step, "x")
    if "x" in WRITTEN:  # L13
        return 5
    return len(WRITTEN)  # L13


def remember(names: list[str]) -> None:
    names.append("x")  # L13


def remember_by_default(name: str, names: list[str] = []) -> None:
    names.append(name)  # L13


@functools.cache
def price(name: str) -> int:
    return len(name)


# -- not found ------------------------------------------------------------------------------------


@dataclass
class Tally:
    names: list[str] = field(default_factory=list)
    count: int = 0

    def add(self, name: str) -> None:
        self.names.append(name)
        self.count += 1


def step(name: str) -> int:
    WRITTEN.append(name)
    return len(WRITTEN)


@job(name="right")
async def right(ctx: Context, request: Request) -> str:
    seen: list[str] = []
    seen.append("x")
    total = 0
    total += request.amount
    by_name: dict[str, list[str]] = defaultdict(list)
    by_name["a"].append("x")
    tally = Tally()
    tally.add("x")
    tally.count = 5
    request.name = "y"
    limits = dict(LIMITS)
    limits["small"] = 5
    names = [*NAMES, *SEEN[:0]]
    names.append("x")
    copied = list(NAMES)
    copied.pop()
    numbers = itertools.count()
    print(next(numbers), LIMITS["small"], NAMES[0].upper())
    await ctx.step.run("step", step, "x")
    stats = Stats()
    stats.own.append("x")

    def inner() -> None:
        nonlocal total
        total += 1

    inner()
    return f"{total} {seen} {limits}"
