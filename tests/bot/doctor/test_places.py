"""Channels and admins: whether anybody can be asked, and who looks after it."""

from pathlib import Path

import pytest

from bot.config import Settings
from bot.doctor import Mark
from bot.doctor.examination import checkup
from bot.sandbox import Fault, Sandbox
from tests.bot.doctor.examining import about, changed, found

JOBS = """
from pydantic import BaseModel
from workflows import Context, Policy, job

WHERE = "#leads"

class Nothing(BaseModel):
    pass

@job(name="ask-around")
async def ask_around(ctx: Context, request: Nothing) -> None:
    policy = Policy(channel_members=True)
    await ctx.approval("a", "Go?", channel="#nowhere", policy=policy, timeout="1h")
    await ctx.approval("b", "Go?", channel=WHERE, policy=policy, timeout="1h")
"""


async def test_the_approvals_channel_with_the_bot_in_it_is_good(settings: Settings):
    channel = await found(settings, "channels")

    assert (channel.mark, channel.said) == (
        Mark.GOOD,
        "#approvals (HARBOR_APPROVALS_CHANNEL): the bot is in it",
    )


@pytest.mark.parametrize(
    ("name", "said", "step"),
    [
        ("#leads", "the bot is not in it", "type /invite @harbor in #leads"),
        ("#nowhere", "is not there, or is private", "create it"),
        ("#archive", "is archived", "unarchive it"),
        ("C0NOWHERE", "is not there, or is private", "create it"),
    ],
)
async def test_a_channel_where_nobody_can_be_asked_is_explained(
    settings: Settings, name: str, said: str, step: str
):
    channel = await found(changed(settings, HARBOR_APPROVALS_CHANNEL=name), "channels")

    assert channel.mark is Mark.BAD
    assert said in channel.said
    assert step in str(channel.next_step)


async def test_a_channel_may_be_given_by_its_id(sandbox: Sandbox, settings: Settings):
    leads, approvals = (sandbox.workspace.channel(f"#{name}") for name in ("leads", "approvals"))
    assert leads is not None
    assert approvals is not None

    inside = await found(changed(settings, HARBOR_APPROVALS_CHANNEL=approvals.id), "channels")
    outside = await found(changed(settings, HARBOR_APPROVALS_CHANNEL=leads.id), "channels")

    assert (inside.mark, outside.mark) == (Mark.GOOD, Mark.BAD)


async def test_the_channels_that_jobs_name_are_looked_up_too(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    (tmp_path / "doctor_jobs.py").write_text(JOBS)
    monkeypatch.syspath_prepend(tmp_path)

    findings = await checkup(changed(settings, HARBOR_JOBS="doctor_jobs"))

    said = {finding.said: finding.mark for finding in about(findings, "channels")}
    assert said["#leads (ask-around) is there, but the bot is not in it"] is Mark.WARNING
    assert any(words.startswith("#nowhere (ask-around)") for words in said)


async def test_slack_failing_in_the_middle_is_a_finding(sandbox: Sandbox, settings: Settings):
    sandbox.faults.add("users.conversations", Fault.error("missing_scope"))

    channels = await found(settings, "channels")

    assert channels.said == "could not be looked at: Slack says missing_scope"


@pytest.mark.parametrize(
    ("admins", "mark", "said"),
    [
        ("", Mark.WARNING, "nobody"),
        ("U0NOBODY", Mark.BAD, "names U0NOBODY, whom Slack does not know"),
        ("S0NOBODY", Mark.BAD, "names S0NOBODY, whom Slack does not know"),
    ],
)
async def test_admins_who_are_nobody_are_named(
    settings: Settings, admins: str, mark: Mark, said: str
):
    finding = await found(changed(settings, HARBOR_ADMINS=admins), "admins")

    assert finding.mark is mark
    assert said in finding.said
