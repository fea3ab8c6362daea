"""L1: the clock in a body."""

import datetime as dt
import time
from datetime import UTC, date, datetime, timedelta
from functools import partial
from time import monotonic as ticks
from time import sleep

from pydantic import BaseModel

from workflows import Context, job

clock = datetime.now
LOADED = time.time()
BEGAN = datetime.now(UTC)
clocks = {"utc": time.time}


class Request(BaseModel):
    when: datetime
    name: str = "x"


# -- found ----------------------------------------------------------------------------------------


@job(name="written-out")
async def written_out(ctx: Context, request: Request) -> None:
    print(time.time())  # L1
    print(datetime.now(UTC), date.today())  # L1
    print(dt.datetime.utcnow())  # L1
    print(f"since {ticks()}")  # L1
    time.sleep(5)  # L1
    sleep(1)  # L1


@job(name="under-another-name")
async def under_another_name(ctx: Context, request: Request) -> None:
    print(clock(UTC))  # L1
    now = datetime.now
    print(now())  # L1
    today, later = date.today, time.time  # L1
    print(today(), later())  # L1
    print(clocks["utc"]())  # L1
    print(getattr(time, "time")())  # L1
    read = partial(datetime.now, UTC)  # L1
    print(read())  # L1
    print((lambda: time.time_ns())())  # L1
    print([stamp() for stamp in (time.time, time.monotonic)])  # L1
    print(sorted(map(lambda _: time.perf_counter(), "ab")))  # L1
    import time as watch

    if (began := watch.time()) > 5:  # L1
        print(began)


@job(name="taken-when-the-module-was-loaded")
async def taken_when_the_module_was_loaded(ctx: Context, request: Request) -> None:
    print(LOADED)  # L1
    print(BEGAN.isoformat())  # L1
    due_at(request)


def due_at(request: Request, now: datetime = datetime.now(UTC)) -> datetime:  # L1
    return now


@job(name="in-a-helper-of-the-module")
async def in_a_helper_of_the_module(ctx: Context, request: Request) -> None:
    deadline(request)
    Watch().read()
    print(Watch().age)
    for stamp in stamps():
        print(stamp)
    await later()


def deadline(request: Request) -> datetime:
    return datetime.now(UTC) + timedelta(days=1)  # L1


def stamps():
    yield time.time()  # L1


async def later() -> float:
    return time.monotonic()  # L1


class Watch:
    began = time.time()

    def read(self) -> float:
        return self._read()

    def _read(self) -> float:
        return time.time()  # L1

    @property
    def age(self) -> float:
        return time.time() - self.began  # L1


def timed(function):
    async def wrapper(ctx: Context, request: Request) -> None:
        print(time.perf_counter())  # L1
        return await function(ctx, request)

    return wrapper


@job(name="under-a-decorator")
@timed
async def under_a_decorator(ctx: Context, request: Request) -> None:
    await ctx.step.sleep("rest", "1h")


async def _registered(ctx: Context, request: Request) -> None:
    print(time.time())  # L1


registered = job(name="registered")(_registered)


# -- not found ------------------------------------------------------------------------------------


def stamp() -> float:
    return time.time()


async def wait_and_stamp(seconds: int) -> str:
    time.sleep(seconds)
    return datetime.now(UTC).isoformat()


@job(name="right")
async def right(ctx: Context, request: Request) -> str:
    began = await ctx.step.now()
    until = began + timedelta(days=1)
    when = datetime.fromisoformat("2026-11-02T00:00:00+00:00")
    fixed = datetime(2026, 11, 2, tzinfo=UTC)
    stamped = await ctx.step.run("stamp", stamp)
    await ctx.step.run("wait", wait_and_stamp, 5)
    await ctx.step.run("time", time.time)
    await ctx.step.sleep("rest", timedelta(hours=1))
    late = request.when > began
    return f"{until} {when} {fixed} {stamped} {late} {request.when.date()} {date(2026, 1, 1)}"


@job(name="names-of-its-own")
async def names_of_its_own(ctx: Context, request: Request) -> None:
    for time in ["9:00", "10:00"]:
        print(time.strip())
    datetime = request.when
    print(datetime.isoformat())


def nobody_calls_this() -> float:
    return time.time()
