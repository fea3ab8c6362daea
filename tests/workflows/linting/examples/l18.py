"""L18: a swallowed signal."""

import asyncio
import contextlib
from contextlib import contextmanager, suppress

from workflows.errors import ControlFlow, RunCancelled
from pydantic import BaseModel

from workflows import Approved, Context, Event, Policy, Retries, job

POLICY = Policy(channel_members=True)


class Request(BaseModel):
    name: str
    amount: int = 0


EVERYTHING = (ValueError, BaseException)
Whatever = BaseException


async def ask(ctx: Context) -> bool:
    return isinstance(await ctx.approval("a", "?", policy=POLICY, timeout="1h"), Approved)


# -- found ----------------------------------------------------------------------------------------


@job(name="written-out")
async def written_out(ctx: Context, request: Request) -> object:
    try:
        await ask(ctx)
    except BaseException:  # L18
        return "failed"
    try:
        await ask(ctx)
    except:  # L18
        pass
    try:
        await ask(ctx)
    except (BaseException,):  # L18
        print("failed")
    try:
        await ask(ctx)
    except (ValueError, BaseException) as error:  # L18
        print(error)
    with contextlib.suppress(BaseException):  # L18
        await ask(ctx)
    try:
        await ask(ctx)
    except asyncio.CancelledError:  # L18
        print("cancelled")
    try:
        await ask(ctx)
    except ControlFlow:  # L18
        print("parked")
    try:
        await ask(ctx)
    finally:
        return "left"  # L18


@job(name="hidden")
async def hidden(ctx: Context, request: Request) -> None:
    try:
        await ask(ctx)
    except EVERYTHING:  # L18
        print("failed")
    try:
        await ask(ctx)
    except Whatever:  # L18
        print("failed")
    try:
        await ask(ctx)
    except BaseException as error:  # L18
        if isinstance(error, ValueError):
            raise
    try:
        await ask(ctx)
    except BaseException:  # L18
        if request.name:
            return
        raise
    try:
        await ask(ctx)
    except BaseException as error:  # L18
        raise RuntimeError("failed") from error
    with suppress(*EVERYTHING):  # L18
        await ask(ctx)
    with suppress(ValueError, Whatever):  # L18
        await ask(ctx)
    for _ in range(3):
        try:
            await ask(ctx)
        except BaseException:  # L18
            continue
    for _ in range(3):
        try:
            await ask(ctx)
        finally:
            break  # L18
    try:
        await ask(ctx)
    except* BaseException:  # L18
        print("failed")
    with forgiving():
        await ask(ctx)
    with Forgiving():
        await ask(ctx)
    await tried(ctx)


async def tried(ctx: Context) -> bool:
    try:
        return await ask(ctx)
    except BaseException:  # L18
        return False


@contextmanager
def forgiving():
    try:
        yield
    except BaseException:  # L18
        print("forgiven")


class Forgiving:
    def __enter__(self) -> None:
        pass

    def __exit__(self, *error: object) -> bool:
        return True  # L18


def safe(function):
    async def wrapper(ctx: Context, request: Request) -> None:
        try:
            await function(ctx, request)
        except BaseException as error:  # L18
            print(error)

    return wrapper


@job(name="decorated")
@safe
async def decorated(ctx: Context, request: Request) -> None:
    await ask(ctx)


# -- not found ------------------------------------------------------------------------------------


def charge() -> None:
    try:
        print("charge")
    except BaseException:
        print("failed")


@job(name="right")
async def right(ctx: Context, request: Request) -> str:
    try:
        await ask(ctx)
    except Exception:
        return "failed"
    try:
        await ask(ctx)
    except BaseException:
        print("closing")
        raise
    try:
        await ask(ctx)
    except BaseException as error:
        if request.name:
            raise
        else:
            raise error
    try:
        await ask(ctx)
    except RunCancelled:
        return "given up"
    with suppress(ValueError, KeyError):
        await ask(ctx)
    for _ in range(3):
        try:
            await ask(ctx)
        finally:
            for each in "ab":
                if each == "b":
                    break
    try:
        await ask(ctx)
    except ValueError:
        pass
    except BaseException:
        raise
    await ctx.step.run("charge", charge)
    return "done"
