"""Jobs and plugins: whether the installation's own code loads, and its servers answer."""

import re
from pathlib import Path

import pytest

from bot.config import Settings
from bot.doctor import Mark
from bot.doctor.examination import checkup
from bot.sandbox import Sandbox
from tests.bot.doctor.examining import about, changed, found


async def test_a_job_module_that_cannot_be_imported_is_named(settings: Settings):
    jobs = await found(changed(settings, HARBOR_JOBS="acme.missing"), "jobs")

    assert jobs.mark is Mark.BAD
    assert "acme.missing cannot be imported" in jobs.said
    assert "HARBOR_JOBS" in str(jobs.next_step)


async def test_a_plugin_is_listed_with_its_tools(settings: Settings):
    plugin = await found(settings, "plugin")

    assert plugin.mark is Mark.GOOD
    assert re.match(r"linear: .*(save|create)_issue", plugin.said)


async def test_a_plugin_whose_server_is_away_is_a_finding(settings: Settings, tmp_path: Path):
    toml = tmp_path / "away.toml"
    toml.write_text('[linear]\nurl = "http://127.0.0.1:9/mcp"\ntimeout = "2s"\n')

    plugin = await found(changed(settings, HARBOR_PLUGINS=toml), "plugin")

    assert plugin.mark is Mark.BAD
    assert plugin.said.startswith("linear does not answer: ")


async def test_a_plugin_without_its_token_is_a_finding(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.delenv("TEST_LINEAR_KEY")

    plugin = await found(settings, "plugin")

    assert plugin.mark is Mark.BAD
    assert "TEST_LINEAR_KEY is not set" in plugin.said


async def test_a_tool_that_is_allowed_but_not_offered_is_worth_a_look(
    sandbox: Sandbox, settings: Settings, tmp_path: Path
):
    toml = tmp_path / "some.toml"
    place = f'url = "{sandbox.url}/mcp"\ntoken_env = "TEST_LINEAR_KEY"\n'
    toml.write_text(f'[linear]\n{place}tools = ["save_issue", "fly"]\n')

    plugin = await found(changed(settings, HARBOR_PLUGINS=toml), "plugin")

    assert (plugin.mark, plugin.said) == (Mark.WARNING, "linear does not offer fly")


USING = """
from pydantic import BaseModel
from workflows import Context, job

class Nothing(BaseModel):
    pass

@job(name="bill")
async def bill(ctx: Context, request: Nothing) -> None:
    await ctx.plugins.slack.post_message("#ops", "billing")
    await ctx.plugins.stripe.charge(amount=1)
"""


async def test_a_plugin_that_a_job_uses_and_nobody_has_configured_is_named(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    (tmp_path / "using_jobs.py").write_text(USING)
    monkeypatch.syspath_prepend(tmp_path)

    findings = await checkup(changed(settings, HARBOR_JOBS="using_jobs"))

    (lacking,) = [each for each in about(findings, "plugin") if "used by" in each.said]
    assert lacking.mark is Mark.WARNING
    assert lacking.said.startswith("stripe is used by bill, and is not in ")
    assert "[stripe]" in str(lacking.next_step)


async def test_without_plugins_toml_the_plugins_of_the_shipped_jobs_are_named(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")

    findings = await checkup(changed(settings, HARBOR_PLUGINS=None))

    said = [each.said for each in about(findings, "plugin")]
    assert said[0] == "none: there is no plugins.toml"
    assert said[1].startswith("linear is used by approve-and-act")
