"""What a tool's answer is worth as JSON: its structured content, else its text."""

import json
from collections.abc import Mapping
from typing import Any

from mcp_types import CallToolResult, TextContent


def value(result: CallToolResult, output_schema: Mapping[str, Any] | None) -> Any:
    """Answer structured content, else the one text block read as JSON, else the text.

    None if there is no content at all; a list of blocks if there is content but no text.
    """
    structured = result.structured_content
    if structured is None:
        return _read(result)
    if is_wrapped(structured, output_schema, texts(result)):
        return structured["result"]
    return structured


def is_wrapped(structured: Any, schema: Mapping[str, Any] | None, shown: list[str]) -> bool:
    """Whether ``{"result": …}`` was put around a value that is no object, by the server's SDK.

    MCPServer and FastMCP do so, and say it in the output schema: one property, under a title made
    of the function's name. A tool whose real answer has that shape shows the whole of it as text.
    """
    if schema is None or not isinstance(structured, dict) or structured.keys() != {"result"}:
        return False
    if schema.get("x-fastmcp-wrap-result"):
        return True
    alone = schema.get("properties", {}).keys() == {"result"}
    made = str(schema.get("title", "")).endswith("Output")
    return alone and made and not (len(shown) == 1 and parsed(shown[0]) == structured)


def complaint(result: CallToolResult) -> str:
    """Answer what a tool said about its failure."""
    words = " ".join(texts(result))
    if not words and result.structured_content is not None:
        words = json.dumps(result.structured_content)
    return words or "it gave no reason"


def texts(result: CallToolResult) -> list[str]:
    return [block.text for block in result.content if isinstance(block, TextContent)]


def parsed(text: str) -> Any:
    """Answer *text* read as JSON, else itself. NaN and Infinity are no JSON."""
    try:
        return json.loads(text, parse_constant=_refuse)
    except (ValueError, RecursionError):
        return text


def _read(result: CallToolResult) -> Any:
    if not result.content:
        return None
    match texts(result):
        case []:
            return [
                block.model_dump(mode="json", by_alias=True, exclude_none=True)
                for block in result.content
            ]
        case [text]:
            return parsed(text)
        case several:
            return "\n".join(several)


def _refuse(constant: str) -> None:
    raise ValueError(constant)
