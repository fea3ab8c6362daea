"""The page about changing jobs: what it says of each change is what comes of a parked run."""

import json
import re

import pytest

from tests.examples import blocks, examples, module
from workflows.testing import Kit, member

PAGE = "changing-jobs.md"
BEFORE, *CHANGES = blocks(PAGE)
COMMENT = re.compile(r"# (goes on|blocked|a new run): (.+)\n")
TESTS = examples(PAGE)
SAID = [(change, *COMMENT.match(change).groups()) for change in CHANGES if COMMENT.match(change)]


def jobs(change: str = ""):
    """Answer the job of the page, changed like this."""
    return module("changing_jobs", [BEFORE, change]).refund


async def approved(kit: Kit, name: str = "refund"):
    run = await kit.start(name, {"order": "A1", "amount": 5})
    await run.approve(member("UBO"))
    return run


@pytest.mark.parametrize(
    ("change", "outcome", "what"), SAID, ids=[f"{outcome} {what}" for _, outcome, what in SAID]
)
async def test_what_the_page_says_comes_of_a_parked_run(change, outcome, what):
    async with Kit(jobs()) as kit:
        run = await kit.start("refund", {"order": "A1", "amount": 5})
        assert [wait.name for wait in await run.waits()] == ["decision"]

        await kit.deploy(jobs(change))
        await run.approve(member("UBO"))

        if outcome == "goes on":
            assert await run.result() == json.loads(what)
        else:
            view = await run.view()
            assert view.status == "blocked"
            assert what in (view.blocked_reason or "")
            assert "pay back" not in [line.name for line in view.timeline]


@pytest.mark.parametrize("change", [c for c in CHANGES if "# a new run:" in c])
async def test_what_the_page_says_comes_of_a_new_run(change):
    _, what = COMMENT.findall(change)[1]

    async with Kit(jobs(change)) as kit:
        run = await approved(kit)

        assert await run.result() == json.loads(what)


@pytest.mark.parametrize("name", TESTS)
async def test_the_test_on_the_page_passes(name):
    # The block that defines it stands on the job as it was, not on the changes in between.
    (block,) = (each for each in CHANGES if f"def {name}(" in each)

    await vars(module("changing_jobs", [BEFORE, block]))[name]()


def test_the_page_has_an_example_of_each_thing_it_speaks_of():
    outcomes = [outcome for _, outcome, _ in SAID]

    assert (outcomes.count("goes on"), outcomes.count("blocked"), len(TESTS)) == (7, 8, 5)
    assert len(CHANGES) == len(SAID) + 3
