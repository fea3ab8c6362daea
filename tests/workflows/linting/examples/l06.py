"""L6: tasks and threads in a body."""

import asyncio
import threading
from asyncio import create_task, gather
from concurrent.futures import ThreadPoolExecutor

import anyio
from pydantic import BaseModel

from workflows import Context, Policy, job

POLICY = Policy(channel_members=True)
pool = ThreadPoolExecutor()


class Request(BaseModel):
    name: str


async def build(ctx: Context) -> str:
    return await ctx.step.run("build", str)


# -- found ----------------------------------------------------------------------------------------


@job(name="written-out")
async def written_out(ctx: Context, request: Request) -> None:
    task = asyncio.create_task(build(ctx))  # L6
    await task
    await asyncio.gather(build(ctx), build(ctx))  # L6
    async with asyncio.TaskGroup() as group:  # L6 L12
        group.create_task(build(ctx))  # L6
    await asyncio.wait_for(build(ctx), 5)  # L6
    async with asyncio.timeout(5):  # L6 L12
        await build(ctx)
    await asyncio.to_thread(print)  # L6
    threading.Thread(target=print).start()  # L6


@job(name="under-another-name")
async def under_another_name(ctx: Context, request: Request) -> None:
    await create_task(build(ctx))  # L6
    await gather(build(ctx))  # L6
    start = asyncio.create_task
    await start(build(ctx))  # L6
    pool.submit(print)  # L6
    loop = asyncio.get_running_loop()  # L6
    loop.call_later(5, print)  # L6
    await anyio.to_thread.run_sync(print)  # L6
    await both(ctx)


async def both(ctx: Context) -> None:
    await asyncio.shield(build(ctx))  # L6


# -- not found ------------------------------------------------------------------------------------


async def ask_both() -> list[str]:
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(asyncio.sleep(1, "x")) for _ in range(2)]
    return [task.result() for task in tasks]


@job(name="right")
async def right(ctx: Context, request: Request) -> None:
    await ctx.step.gather("both", build(ctx), build(ctx))
    await ctx.step.run("ask", ask_both)
    try:
        await build(ctx)
    except asyncio.TimeoutError:
        return
