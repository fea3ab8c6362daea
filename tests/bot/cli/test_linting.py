"""`harbor lint`: needs no settings, starts nothing, imports none of the jobs."""

import json
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot import cli, config
from workflows.errors import ConfigurationError

BAD = """\
import time
from workflows import job

1 / 0


@job(name="tick")
async def tick(ctx, request) -> float:
    return time.time()
"""


@pytest.fixture(autouse=True)
def _alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in config.names():
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(tmp_path)
    (tmp_path / "bad_jobs.py").write_text(BAD)


def test_without_a_module_the_jobs_that_come_with_harbor_are_looked_at():
    ran = CliRunner().invoke(cli.app, ["lint"])

    assert (ran.exit_code, ran.stdout) == (0, "")
    assert "Nothing" in ran.stderr


def test_without_a_module_those_of_harbor_jobs_are_looked_at_too(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("HARBOR_JOBS", "bad_jobs,")

    ran = CliRunner().invoke(cli.app, ["lint"])

    assert ran.exit_code == 1
    assert "bad_jobs.py:9:12: L1 clock: `time.time` in tick" in ran.stdout
    assert ran.stderr.startswith("1 to mend")


@pytest.mark.parametrize("named", ["bad_jobs", "bad_jobs.py"])
def test_what_is_found_is_printed_for_programs(named: str):
    ran = CliRunner().invoke(cli.app, ["lint", "--json", named])

    assert ran.exit_code == 1
    (item,) = json.loads(ran.stdout)["items"]
    assert (item["line"], item["column"]) == (9, 12)
    assert (item["number"], item["rule"]) == ("L1", "clock")
    assert item["instead"] == "Write `await ctx.step.now()`"


def test_nothing_found_is_an_empty_list_for_programs():
    ran = CliRunner().invoke(cli.app, ["lint", "--json", "workflows.jobs.approve_and_act"])

    assert (ran.exit_code, json.loads(ran.stdout)) == (0, {"items": []})


def test_a_module_that_is_not_there_is_named():
    ran = CliRunner().invoke(cli.app, ["lint", "no_such_jobs"])

    assert isinstance(ran.exception, ConfigurationError)
    assert "no_such_jobs cannot be found" in str(ran.exception)


def test_the_rules_are_listed_with_why_and_what_to_write_instead():
    listed = CliRunner().invoke(cli.app, ["lint", "--rules"]).stdout
    as_json = CliRunner().invoke(cli.app, ["lint", "--rules", "--json"]).stdout

    assert [line.partition(" ")[0] for line in listed.splitlines() if line.startswith("L")] == [
        f"L{n}" for n in range(1, 20)
    ]
    assert "    The time is another one at each replay. Write `await ctx.step.now()`.\n" in listed
    first = json.loads(as_json)["items"][0]
    assert (first["number"], first["name"], first["at_run"]) == ("L1", "clock", "")


def test_nothing_is_imported_neither_the_module_nor_its_package(tmp_path: Path):
    package = tmp_path / "acme"
    package.mkdir()
    (package / "__init__.py").write_text("1 / 0\n")
    (package / "jobs.py").write_text(BAD)

    ran = CliRunner().invoke(cli.app, ["lint", "acme.jobs"])

    assert (ran.exit_code, "L1 clock" in ran.stdout) == (1, True)
    assert "acme" not in sys.modules
    left = {each.name for each in tmp_path.rglob("*")}
    assert left == {"bad_jobs.py", "acme", "__init__.py", "jobs.py"}
