"""Logs: bounded, on one line, without secrets, whatever is thrown at them (X109)."""

import json
import logging
from collections.abc import Iterator

import pytest
import structlog
from pydantic import BaseModel

from bot import logs
from tests.workflows.kit import a_job
from workflows.testing import Kit

SECRETS = [
    "xoxb-123456789012-abcdef",
    "xoxp-1-2-3",
    "xoxa-2-abc",
    "xoxe-1-refresh",
    "xapp-1-A1-2-abcdef",
    "Bearer abc.def.ghi",
    "https://hooks.slack.com/actions/T1/2/abcdef",
    "lin_api_0123456789abcdef",
]


@pytest.fixture(autouse=True)
def _restored() -> Iterator[None]:
    """Leave logging as it was found."""
    root = logging.getLogger()
    handlers, level, raises = list(root.handlers), root.level, logging.raiseExceptions
    levels = {name: logging.getLogger(name).level for name in ("slack_bolt", "httpx", "mcp")}
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    logging.raiseExceptions = raises
    for name, before in levels.items():
        logging.getLogger(name).setLevel(before)


def said(captured: pytest.CaptureFixture[str]) -> str:
    return captured.readouterr().err


@pytest.mark.parametrize("log_format", ["json", "console"])
@pytest.mark.parametrize("secret", SECRETS)
def test_x109_a_secret_is_masked(capsys: pytest.CaptureFixture[str], secret: str, log_format: str):
    logs.configure("json" if log_format == "json" else "console")

    logging.getLogger("test").warning("called with %s and failed", secret)

    line = said(capsys)
    assert secret not in line
    assert "called with [secret] and failed" in line


@pytest.mark.parametrize("log_format", ["json", "console"])
@pytest.mark.parametrize("secret", SECRETS)
async def test_a_line_of_a_jobs_own_has_its_facts_beside_it_and_no_secret(
    capsys: pytest.CaptureFixture[str], secret: str, log_format: str
):
    class Server(BaseModel):
        address: str

    async def story(ctx, request):
        ctx.log.info(
            f"sent to {secret}",  # noqa: G004
            count=3,
            server=Server(address=secret),
            api_key="hidden",
            level="mine",
            **{f"{secret}\nforged": 1},
        )

    async with Kit(a_job(story)) as kit:
        logs.configure("json" if log_format == "json" else "console")
        run = await kit.start("story")

    line = said(capsys)
    assert secret not in line
    assert "hidden" not in line
    assert "\nforged" not in line
    assert all(word in line for word in ("sent to [secret]", run.id, "story", "count", "level_"))


def test_x109_a_secret_in_a_traceback_is_masked(capsys: pytest.CaptureFixture[str]):
    logs.configure("json")

    logging.getLogger("test").error("it failed", exc_info=ValueError("xoxb-123456789012-abcdef"))

    line = said(capsys)
    assert "xoxb-1" not in line
    assert "ValueError: [secret]" in line


@pytest.mark.parametrize("secret", SECRETS)
def test_x109_a_secret_in_a_structured_value_is_masked(
    capsys: pytest.CaptureFixture[str], secret: str
):
    logs.configure("json")

    with structlog.contextvars.bound_contextvars(asked=secret, tree={"headers": [secret]}):
        logging.getLogger("test").warning("it failed")

    assert secret not in said(capsys)


@pytest.mark.parametrize("log_format", ["json", "console"])
@pytest.mark.parametrize(
    "nasty", ["a\nERROR forged", "a\r\nb", "\x1b[31mred", "\x00", "\x7f", "a\u2028b", "\x9b31m"]
)
def test_x109_control_characters_cannot_forge_a_line(
    capsys: pytest.CaptureFixture[str], nasty: str, log_format: str
):
    logs.configure("json" if log_format == "json" else "console")

    logging.getLogger("test").warning("asked for %s", nasty)

    (line,) = said(capsys).splitlines()
    assert "\x1b[31mred" not in line
    assert not set(line) & {"\x00", "\x7f", "\x9b"}


@pytest.mark.parametrize("log_format", ["json", "console"])
def test_x109_a_long_value_is_cut_in_the_middle(
    capsys: pytest.CaptureFixture[str], log_format: str
):
    logs.configure("json" if log_format == "json" else "console")

    logging.getLogger("test").warning("begin %s end", "a" * 100_000)

    line = said(capsys)
    assert len(line.encode()) < 4_096
    assert "begin a" in line
    assert "a end" in line


def test_x109_a_traceback_is_bounded_too(capsys: pytest.CaptureFixture[str]):
    logs.configure("json")

    logging.getLogger("test").error("it failed", exc_info=ValueError("a" * 100_000))

    assert len(said(capsys).encode()) < 4_096


def test_json_is_one_object_a_line_with_level_logger_and_time(capsys: pytest.CaptureFixture[str]):
    logs.configure("json")

    logging.getLogger("bot.test").warning("hello %s", "world")

    found = json.loads(said(capsys))
    assert (found["event"], found["level"], found["logger"]) == (
        "hello world",
        "warning",
        "bot.test",
    )
    assert found["timestamp"].endswith("Z")


def test_what_is_bound_to_the_run_is_in_the_line(capsys: pytest.CaptureFixture[str]):
    logs.configure("json")

    with structlog.contextvars.bound_contextvars(run_id="01m", gate_id="abc"):
        logging.getLogger("test").info("parked")

    found = json.loads(said(capsys))
    assert (found["run_id"], found["gate_id"]) == ("01m", "abc")


def test_the_chatter_of_libraries_is_left_out(capsys: pytest.CaptureFixture[str]):
    logs.configure("json")

    for name in ("httpx", "mcp.client", "apscheduler.scheduler", "aiohttp.access", "slack_bolt.x"):
        logging.getLogger(name).info("chatter")

    assert said(capsys) == ""


def test_f108_a_log_that_cannot_be_written_stops_nobody(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    logs.configure("json")
    handler, _ = logging.getLogger().handlers
    assert isinstance(handler, logging.StreamHandler)

    def full(_: str) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(handler.stream, "write", full)

    logging.getLogger("test").warning("hello")


def test_f18_errors_are_counted_by_where_they_were_logged(capsys: pytest.CaptureFixture[str]):
    logs.configure("json")
    before = logs.ERRORS.seen["test.errors"]

    logging.getLogger("test.errors").error("oh")
    logging.getLogger("test.errors").warning("well")

    assert logs.ERRORS.seen["test.errors"] == before + 1


def test_f109_that_there_are_no_descriptors_is_said_once_a_minute(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(logs, "SELDOM", logs.Seldom())
    logs.configure("json")

    for socket in range(3):
        logging.getLogger("asyncio").error("socket.accept() out of system resource: %s", socket)
    for _ in range(2):
        logging.getLogger("asyncio").error("Task exception was never retrieved")
    logging.getLogger("asyncio").removeFilter(logs.SELDOM)

    assert [line.count("system resource") for line in said(capsys).splitlines()] == [1, 0, 0]


@pytest.mark.parametrize("log_format", ["json", "console"])
@pytest.mark.parametrize(
    "name", ["password", "db_password", "API_KEY", "token", "client_secret", "Cookie"]
)
def test_x109_a_value_that_is_named_like_a_secret_is_masked_whatever_it_is(
    capsys: pytest.CaptureFixture[str], name: str, log_format: str
):
    logs.configure("json" if log_format == "json" else "console")

    structlog.stdlib.get_logger("test").warning("called", **{name: "hunter2"})
    logging.getLogger("test").warning("called", extra={"facts": {name: "hunter2"}})

    assert "hunter2" not in said(capsys)


@pytest.mark.parametrize("inside", [{"password": "hunter2"}, [{"password": "hunter2"}]])
def test_x109_so_is_one_inside_another_value(capsys: pytest.CaptureFixture[str], inside: object):
    logs.configure("json")

    structlog.stdlib.get_logger("test").warning("called", given=inside)

    assert "hunter2" not in said(capsys)
