"""Reading Block Kit: which elements a surface has, and which words."""

from collections.abc import Iterable, Iterator
from typing import Any

from bot.sandbox.wire import Json


def elements(blocks: Iterable[Json]) -> Iterator[tuple[str, Json]]:
    """Yield every interactive element with the id of its block, in reading order."""
    for block in blocks:
        for element in _of_block(block):
            if "action_id" in element:
                yield block.get("block_id", ""), element


def _of_block(block: Json) -> list[Json]:
    inner = [block.get("accessory"), block.get("element")]
    inner += block.get("elements", []) if block.get("type") == "actions" else []
    return [each for each in inner if isinstance(each, dict)]


def inputs(blocks: Iterable[Json]) -> list[Json]:
    return [block for block in blocks if block.get("type") == "input"]


def words(value: Any) -> str:  # Any: any JSON below a block
    """Join all text that a person can read in *value*, so that a test may search it."""
    return " ".join(_strings(value))


def _strings(value: Any) -> Iterator[str]:  # Any: any JSON below a block
    if isinstance(value, list):
        for each in value:
            yield from _strings(each)
    if isinstance(value, dict):
        for key, each in value.items():
            if key in {"text", "alt_text"} and isinstance(each, str):
                yield each
            elif isinstance(each, dict | list):
                yield from _strings(each)


def options_of(element: Json) -> list[Json]:
    """List the options of a select, radio or checkbox element, groups flattened."""
    grouped = [each for group in element.get("option_groups", []) for each in group["options"]]
    return [*element.get("options", []), *grouped]
