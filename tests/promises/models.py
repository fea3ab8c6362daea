"""Generated models: a job gets what validation made of an input, at every pass, or it is refused.

    python -m tests.promises.models --examples 100000 [--seed 0]

Example n is made of the seed plus n alone, so a run of many can be resumed and one that broke be
made again. Each goes by every door (what the API, a form, cron and the command line give, a model
and a mapping of objects from `run_job`) and is read as at two passes; every fiftieth is a run of a
real engine, with a restart in between. An input that its types can hold must not be refused.
"""

import argparse
import asyncio
import sys
import time
from collections import Counter
from dataclasses import dataclass
from random import Random
from typing import Any

import orjson
from pydantic import BaseModel, ValidationError

from tests.promises.making import CALLS, Made, made
from workflows import inputs
from workflows.errors import InputRefused
from workflows.job import Job
from workflows.same import difference
from workflows.testing import Kit

THROUGH_ENGINE = 50
LOOKS = {"timeout": "7d", "expected": ["yes"]}


@dataclass(frozen=True)
class Broken(Exception):
    """An example that a job would have met otherwise than it was validated."""

    what: str
    made: Made

    def __str__(self) -> str:
        return f"{self.what}\n{self.made.told()}\ninput: {self.made.given}"


async def _unused(ctx: Any, request: Any) -> None: ...


def judge(example: Made) -> str:
    """Answer what became of an example: accepted, refused, or invalid. Raises Broken."""
    job = Job("story", "", _unused, example.model)
    try:
        validated = example.model.model_validate_json(orjson.dumps(example.given))
    except ValidationError:
        return _refused(job, example)
    doors = {
        "JSON": example.given,
        "a model": validated,
        "objects": example.objects(validated),
    }
    ends = {name: _through(job, example, name, given) for name, given in doors.items() if given}
    return ends["JSON"]


def _through(job: Job, example: Made, door: str, given: Any) -> str:
    expected = inputs.of(example.model).checked(given)
    if not isinstance(expected, BaseModel):
        return "invalid"
    try:
        stored = job.accept(given)
    except InputRefused as error:
        # On a slow machine the moment that is to be in the future may have come.
        if example.is_faithful and not 0 < example.until <= time.time():
            raise Broken(
                f"by {door}: refused, though its types can hold it: {error}", example
            ) from None
        return "refused"
    _let_pass(example)
    CALLS.clear()
    passes = [_read(job, stored, door, example) for _ in range(2)]
    if CALLS:
        raise Broken(f"by {door}: at a pass the author's code ran: {dict(CALLS)}", example)
    for nth, got in enumerate(passes, 1):
        if not alike(expected, got):
            raise Broken(f"by {door}: pass {nth} gets {got!r} instead of {expected!r}", example)
    return "accepted"


def _read(job: Job, stored: str, door: str, example: Made) -> BaseModel:
    try:
        return job.read(stored)
    except InputRefused as error:
        raise Broken(f"by {door}: a pass is blocked: {error}", example) from None


def _refused(job: Job, example: Made) -> str:
    try:
        job.accept(example.given)
    except InputRefused:
        return "invalid"
    raise Broken("accepted, though the model refuses it", example)


def _let_pass(example: Made) -> None:
    """Let the moment pass that had to be in the future."""
    while time.time() < example.until:
        time.sleep(0.001)


def alike(one: Any, other: Any) -> bool:
    """Whether two values are the same in each part, by what they say of themselves, too."""
    return difference(one, other, exact=True) is None and _signs(one) == _signs(other)


def _signs(value: Any) -> Any:  # noqa: PLR0911  one per kind
    """Answer all of a value as types and texts; sets in one order."""
    match value:
        case BaseModel():
            parts = {**value.__dict__, **(value.__pydantic_extra__ or {})}
            return type(value), {name: _signs(part) for name, part in parts.items()}
        case dict():
            return type(value), [(_signs(key), _signs(part)) for key, part in value.items()]
        case set() | frozenset():
            return type(value), sorted(map(str, map(_signs, value)))
        case list() | tuple():
            return type(value), [_signs(part) for part in value]
        case _ if hasattr(value, "__dataclass_fields__"):
            return type(value), {name: _signs(part) for name, part in vars(value).items()}
        case _ if hasattr(value, "utcoffset"):
            return value.isoformat()
        case _:
            return type(value), repr(value)


# -- with a real engine -------------------------------------------------------------------------


async def through_engine(examples: list[Made]) -> None:
    """Run each as a job of its own that parks, and as the child of another. Raises Broken."""
    seen: dict[str, list[Any]] = {f"story-{nth}": [] for nth in range(len(examples))}
    jobs = [
        Job(name, "", _noting(seen[name]), each.model)
        for name, each in zip(seen, examples, strict=True)
    ]
    async with Kit(*jobs) as kit:
        started = []
        for job, example in zip(jobs, examples, strict=True):
            try:
                started.append((example, job.name, await kit.start(job, example.given)))
            except InputRefused:
                continue
        await kit.restart()
        for example, name, run in started:
            _let_pass(example)
            await run.deliver("word", {"kind": "yes"})
            _check_run(example, seen[name], await run.view())


def _noting(seen: list[Any]) -> Any:
    async def story(ctx: Any, request: Any) -> None:
        seen.append(request)
        await ctx.step.wait_for_event("word", **LOOKS)

    return story


def _check_run(example: Made, seen: list[Any], run: Any) -> None:
    expected = inputs.of(example.model).checked(example.given)
    if run.status != "completed" or len(seen) != 2:
        raise Broken(f"the run is {run.status}: {run.blocked_reason or run.error}", example)
    # What is made of the moment of the validation differs between two of them.
    if not all(alike(seen[0], each) for each in seen):
        raise Broken(f"the passes get {seen!r}", example)
    if isinstance(expected, BaseModel) and not example.until and not alike(expected, seen[0]):
        raise Broken(f"the run gets {seen[0]!r} instead of {expected!r}", example)


# -- many ---------------------------------------------------------------------------------------


def main() -> int:
    """See the top of the file."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--examples", type=int, default=1_000)
    parser.add_argument("--seed", type=int, default=0)
    asked = parser.parse_args()
    ends: Counter[str] = Counter()
    begun = time.monotonic()
    for seed in range(asked.seed, asked.seed + asked.examples):
        try:
            ends[_one(seed)] += 1
        except Broken as broken:
            sys.stdout.write(f"seed {seed}: {broken}\n")
            ends["broken"] += 1
            break
        if seed % 1_000 == 999:
            sys.stdout.write(f"{seed + 1}: {dict(ends)}, {time.monotonic() - begun:.0f} s\n")
    sys.stdout.write(f"{sum(ends.values())} examples, {ends['broken']} broken: {dict(ends)}\n")
    return 1 if ends["broken"] else 0


def _one(seed: int) -> str:
    example = made(Random(seed))  # noqa: S311  a seed is the point
    end = judge(example)
    if seed % THROUGH_ENGINE == 0 and end == "accepted":
        asyncio.run(through_engine([example]))
    return end


if __name__ == "__main__":
    raise SystemExit(main())
