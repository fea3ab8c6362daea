"""What a call to a real MCP server gives, over both generations of its protocol."""

from datetime import date
from typing import Any

import pytest

from workflows.errors import StepFailed
from workflows.plugins import PLUGIN_RETRIES

pytestmark = pytest.mark.parametrize("is_old", [True, False], ids=["2025", "2026"])


async def test_a_call_returns_the_structured_content(door: Any):
    issue = await door.linear.create_issue(team_id="T", title="Door")

    assert issue == {"id": "1", "url": "https://linear.example/1"}


async def test_the_idempotency_key_of_the_step_travels_in_the_meta_of_the_request(
    door: Any, outside: Any, step: Any
):
    await door.linear.create_issue(team_id="T", title="Door")

    ((tool, arguments, key),) = outside.calls
    assert (tool, key) == ("create_issue", step.key)
    assert arguments == {"team_id": "T", "title": "Door", "description": None}


async def test_the_token_is_sent_as_a_bearer_token_with_every_request(door: Any, outside: Any):
    await door.linear.numbers()

    assert outside.authorizations == {"Bearer lin_api_0123456789abcdef"}


async def test_a_call_is_one_step_named_after_plugin_and_tool_with_retries(door: Any, step: Any):
    await door.linear.numbers()

    assert step.names == ["linear.numbers"]
    assert step.retries == [PLUGIN_RETRIES]


@pytest.mark.parametrize(
    ("tool", "expected"),
    [
        ("numbers", [1, 2, 3]),
        ("nothing", None),
        ("report", {"result": 7}),
        ("verses", "one\ntwo"),
        ("picture", [{"type": "image", "data": "AAAA", "mimeType": "image/png"}]),
    ],
)
async def test_a_result_is_what_the_tool_meant_not_how_its_sdk_wrapped_it(
    door: Any, tool: str, expected: Any
):
    assert await getattr(door.linear, tool)() == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('{"url": "u"}', {"url": "u"}),
        ("[1, 2]", [1, 2]),
        ("17", 17),
        ("Issue filed.", "Issue filed."),
        ("NaN", "NaN"),
        ("", ""),
        ("[" * 100_000, "[" * 100_000),
    ],
)
async def test_the_one_text_block_is_read_as_json_and_else_is_the_result(
    door: Any, text: str, expected: Any
):
    assert await door.linear.say(text=text) == expected


async def test_a_tool_that_reports_an_error_fails_the_step_for_good_with_its_words(door: Any):
    with pytest.raises(StepFailed, match=r"^linear\.fail failed: team T is archived$"):
        await door.linear.fail(words="team T is archived")


async def test_the_words_of_a_failing_tool_are_bounded(door: Any):
    with pytest.raises(StepFailed) as failed:
        await door.linear.fail(words="very " * 1000)

    assert len(str(failed.value)) < 550


async def test_a_tool_that_gives_no_reason_fails_the_step_all_the_same(door: Any):
    with pytest.raises(StepFailed, match="it gave no reason"):
        await door.linear.fail(words="")


async def test_a_tool_with_hyphens_in_its_name_is_called_with_underscores(door: Any):
    assert await door.linear.with_hyphens() == "found"


async def test_arguments_that_json_has_no_type_for_are_sent_as_what_stands_for_them(door: Any):
    assert await door.linear.say(text=date(2026, 5, 1)) == "2026-05-01"
