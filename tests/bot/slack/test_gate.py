"""The raw gate: what is judged over bytes, before anything is parsed."""

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

import pytest

from bot.sandbox.http_door import signature
from bot.slack import gate

SECRET = "8f742231b10e8888abcd99yyyzzz85a5"
NOW = 1_800_000_000
RAW = b"payload=%7B%7D"
USER = {"id": "U000000CAM", "team_id": "T1"}
CLICK = {"type": "block_actions", "user": USER, "actions": [{"action_id": "approve"}]}
SIGNATURES = {
    "upper case": lambda right: right.upper(),
    "upper-case hexadecimal": lambda right: "v0=" + right[3:].upper(),
    "another version": lambda right: "v1=" + right[3:],
    "no version": lambda right: right[3:],
    "truncated": lambda right: right[:-1],
    "one digit more": lambda right: right + "0",
    "empty": lambda right: "",
    "not ASCII": lambda right: right[:-1] + "é",
    "other digits": lambda right: right[:-1] + "٣",
    "not UTF-8": lambda right: right[:-1] + "\udcff",
    "two of them": lambda right: f"{right}, {right}",
    "a newline": lambda right: right + "\n",
}
TIMESTAMPS = [
    "abc",
    "",
    "1e309",
    f" {NOW}",
    f"+{NOW}",
    f"{NOW}.0",
    "٣٣٣",
    "9" * 5_000,
    f"-{NOW}",
    "NaN",
    f"{NOW}\n",
    "0x6b49d200",
]


def signed(raw: bytes, timestamp: str = str(NOW), secret: str = SECRET) -> dict[str, str]:
    return {
        "X-Slack-Request-Timestamp": timestamp,
        "X-Slack-Signature": signature(secret, timestamp, raw),
    }


def is_signed(raw: bytes, headers: Mapping[str, str], now: float = NOW) -> bool:
    try:
        gate.verify(SECRET, raw, headers, now)
    except gate.Unsigned:
        return False
    return True


def form(payload: Any) -> bytes:
    return urlencode({"payload": json.dumps(payload)}).encode()


def test_what_slack_has_signed_passes():
    assert is_signed(RAW, signed(RAW))


def test_a_signature_as_slacks_own_page_shows_it_passes():
    # docs.slack.dev, verifying requests from Slack: the example with its numbers.
    raw = (
        b"token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow"
        b"&channel_id=G8PSS9T3V&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner"
        b"&command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands"
        b"%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN"
        b"&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c"
    )
    headers = {
        "X-Slack-Request-Timestamp": "1531420618",
        "X-Slack-Signature": (
            "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503"
        ),
    }

    gate.verify("8f742231b10e8888abcd99yyyzzz85a5", raw, headers, 1531420618)


@pytest.mark.parametrize("missing", ["X-Slack-Request-Timestamp", "X-Slack-Signature"])
def test_x1_one_of_the_two_headers_is_not_enough(missing: str):
    headers = signed(RAW)
    del headers[missing]

    assert not is_signed(RAW, headers)
    assert not is_signed(RAW, {})


def test_x2_the_signature_of_another_secret_is_refused():
    assert not is_signed(RAW, signed(RAW, secret="0" * 32))


@pytest.mark.parametrize("changed", [RAW + b" ", RAW[:-1], b"", RAW.replace(b"7B", b"7b")])
def test_x2_the_signature_of_another_body_is_refused(changed: bytes):
    assert not is_signed(changed, signed(RAW))


def test_x2_the_signature_of_another_moment_is_refused():
    assert not is_signed(RAW, signed(RAW) | {"X-Slack-Request-Timestamp": str(NOW - 1)})


@pytest.mark.parametrize("spoil", SIGNATURES.values(), ids=SIGNATURES.keys())
def test_x3_a_signature_of_another_form_is_refused(spoil: Any):
    headers = signed(RAW)
    headers["X-Slack-Signature"] = spoil(headers["X-Slack-Signature"])

    assert not is_signed(RAW, headers)


@pytest.mark.parametrize("timestamp", TIMESTAMPS)
def test_x4_a_timestamp_of_another_form_is_refused_though_rightly_signed(timestamp: str):
    assert not is_signed(RAW, signed(RAW, timestamp))


@pytest.mark.parametrize(("age", "passes"), [(300, True), (301, False), (-60, True), (-61, False)])
def test_x5_a_request_is_good_for_five_minutes_and_one_ahead(age: int, *, passes: bool):
    assert is_signed(RAW, signed(RAW, str(NOW - age))) is passes


# -- decoding --------------------------------------------------------------------------------------


def test_a_click_is_read_as_what_it_says():
    assert gate.read(form(CLICK), gate.FORM).payload == CLICK


def test_a_command_is_read_as_its_fields():
    raw = urlencode({"command": "/harbor", "user_id": USER["id"], "text": ""}).encode()

    found = gate.read(raw, gate.FORM).payload

    assert found == {"command": "/harbor", "user_id": USER["id"], "text": ""}


@pytest.mark.parametrize(
    "raw",
    [b"\xff\xfe", "payload={}".encode("utf-16"), b"payload=\xc0\xaf"],
    ids=["no UTF-8", "UTF-16", "overlong"],
)
@pytest.mark.parametrize("content_type", [gate.FORM, gate.JSON])
def test_x10_bytes_that_are_no_utf_8_are_malformed(raw: bytes, content_type: str):
    with pytest.raises(gate.Malformed):
        gate.read(raw, content_type)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        "1",
        "null",
        '"text"',
        "\ufeff{}",
        "{}{}",
        '{"n": NaN}',
        '{"n": Infinity}',
        '{"a": 1, "a": 2}',
        '{"a": {"b": 1, "b": 2}}',
        '{"n": ' + "9" * 5_000 + "}",
        "[" * 100_000,
        '{"a":' * 100_000,
        '{"a":' * 65 + "1" + "}" * 65,
        '{"a": "\\ud800"}',
        '{"a": "\\uDFFF\\uD83D"}',
        '{"\\ud800": 1}',
    ],
    ids=lambda text: text[:20] or "empty",
)
@pytest.mark.parametrize("content_type", [gate.FORM, gate.JSON])
def test_x11_json_that_slack_would_not_send_is_malformed(text: str, content_type: str):
    raw = text.encode() if content_type == gate.JSON else urlencode({"payload": text}).encode()

    with pytest.raises(gate.Malformed):
        gate.read(raw, content_type)


def test_x11_two_payloads_in_one_form_are_malformed():
    with pytest.raises(gate.Malformed):
        gate.read(form(CLICK) + b"&" + form(CLICK), gate.FORM)


def test_x8_a_form_of_very_many_fields_is_malformed():
    with pytest.raises(gate.Malformed):
        gate.read(b"&".join(b"f%d=" % number for number in range(90_000)), gate.FORM)


def test_a_whole_pair_of_surrogates_is_a_character():
    found = gate.read(b'{"a": "\\ud83d\\ude00"}', gate.JSON)

    assert found.payload == {"a": "😀"}


@pytest.mark.parametrize(
    "actions",
    [
        None,
        [],
        "approve",
        {"action_id": "approve"},
        ["approve"],
        [{"action_id": "approve"}] * 2,
        [{"action_id": "approve"}] * 1_000,
        [{"action_id": "approve"}, {"action_id": "reject"}],
        [{}],
        [{"action_id": 1}],
        [{"action_id": None}],
    ],
)
@pytest.mark.parametrize("content_type", [gate.FORM, gate.JSON])
def test_x13_anything_but_one_action_is_malformed(actions: Any, content_type: str):
    payload = CLICK | {"actions": actions}
    raw = json.dumps(payload).encode() if content_type == gate.JSON else form(payload)

    with pytest.raises(gate.Malformed):
        gate.read(raw, content_type)


@pytest.mark.parametrize(
    "user",
    [
        *(None, "U000000CAM", [], {}),
        *({"id": odd} for odd in (None, ["U000000CAM"], "", "u000000cam", "U" * 10_000)),
        *({"id": odd} for odd in ("U000000CAM\n", "Ü000000CAM", 7, True)),
    ],
)
@pytest.mark.parametrize("kind", ["block_actions", "view_submission"])
def test_x19_an_interaction_that_does_not_say_who_is_malformed(user: Any, kind: str):
    payload = CLICK | {"type": kind, "user": user, "view": {"id": "V1"}}

    with pytest.raises(gate.Malformed):
        gate.read(form(payload), gate.FORM)


@pytest.mark.parametrize("user", ["", "cam", "u000000cam", "U" * 10_000])
def test_x19_a_command_that_does_not_say_who_is_malformed(user: str):
    raw = urlencode({"command": "/harbor", "user_id": user}).encode()

    with pytest.raises(gate.Malformed):
        gate.read(raw, gate.FORM)


@pytest.mark.parametrize("view", [None, {}, [], "V1"])
def test_a_submission_without_its_view_is_malformed(view: Any):
    payload = {"type": "view_submission", "user": USER, "view": view}

    with pytest.raises(gate.Malformed):
        gate.read(form(payload), gate.FORM)


@pytest.mark.parametrize("name", gate.OBJECTS)
@pytest.mark.parametrize("value", ["text", 1, [], True])
def test_a_part_that_has_another_type_than_slack_gives_it_is_malformed(name: str, value: Any):
    with pytest.raises(gate.Malformed):
        gate.read(form({"type": "event_callback", name: value}), gate.FORM)


@pytest.mark.parametrize("kind", [None, 1, [], {}, "unknown", "block_suggestion"])
def test_x12_a_type_we_do_not_know_is_read_and_left_to_others(kind: Any):
    assert gate.read(form({"type": kind}), gate.FORM).payload == {"type": kind}
