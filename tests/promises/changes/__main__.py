"""Many programs, each changed while a run of it is under way.

    python -m tests.promises.changes --examples 100000      as many as wanted
    python -m tests.promises.changes --seed 17              one of them once more

A seed decides everything, so a long run is gone on with from where it was: --from-seed.
"""

import argparse
import asyncio
import multiprocessing
import sys
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from random import Random
from typing import Self

from tests.promises.changes.changing import Case, Outcome, Stage

PART = 200  # examples of one database


@dataclass
class Campaign:
    """What came of many examples."""

    examples: int = 0
    outcomes: Counter[str] = field(default_factory=Counter)
    broken: list[tuple[int, Outcome]] = field(default_factory=list)

    def __iadd__(self, other: "Campaign") -> Self:
        self.examples += other.examples
        self.outcomes += other.outcomes
        self.broken += other.broken
        return self

    def __str__(self) -> str:
        kinds = ", ".join(f"{times} {what}" for what, times in self.outcomes.most_common())
        return f"{self.examples} examples, {len(self.broken)} of them broken; {kinds}"


def campaign(seeds: Iterable[int], *, until: int = 1) -> Campaign:
    """Play the cases of *seeds*, until so many of them are broken."""
    return asyncio.run(_campaign(seeds, until))


async def _campaign(seeds: Iterable[int], until: int) -> Campaign:
    done = Campaign()
    stage = Stage()
    for seed in seeds:
        outcome = await played(stage, seed)
        done.examples += 1
        done.outcomes[_kind(outcome)] += 1
        if outcome.violations:
            done.broken.append((seed, outcome))
        if len(done.broken) >= until:
            break
    await stage.close()
    return done


async def played(stage: Stage, seed: int) -> Outcome:
    """Play the case of a seed."""
    chance = Random(seed)  # noqa: S311  chance is wanted, not a secret
    return await stage.play(Case.made_up(chance), chance)


def told(seed: int, outcome: Outcome) -> str:
    """Answer all there is to know of a broken case."""
    case = outcome.case
    found = "\n  ".join(("broken:", *outcome.violations))
    return (
        f"{case.edit}, after {case.deploy_at} answers; {outcome.status}\n"
        f"before: {case.before}\nafter:  {case.after}\n{found}\nSEED={seed}"
    )


def _kind(outcome: Outcome) -> str:
    if not outcome.was_deployed:
        return "over before the deploy"
    if outcome.was_blocked:
        return "blocked" if outcome.status == "blocked" else "blocked, then ended on the old code"
    return f"{outcome.status}, with a difference noted" if outcome.is_noted else outcome.status


def main() -> int:
    """See the top of the file."""
    parser = argparse.ArgumentParser(prog="tests.promises.changes")
    parser.add_argument("--seed", type=int)
    parser.add_argument("--examples", type=int, default=1_000)
    parser.add_argument("--from-seed", type=int, default=0)
    parser.add_argument("--processes", type=int, default=1)
    parser.add_argument("--until", type=int, default=1, help="so many broken ones end it")
    given = parser.parse_args()
    if given.seed is not None:
        given.from_seed, given.examples = given.seed, 1
    began = time.monotonic()
    done = Campaign()
    for part in _parts(given.from_seed, given.examples, given.processes, given.until):
        done += part
        if len(done.broken) >= given.until:
            break
    took = time.monotonic() - began
    for seed, outcome in done.broken:
        sys.stdout.write(f"{told(seed, outcome)}\n")
    sys.stdout.write(f"{done} in {took:.0f} s ({done.examples / took:.0f}/s)\n")
    return bool(done.broken)


def _parts(first: int, examples: int, processes: int, until: int) -> Iterator[Campaign]:
    parts = [
        range(start, min(start + PART, first + examples))
        for start in range(first, first + examples, PART)
    ]
    if processes == 1:
        yield from (campaign(part, until=until) for part in parts)
        return
    with multiprocessing.get_context("spawn").Pool(processes) as pool:
        yield from pool.imap(campaign, parts)


if __name__ == "__main__":
    raise SystemExit(main())
