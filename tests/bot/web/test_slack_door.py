"""Slack's door over real HTTP: what is let in, and the exact status for what is not."""

import asyncio
import gzip
import io
import json
import tracemalloc
from collections.abc import AsyncIterator, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import aiohttp
import pytest

from bot.sandbox import Delivered, Sandbox, payloads
from bot.sandbox.http_door import FORM, JSON, PATH
from bot.slack.gate import LARGEST_BODY
from bot.web import slack as door
from tests.journeys.town import MovedClock, Town, town

ODD = [None, 1, "", [], [1], {}]


@pytest.fixture
def moved_clock() -> MovedClock:
    return MovedClock()


@pytest.fixture
async def acme(
    tmp_path: Path, moved_clock: MovedClock, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Town]:
    """A workspace with a bot behind its door."""
    sandbox = await Sandbox.start(now=moved_clock.timestamp)
    monkeypatch.setenv("TEST_LINEAR_KEY", sandbox.credentials.linear_token)
    async with town(sandbox, tmp_path, moved_clock) as found:
        yield found
    await sandbox.stop()


async def deliver(acme: Town, raw: bytes, content_type: str = FORM, **more: str) -> Delivered:
    """Send *raw*, rightly signed."""
    return await acme.sandbox.deliver(raw, headers={"Content-Type": content_type, **more})


async def interact(acme: Town, payload: Any) -> Delivered:
    return await deliver(acme, urlencode({"payload": json.dumps(payload)}).encode())


def an_event(acme: Town, **more: Any) -> dict[str, Any]:
    event = {"type": "app_home_opened", "user": acme.member("bo").id, "tab": "messages"}
    return payloads.event(acme.sandbox.workspace, event) | more


def a_click(acme: Town) -> dict[str, Any]:
    """Answer a click on a button of a message, in every detail as Slack sends it."""
    bo = acme.member("bo")
    return {
        "type": "block_actions",
        "team": {"id": acme.sandbox.credentials.team_id, "domain": "acme"},
        "enterprise": None,
        "is_enterprise_install": False,
        "api_app_id": acme.sandbox.credentials.app_id,
        "token": "x",
        "user": {"id": bo.id, "name": "bo", "team_id": acme.sandbox.credentials.team_id},
        "container": {"type": "message", "message_ts": "1.2", "channel_id": "C0APPROVALS"},
        "channel": {"id": "C0APPROVALS", "name": "approvals"},
        "message": {"type": "message", "ts": "1.2", "text": "Hello", "blocks": []},
        "state": {"values": {}},
        "trigger_id": "1.2.3",
        "response_url": f"{acme.sandbox.url}/response/A/none",
        "actions": [{"type": "button", "action_id": "approve", "block_id": "b", "value": "v"}],
    }


def a_submission(acme: Town) -> dict[str, Any]:
    click = a_click(acme)
    for name in ("container", "channel", "message", "state", "actions", "response_url"):
        del click[name]
    view = {
        "id": "V1",
        "type": "modal",
        "callback_id": "run",
        "private_metadata": "approve-and-act",
        "state": {"values": {"context": {"value": {"type": "plain_text_input", "value": "x"}}}},
        "app_installed_team_id": acme.sandbox.credentials.team_id,
    }
    return click | {"type": "view_submission", "view": view, "response_urls": []}


# -- signatures ------------------------------------------------------------------------------------


async def test_what_slack_has_signed_is_taken(acme: Town):
    heard = await acme.sandbox.deliver(an_event(acme))

    assert heard.status == 200


@pytest.mark.parametrize(
    "headers",
    [
        {"X-Slack-Signature": ""},
        {"X-Slack-Request-Timestamp": ""},
        {"X-Slack-Signature": "v0=" + "0" * 64},
        {"X-Slack-Signature": "v1=" + "0" * 64},
        {"X-Slack-Signature": "v0=" + "é" * 64},
        {"X-Slack-Request-Timestamp": "NaN"},
        {"X-Slack-Request-Timestamp": "1e309"},
        {"X-Slack-Request-Timestamp": "٣٣٣"},
        {"X-Slack-Request-Timestamp": "9" * 5_000},
    ],
)
async def test_x1_to_x4_what_is_not_rightly_signed_answers_401(acme: Town, headers: dict[str, str]):
    heard = await acme.sandbox.deliver(an_event(acme), headers=headers)

    assert (heard.status, heard.body) == (401, "")


async def test_x1_a_request_without_any_signature_answers_401(acme: Town):
    async with (
        aiohttp.ClientSession() as session,
        session.post(acme.harbor.url + PATH, json=an_event(acme)) as response,
    ):
        assert response.status == 401


@pytest.mark.parametrize(("seconds", "status"), [(-299, 200), (-302, 401), (58, 200), (62, 401)])
async def test_x5_the_age_of_a_request_is_told_by_our_clock(
    acme: Town, seconds: float, status: int
):
    then = str(int(acme.clock.timestamp() + seconds))

    heard = await acme.sandbox.deliver(an_event(acme), timestamp=then)

    assert heard.status == status


async def test_nothing_unsigned_is_parsed(acme: Town):
    heard = await deliver(acme, b"\xff{[" * 100, **{"X-Slack-Signature": "v0=" + "0" * 64})

    assert heard.status == 401


# -- size and time ---------------------------------------------------------------------------------


async def test_x8_a_body_of_256_kib_is_read_and_one_byte_more_is_413(acme: Town):
    largest = b"command=%2Fother&user_id=U000000BO0&text="
    largest += b"a" * (LARGEST_BODY - len(largest))

    assert (await deliver(acme, largest)).status == 200
    assert (await deliver(acme, largest + b"a")).status == 413


async def test_x8_two_mebibytes_answer_413_without_being_kept(acme: Town):
    body = b"a" * (2 * 1024 * 1024)
    assert await upload(acme, body) == 413
    tracemalloc.start()

    for _ in range(5):
        assert await upload(acme, body) == 413

    left, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert left < 1024 * 1024


async def test_x8_a_body_without_end_is_cut_off_at_the_limit(acme: Town):
    sent = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal sent
        while True:
            sent += 65_536
            yield b"a" * 65_536

    async with aiohttp.ClientSession() as session:
        with suppress(aiohttp.ClientError, OSError):  # the answer may come as a reset
            posted = session.post(
                acme.harbor.url + PATH, data=endless(), headers={"Content-Type": FORM}
            )
            async with posted as response:
                assert response.status == 413

    assert 0 < sent < 64 * 1024 * 1024


async def test_x8_90000_fields_answer_400(acme: Town):
    heard = await deliver(acme, b"&".join(b"%x=" % number for number in range(30_000)))

    assert heard.status == 400


async def test_f95_a_body_that_never_comes_is_given_up(acme: Town, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(door, "LONGEST_READ_S", 0.1)

    answer = await raw_request(acme, f"Content-Type: {FORM}\r\nContent-Length: 1000\r\n", b"abc")

    assert answer.startswith(b"HTTP/1.1 408 ")


async def test_x8_a_body_shorter_than_it_claims_harms_nobody(acme: Town):
    reader, writer = await connected(acme)
    writer.write(head(f"Content-Type: {FORM}\r\nContent-Length: 1000\r\n") + b"abc")
    await writer.drain()
    writer.close()

    assert (await acme.sandbox.deliver(an_event(acme))).status == 200
    assert await reader.read() == b""


async def test_f95_other_requests_are_answered_while_one_is_slow(acme: Town):
    _, writer = await connected(acme)
    writer.write(head(f"Content-Type: {FORM}\r\nContent-Length: 1000\r\n"))
    await writer.drain()

    heard = await acme.sandbox.deliver(an_event(acme))

    assert heard.status == 200
    writer.close()


# -- encodings -------------------------------------------------------------------------------------


@pytest.mark.parametrize("encoding", ["gzip", "br", "deflate", "zstd", "gzip, gzip", "x-unknown"])
async def test_x9_a_compressed_body_answers_415(acme: Town, encoding: str):
    heard = await deliver(acme, gzip.compress(b"a" * 100), **{"Content-Encoding": encoding})

    assert heard.status in {400, 415}  # 400: the server's own parser met it first


async def test_x9_a_gzip_bomb_answers_415_and_is_not_unpacked(acme: Town):
    bomb = gzip.compress(b"\0" * 50_000_000)
    tracemalloc.start()

    heard = await deliver(acme, bomb, **{"Content-Encoding": "gzip"})

    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert heard.status == 415
    assert peak < 10_000_000


@pytest.mark.parametrize(
    "content_type", ["", "text/plain", "multipart/form-data; boundary=x", "application/xml", "x"]
)
async def test_another_content_type_answers_415(acme: Town, content_type: str):
    heard = await deliver(acme, b"payload=%7B%7D", content_type)

    assert heard.status == 415


@pytest.mark.parametrize("charset", ["bogus", "utf-16", "utf-8", "iso-8859-1", ""])
async def test_x10_the_body_is_utf_8_whatever_its_charset_claims(acme: Town, charset: str):
    raw = json.dumps(an_event(acme)).encode()

    heard = await deliver(acme, raw, f"{JSON}; charset={charset}")

    assert heard.status == 200


@pytest.mark.parametrize("raw", [b"\xff\xfe\x00", b"\xef\xbb\xbf{}", '{"a": 1}'.encode("utf-16")])
async def test_x10_bytes_that_are_no_plain_utf_8_answer_400(acme: Town, raw: bytes):
    assert (await deliver(acme, raw, JSON)).status == 400


# -- payloads --------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["", "{", "[]", "1", "null", "[" * 50_000, "9" * 5_000])
async def test_x11_a_payload_that_is_no_object_answers_400(acme: Town, text: str):
    heard = await deliver(acme, urlencode({"payload": text}).encode())

    assert (heard.status, heard.body) == (400, "")


@pytest.mark.parametrize("kind", [None, 7, "unknown", "block_suggestion", "view_closed", [], {}])
async def test_x12_a_payload_of_another_type_answers_200_and_nothing(acme: Town, kind: Any):
    heard = await interact(acme, a_click(acme) | {"type": kind})

    assert (heard.status, heard.body) == (200, "")


async def test_x12_an_event_that_nobody_subscribed_to_answers_200(acme: Town):
    heard = await acme.sandbox.deliver(an_event(acme, event={"type": "emoji_changed"}))

    assert (heard.status, heard.body) == (200, "")


async def test_x12_another_apps_command_answers_200_and_nothing(acme: Town):
    raw = urlencode({"command": "/other", "user_id": acme.member("bo").id, "text": "x"}).encode()

    assert ((heard := await deliver(acme, raw)).status, heard.body) == (200, "")


@pytest.mark.parametrize("count", [0, 2, 1_000])
async def test_x13_anything_but_one_action_answers_400(acme: Town, count: int):
    click = a_click(acme)

    heard = await interact(acme, click | {"actions": click["actions"] * count})

    assert heard.status == 400


@pytest.mark.parametrize("user", [None, {"id": ["U1"]}, {"id": "u000000bo"}, {"id": "U" * 10_000}])
async def test_x19_a_click_of_nobody_answers_400(acme: Town, user: Any):
    assert (await interact(acme, a_click(acme) | {"user": user})).status == 400


def spoilt(payload: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield *payload* with each of its parts, and each part of those, left out or odd."""
    for name, part in payload.items():
        yield {key: value for key, value in payload.items() if key != name}
        yield from (payload | {name: odd} for odd in ODD)
        if isinstance(part, dict):
            yield from (payload | {name: inner} for inner in spoilt(part))
        if isinstance(part, list) and part and isinstance(part[0], dict):
            yield from (payload | {name: [inner]} for inner in spoilt(part[0]))


@pytest.mark.parametrize("made", [a_click, a_submission, an_event])
async def test_no_signed_payload_however_spoilt_answers_500(acme: Town, made: Any):
    statuses = set()

    for payload in spoilt(made(acme)):
        heard = await interact(acme, payload)
        assert heard.status in {200, 400}, (heard.status, payload)
        statuses.add(heard.status)

    assert statuses == {200, 400}


@pytest.mark.parametrize("name", ["user_id", "team_id", "channel_id", "trigger_id", "text"])
async def test_no_command_however_spoilt_answers_500(acme: Town, name: str):
    bo, place = acme.member("bo"), acme.sandbox.workspace.channel("#approvals")
    assert place is not None
    command = payloads.command(acme.sandbox.workspace, bo.person, place, "/harbor", "run")

    for odd in ("", "\x00", "a" * 5_000, "<!channel>", "\u202e", "é"):
        raw = urlencode(command | {name: odd}).encode()
        assert (await deliver(acme, raw)).status in {200, 400}
    without = {key: value for key, value in command.items() if key != name}
    assert (await deliver(acme, urlencode(without).encode())).status in {200, 400}


# -- special requests ------------------------------------------------------------------------------


async def test_x23_the_challenge_is_echoed_as_plain_text(acme: Town):
    heard = await acme.sandbox.verify_url()

    assert (heard.status, heard.body) == (200, "sandbox-challenge")
    assert heard.headers["Content-Type"].startswith("text/plain")
    assert heard.headers["X-Content-Type-Options"] == "nosniff"


async def test_x23_a_challenge_of_markup_is_text(acme: Town):
    challenge = "<script>alert(1)</script>"

    heard = await acme.sandbox.deliver({"type": "url_verification", "challenge": challenge})

    assert heard.body == challenge
    assert heard.headers["Content-Type"].startswith("text/plain")


@pytest.mark.parametrize("challenge", ["a" * 1_025, None, 7, ["a"], {}])
async def test_x23_a_challenge_that_is_long_or_no_text_answers_400(acme: Town, challenge: Any):
    heard = await acme.sandbox.deliver({"type": "url_verification", "challenge": challenge})

    assert heard.status == 400


async def test_x23_a_challenge_of_a_mebibyte_answers_413(acme: Town):
    asked = {"type": "url_verification", "challenge": "a" * 1024 * 1024}

    assert await upload(acme, json.dumps(asked).encode(), JSON) == 413


async def test_x23_an_unsigned_challenge_answers_401(acme: Town):
    heard = await acme.sandbox.deliver(
        {"type": "url_verification", "challenge": "abc"}, headers={"X-Slack-Signature": "v0=0"}
    )

    assert heard.status == 401
    assert "abc" not in heard.body


@pytest.mark.parametrize("raw", [b"ssl_check=1", b"ssl_check=1&token=x", b"token=x&ssl_check=1"])
async def test_x24_a_check_of_the_certificate_needs_no_signature(acme: Town, raw: bytes):
    heard = await deliver(acme, raw, **{"X-Slack-Signature": ""})

    assert (heard.status, heard.body) == (200, "")


async def test_x24_a_click_that_calls_itself_a_check_is_not_heard(acme: Town):
    raw = urlencode({"payload": json.dumps(a_click(acme))}).encode() + b"&ssl_check=1"

    heard = await deliver(acme, raw)

    assert (heard.status, heard.body) == (200, "")
    assert acme.sandbox.calls[-1].method != "chat.postEphemeral"


# -- other routes ----------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
async def test_health_answers_200_in_json(acme: Town, path: str):
    status, headers, body = await asked(acme, "GET", path)

    assert status == 200
    assert headers["Content-Type"].startswith("application/json")
    assert json.loads(body)


async def test_readiness_says_that_the_clock_is_late_when_it_is(acme: Town):
    acme.harbor.scheduler.stop()
    acme.clock.move(seconds=11)

    status, _, body = await asked(acme, "GET", "/readyz")

    assert status == 503
    assert json.loads(body) == {"ready": False, "slack": "connected", "scheduler": "late"}


@pytest.mark.parametrize("path", ["/slack", "/slack/events/", "/slack/../etc/passwd", "/%00"])
async def test_an_unknown_route_answers_404_as_a_problem(acme: Town, path: str):
    status, headers, body = await asked(acme, "GET", path)

    assert status == 404
    assert headers["Content-Type"].startswith("application/problem+json")
    assert json.loads(body)["code"] == "not_found"


@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", PATH), ("PUT", PATH), ("DELETE", PATH), ("TRACE", PATH), ("POST", "/healthz")],
)
async def test_a_wrong_method_answers_405_with_those_that_work(acme: Town, method: str, path: str):
    status, headers, body = await asked(acme, method, path)

    assert status == 405
    assert headers["Allow"]
    assert json.loads(body)["code"] == "method_not_allowed"


@pytest.mark.parametrize("path", ["/healthz", "/nothing", PATH])
async def test_every_answer_carries_the_headers_that_keep_browsers_careful(acme: Town, path: str):
    _, headers, _ = await asked(acme, "GET", path)

    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Cache-Control"] == "no-store"
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]


# -- tools -----------------------------------------------------------------------------------------


async def asked(acme: Town, method: str, path: str) -> tuple[int, dict[str, str], str]:
    async with (
        aiohttp.ClientSession() as session,
        session.request(method, acme.harbor.url + path) as response,
    ):
        return response.status, dict(response.headers), await response.text()


async def upload(acme: Town, raw: bytes, content_type: str = FORM) -> int:
    """Send a large body, rightly signed, and answer the status."""
    headers = {"Content-Type": content_type, **acme.sandbox.sign(raw)}
    async with (
        aiohttp.ClientSession() as session,
        session.post(acme.harbor.url + PATH, data=io.BytesIO(raw), headers=headers) as response,
    ):
        return response.status


def head(more: str) -> bytes:
    return f"POST {PATH} HTTP/1.1\r\nHost: localhost\r\n{more}\r\n".encode()


async def connected(acme: Town) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    host, _, port = acme.harbor.url.removeprefix("http://").partition(":")
    return await asyncio.open_connection(host, int(port))


async def raw_request(acme: Town, more: str, body: bytes) -> bytes:
    """Send bytes by hand, and answer what comes back first."""
    reader, writer = await connected(acme)
    writer.write(head(more) + body)
    await writer.drain()
    try:
        return await asyncio.wait_for(reader.read(1_000), 5)
    finally:
        writer.close()
