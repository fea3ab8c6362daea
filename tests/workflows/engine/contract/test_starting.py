"""Starting: one run for one key, and nothing for an input that is refused."""

import asyncio

import pytest
from pydantic import BaseModel

from tests.workflows.kit import a_job
from workflows.errors import InputRefused, JobNotFound, KeyReused
from workflows.registry import Job


class Letter(BaseModel):
    to: str
    copies: int = 1


async def answer_the_input(ctx, request):
    return request.model_dump()


LETTER = Job(name="letter", description="", function=answer_the_input, model=Letter)


async def test_a_run_is_given_its_input_with_defaults(engines):
    harness = await engines(LETTER)

    run = await harness.start("letter", to="Ana")
    await harness.run()

    assert await harness.result(run) == {"to": "Ana", "copies": 1}


async def test_asking_twice_with_one_key_starts_one_run_i4(engines):
    harness = await engines(a_job(answer_the_input))

    runs = await asyncio.gather(*(harness.start(key="k", n=1) for _ in range(20)))
    await harness.run()
    again = await harness.start(key="k", n=1)

    assert len({*runs, again}) == 1
    assert len(await harness.engine.list()) == 1


async def test_asking_without_a_key_starts_a_run_each_time(engines):
    harness = await engines(a_job(answer_the_input))

    runs = {await harness.start(n=1) for _ in range(3)}

    assert len(runs) == 3


@pytest.mark.parametrize(("job", "n"), [("story", 2), ("other", 1)])
async def test_a_key_that_started_something_else_is_refused(engines, job, n):
    harness = await engines(a_job(answer_the_input), a_job(answer_the_input, "other"))
    await harness.start("story", key="k", n=1)

    with pytest.raises(KeyReused):
        await harness.start(job, key="k", n=n)


async def test_an_unknown_job_is_refused_and_the_known_ones_are_named(engines):
    harness = await engines(LETTER)

    with pytest.raises(JobNotFound, match="known: letter"):
        await harness.start("leter")


async def test_an_input_that_the_model_refuses_starts_nothing_and_names_the_fields(engines):
    harness = await engines(LETTER)

    with pytest.raises(InputRefused) as refused:
        await harness.start("letter", copies="many")

    assert set(refused.value.problems) == {"to", "copies"}
    assert await harness.engine.list() == []


async def test_an_input_larger_than_256_kib_is_refused(engines):
    harness = await engines(LETTER)

    with pytest.raises(InputRefused, match="256 KiB"):
        await harness.start("letter", to="x" * 256 * 1024)


async def test_runs_are_listed_newest_first_a_page_at_a_time(engines):
    harness = await engines(a_job(answer_the_input))
    runs = []
    for _ in range(5):
        runs.append(await harness.start())
        harness.clock.move(seconds=1)

    first = await harness.engine.list(limit=3)
    second = await harness.engine.list(limit=3, before=first[-1].id)

    assert [run.id for run in (*first, *second)] == runs[::-1]


async def test_runs_are_listed_by_status_job_and_requester(engines):
    harness = await engines(a_job(answer_the_input), a_job(answer_the_input, "other"))
    done = await harness.start()
    await harness.run()
    ready = await harness.start("other")

    async def found(**chosen):
        return [run.id for run in await harness.engine.list(**chosen)]

    assert await found(status="completed") == [done]
    assert await found(job="other") == [ready]
    assert await found(requested_by="slack:T0HARBOR:UBO") == []


async def test_what_is_no_id_of_a_run_finds_none(engines):
    harness = await engines(a_job(answer_the_input))

    assert await harness.engine.get("no-such-run") is None
    assert await harness.engine.get("0" * 26) is None
