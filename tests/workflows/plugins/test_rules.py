"""The pure rules: schemas, wrapped results, verdicts on errors that a server cannot be made to."""

from typing import Any

import httpx2
import pytest
from mcp import MCPError
from mcp_types import CallToolResult, TextContent

from workflows.errors import HarborError, StepFailed
from workflows.plugins import PluginUnavailable, results
from workflows.plugins.endpoint import Remote, redacted
from workflows.plugins.exchange import Exchange
from workflows.plugins.failures import verdict
from workflows.plugins.schemas import problems, signature

TITLED: dict[str, Any] = {
    "type": "object",
    "title": "numbersOutput",
    "properties": {"result": {"type": "array"}},
    "required": ["result"],
}


@pytest.mark.parametrize(
    ("schema", "arguments", "found"),
    [
        ({"type": "object"}, {"anything": 1}, []),
        (
            {"properties": {"n": {"type": "integer"}}},
            {"n": "x"},
            ["n: 'x' is not of type 'integer'"],
        ),
        ({"required": ["n"]}, {}, ["'n' is a required property"]),
        (
            {"properties": {"n": {"items": {"type": "string"}}}},
            {"n": [1]},
            ["n[0]: 1 is not of type 'string'"],
        ),
        (
            {"additionalProperties": False},
            {"n": 1},
            ["Additional properties are not allowed ('n' was unexpected)"],
        ),
        ({"type": "nonsense"}, {}, []),
        ({"properties": {"n": {"$ref": "https://elsewhere.example/schema"}}}, {"n": 1}, []),
    ],
)
def test_a_schema_says_what_it_has_against_arguments(
    schema: dict[str, Any], arguments: dict[str, Any], found: list[str]
):
    assert problems(schema, arguments) == found


def test_problems_are_few_and_short():
    schema = {"properties": {f"n{i}": {"type": "integer"} for i in range(20)}}

    found = problems(schema, {f"n{i}": "x" * 1000 for i in range(20)})

    assert len(found) == 5
    assert all(len(problem) < 250 for problem in found)


def test_a_signature_names_the_arguments():
    schema = {"properties": {"title": {}, "text": {}}, "required": ["title"]}

    assert signature(schema) == "title (required), text"
    assert signature({}) == "no arguments"


@pytest.mark.parametrize(
    ("schema", "shown", "expected"),
    [
        (None, "[1]", {"result": [1]}),
        (TITLED, "[1]", [1]),
        (TITLED, '{"result": [1]}', {"result": [1]}),
        (TITLED | {"title": "Numbers"}, "[1]", {"result": [1]}),
        (TITLED | {"title": "Numbers", "x-fastmcp-wrap-result": True}, "[1]", [1]),
        (TITLED | {"properties": {"result": {}, "more": {}}}, "[1]", {"result": [1]}),
    ],
)
def test_a_result_is_unwrapped_only_where_the_schema_says_that_it_is_wrapped(
    schema: dict[str, Any] | None, shown: str, expected: Any
):
    result = CallToolResult(
        content=[TextContent(type="text", text=shown)], structured_content={"result": [1]}
    )

    assert results.value(result, schema) == expected


def test_a_failing_tool_without_text_is_quoted_by_its_structure():
    result = CallToolResult(content=[], structured_content={"code": 7}, is_error=True)

    assert results.complaint(result) == '{"code": 7}'


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (httpx2.ConnectError("refused"), PluginUnavailable),
        (httpx2.ReadError("reset"), PluginUnavailable),
        (httpx2.ConnectTimeout("slow"), PluginUnavailable),
        (httpx2.RemoteProtocolError("cut"), PluginUnavailable),
        (ConnectionResetError(), PluginUnavailable),
        (MCPError(-32000, "Connection closed"), PluginUnavailable),
        (MCPError(-32001, "timed out"), PluginUnavailable),
        (MCPError(-32603, "broken"), PluginUnavailable),
        (MCPError(-32700, "no JSON"), PluginUnavailable),
        (MCPError(-32600, "not this"), StepFailed),
        (MCPError(-32042, "sign in first"), StepFailed),
        (RuntimeError("not what the schema says"), StepFailed),
        (FileNotFoundError("npx"), StepFailed),
        (ExceptionGroup("", [ExceptionGroup("", [httpx2.ConnectError("no")])]), PluginUnavailable),
    ],
)
def test_every_outside_error_without_a_status_has_a_meaning(
    error: Exception, expected: type[HarborError]
):
    judged = verdict("linear", Remote("https://x.example"), error, Exchange(), "")

    assert type(judged) is expected


def test_an_error_without_words_is_called_by_its_kind():
    judged = verdict("linear", Remote("https://x.example"), ConnectionResetError(), Exchange(), "")

    assert str(judged) == "linear at https://x.example cannot be reached: ConnectionResetError"


def test_an_address_is_quoted_without_its_query():
    assert str(Remote("https://x.example/mcp?key=s3cret")) == "https://x.example/mcp"


def test_a_token_is_masked_wherever_it_stands():
    endpoint = Remote("https://x.example", "s3cret")

    assert redacted(endpoint, {"s3cret": ["a s3cret", 1, None, {"k": "s3crets3cret"}]}) == {
        "[token]": ["a [token]", 1, None, {"k": "[token][token]"}]
    }
    assert redacted(Remote("https://x.example"), "s3cret") == "s3cret"
