"""L5: files and processes in a body."""

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from pydantic import BaseModel

from workflows import Context, job

PRICES = Path(__file__).parent / "prices.csv"
opened = open


class Request(BaseModel):
    name: str
    path: Path


# -- found ----------------------------------------------------------------------------------------


@job(name="written-out")
async def written_out(ctx: Context, request: Request) -> None:
    print(open("prices.csv").read())  # L5
    with open("prices.csv") as file:  # L5
        print(file)
    print(Path("prices.csv").read_text())  # L5
    print(os.listdir("."), os.path.exists("x"))  # L5
    subprocess.run(["ls"])  # L5
    shutil.rmtree("x")  # L5
    tempfile.mkdtemp()  # L5
    os.system("ls")  # L5


@job(name="under-another-name")
async def under_another_name(ctx: Context, request: Request) -> None:
    print(PRICES.read_text(), PRICES.exists())  # L5
    print(opened("x"))  # L5
    print((PRICES.parent / "x").open())  # L5
    path = Path("a")
    print(path.stat())  # L5
    print(request.path.read_bytes())  # L5
    run = subprocess.run
    run(["ls"])  # L5
    print(prices())


def prices() -> str:
    return (Path("a") / "b").read_text()  # L5


# -- not found ------------------------------------------------------------------------------------


def read_prices(name: str) -> str:
    return Path(name).read_text()


@job(name="right")
async def right(ctx: Context, request: Request) -> None:
    print(Path("a") / "b", PRICES.name, Path("a").with_suffix(".txt"), PRICES.parent)
    print(request.name.replace("a", "b"), request.path.suffix)
    await ctx.step.run("read", read_prices, "prices.csv")
    print(os.path.splitext("a.txt"))
