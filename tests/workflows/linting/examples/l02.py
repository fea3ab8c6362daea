"""L2: the environment in a body."""

import os
import platform
import socket
import sys
from os import environ, getenv
from pathlib import Path

from pydantic import BaseModel

from workflows import Context, job

DEBUG = os.environ.get("DEBUG")  # read once, when the module is loaded: not a replay's business
settings = os.environ


class Request(BaseModel):
    name: str


# -- found ----------------------------------------------------------------------------------------


@job(name="written-out")
async def written_out(ctx: Context, request: Request) -> None:
    if os.environ.get("DEBUG"):  # L2
        return
    print(os.getenv("HOME"), getenv("USER"))  # L2
    print(environ["HOME"])  # L2
    print("HOME" in os.environ)  # L2
    print(Path.cwd(), Path.home())  # L2
    print(socket.gethostname())  # L2
    print(sys.argv[1])  # L2
    print(platform.system())  # L2
    print(os.getpid())  # L2


@job(name="under-another-name")
async def under_another_name(ctx: Context, request: Request) -> None:
    env = os.environ  # L2
    print(env["HOME"])
    print(settings.get("HOME"))  # L2
    print({**os.environ})  # L2
    for name, value in os.environ.items():  # L2
        print(name, value)
    print(home())
    match os.getenv("STAGE"):  # L2
        case "live":
            return


def home() -> str:
    return os.environ["HOME"]  # L2


# -- not found ------------------------------------------------------------------------------------


def region() -> str:
    return os.environ["REGION"]


@job(name="right")
async def right(ctx: Context, request: Request) -> None:
    await ctx.step.run("region", region)
    print(os.path.join("a", "b"), os.sep, os.path.basename("a/b"))
    environ = {"a": request.name}
    print(environ["a"])
    print(DEBUG)
