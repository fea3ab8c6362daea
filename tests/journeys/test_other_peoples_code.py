"""Step functions that hang: people are told, others are served, and the process ends in time."""

import asyncio
import signal
import statistics
import threading
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import aiohttp
import pytest

from bot.doctor import Mark
from bot.sandbox import Sandbox
from store.errors import CannotGoOn
from tests.bot.doctor.examining import changed, found
from tests.journeys.test_killed import Process, process, until
from tests.journeys.town import MovedClock, Town, town
from tests.workflows.kit import a_job
from workflows.approvals.gate import Policy
from workflows.engine.base import Start
from workflows.errors import StepFailed
from workflows.registry import Registry
from workflows.step import Retries

CLICKS = 7
SOON = timedelta(milliseconds=20)


@pytest.fixture
def go_on() -> Iterator[threading.Event]:
    event = threading.Event()
    yield event
    event.set()


def hanging(go_on: threading.Event, name: str):
    def nap() -> None:
        go_on.wait(30)

    nap.__qualname__ = "nap"

    async def story(ctx, request):
        with suppress(StepFailed):
            await ctx.step.run("nap", nap, timeout=SOON, retries=Retries(attempts=1))

    return a_job(story, name)


@pytest.fixture
async def acme(
    sandbox: Sandbox, moved_clock: MovedClock, tmp_path: Path, go_on: threading.Event
) -> AsyncIterator[Town]:
    jobs = Registry([hanging(go_on, "one"), hanging(go_on, "two")])
    async with town(sandbox, tmp_path, moved_clock, jobs, HARBOR_STEP_THREADS=2) as made:
        await made.known()
        yield made


async def hang(acme: Town, *jobs: str) -> None:
    for nth, job in enumerate(jobs):
        await acme.harbor.engine.start(Start(job, {}, requested_by="slack:T:U", via="slack"))
        await acme.run("completed", nth)


async def test_g11_what_hangs_is_in_the_figures_and_on_the_admins_home(acme: Town):
    await hang(acme, "one")

    async with aiohttp.ClientSession() as session:
        drawn = await (await session.get(f"{acme.harbor.url}/metrics")).text()
    assert "harbor_step_threads 2.0" in drawn
    assert 'harbor_step_threads_taken{job="one"} 1.0' in drawn
    assert 'harbor_step_threads_given_up{job="one"} 1.0' in drawn
    ana = acme.member("ana")
    await ana.open_home()
    await acme.sandbox.until(lambda: ana.home and "Hanging" in ana.home.words)
    assert "one (1)" in ana.home.words.replace("`", "")


async def test_g11_the_doctor_is_told_what_hangs(acme: Town):
    await hang(acme, "one")
    port = int(acme.harbor.url.rpartition(":")[2])

    finding = await found(changed(acme.settings, HARBOR_PORT=port), "step threads")

    assert finding.mark is Mark.WARNING
    assert "by job: one: 1" in finding.said


async def test_g11_where_all_threads_hang_the_server_ends_and_names_the_jobs(acme: Town):
    await hang(acme, "one", "two")

    with pytest.raises(CannotGoOn, match=r"all 2 threads .* of one \(1\), two \(1\); this process"):
        acme.harbor.watch.look(0)


@pytest.fixture
async def harbor(tmp_path: Path) -> AsyncIterator[Process]:
    sandbox = await Sandbox.start()
    async with process(sandbox, tmp_path) as made:
        yield made
    await sandbox.stop()


async def test_g10_a_process_whose_step_hangs_ends_within_its_grace(
    harbor: Process, monkeypatch: pytest.MonkeyPatch
):
    await harbor.start(HARBOR_JOBS="tests.journeys.blocking")
    bo = harbor._sandbox.member("bo")
    await bo.command("/harbor run nap")
    await until(harbor, lambda: bo.view)
    await bo.submit({})
    await until(harbor, (harbor._folder / "napping").exists)

    harbor.child.send_signal(signal.SIGTERM)

    async with asyncio.timeout(30):
        assert await harbor.child.wait() == 0


class Computing:
    """A job that computes between its steps, until it is let go or half a minute has passed."""

    def __init__(self) -> None:
        self.begun = threading.Event()
        self.go_on = threading.Event()

    async def story(self, ctx, request) -> int:
        self.begun.set()
        end, n = time.monotonic() + 30, 0
        while not self.go_on.is_set() and time.monotonic() < end:
            n += sum(range(1_000)) % 7
        return n


async def ask(ctx, request) -> str:
    policy = Policy(channel_members=True, requester_may_decide=True)
    decision = await ctx.approval("decision", "Go?", policy=policy, timeout="1h")
    return type(decision).__name__


async def test_g15_clicks_are_answered_in_time_while_a_job_computes(
    sandbox: Sandbox, moved_clock: MovedClock, tmp_path: Path
):
    computing = Computing()
    jobs = Registry([a_job(computing.story, "compute"), a_job(ask, "ask")])
    async with town(sandbox, tmp_path, moved_clock, jobs) as acme:
        await acme.known()
        bo = acme.member("bo").id
        for _ in range(CLICKS):
            await acme.harbor.engine.start(
                Start(
                    "ask", {}, requested_by=f"slack:{sandbox.credentials.team_id}:{bo}", via="slack"
                )
            )
        cards = [await acme.card(nth) for nth in range(CLICKS)]
        await acme.harbor.dispatcher.drain()
        await acme.harbor.engine.start(Start("compute", {}, requested_by="token:x", via="api"))
        await asyncio.to_thread(computing.begun.wait, 10)

        answers = [await acme.member("cam").click(card, "approve") for card in cards]
        assert not computing.go_on.is_set()
        computing.go_on.set()
        for nth in range(CLICKS + 1):
            await acme.run("completed", nth)

    assert [answer.status for answer in answers] == [200] * CLICKS
    assert statistics.median(answer.seconds for answer in answers) < 0.3
