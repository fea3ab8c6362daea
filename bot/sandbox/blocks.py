"""Strict checks of Block Kit: what Slack would refuse is refused here, with its JSON pointer."""

from collections import Counter
from collections.abc import Iterator
from typing import Any, Literal, TypeAlias

from bot.sandbox import elements, limits
from bot.sandbox.checks import (
    BLOCK_ID,
    Check,
    Value,
    agreeing,
    any_text,
    boolean,
    by_type,
    every,
    list_of,
    one_of,
    plain_text,
    problem,
    shape,
    string,
    url,
)
from bot.sandbox.reading import elements as interactive
from bot.sandbox.rich import PARTS, RICH_TEXT_INPUT, rich_text

Surface: TypeAlias = Literal["message", "modal", "home"]
_ID: dict[str, Check] = {"block_id": BLOCK_ID}

IN_INPUT = by_type(
    elements.SELECTS
    | elements.MULTI_SELECTS
    | elements.CHOICES
    | elements.PICKERS
    | elements.DATETIME
    | elements.TYPED
    | {"rich_text_input": RICH_TEXT_INPUT}
)
IN_CONTEXT = by_type(
    {
        "image": elements.IMAGE,
        "plain_text": any_text(limits.TEXT),
        "mrkdwn": any_text(limits.TEXT),
    }
)


def _text_or_fields(block: dict[str, Any]) -> str | None:
    return None if block.keys() & {"text", "fields"} else "missing required field: text"


_CELL = by_type(
    {"raw_text": shape({"text": string(limits.TEXT)}), "rich_text": rich_text},
)
EVERYWHERE: dict[str, Check] = {
    "section": every(
        agreeing(_text_or_fields),
        shape(
            {},
            _ID
            | {
                "text": any_text(limits.SECTION_TEXT),
                "fields": list_of(any_text(limits.SECTION_FIELD_TEXT), limits.SECTION_FIELDS),
                "accessory": elements.IN_SECTION,
                "expand": boolean,
            },
        ),
    ),
    "divider": shape({}, _ID),
    "header": shape({"text": plain_text(limits.HEADER_TEXT)}, _ID),
    "context": shape({"elements": list_of(IN_CONTEXT, limits.CONTEXT_ELEMENTS)}, _ID),
    "actions": shape({"elements": list_of(elements.IN_ACTIONS, limits.ACTIONS_ELEMENTS)}, _ID),
    "image": shape(
        {"image_url": url(limits.IMAGE_URL), "alt_text": string(limits.IMAGE_ALT_TEXT)},
        _ID | {"title": plain_text(limits.IMAGE_TITLE)},
    ),
    "input": shape(
        {"label": plain_text(limits.INPUT_LABEL), "element": IN_INPUT},
        _ID
        | {
            "hint": plain_text(limits.INPUT_HINT),
            "optional": boolean,
            "dispatch_action": boolean,
        },
    ),
    "rich_text": shape({"elements": list_of(PARTS, 1000)}, _ID),
}
MESSAGE_ONLY: dict[str, Check] = {
    "markdown": shape({"text": string(limits.MARKDOWN_TEXT)}, _ID),
    "table": shape(
        {"rows": list_of(list_of(_CELL, limits.TABLE_CELLS), limits.TABLE_ROWS)},
        _ID
        | {
            "column_settings": list_of(
                shape({}, {"align": one_of("left", "center", "right"), "is_wrapped": boolean}),
                limits.TABLE_CELLS,
            )
        },
    ),
}
MODAL_ONLY: dict[str, Check] = {
    "alert": shape(
        {"text": any_text(limits.ALERT_TEXT)},
        _ID | {"level": one_of("default", "info", "warning", "error", "success")},
    ),
}
SURFACES: dict[Surface, Check] = {
    "message": list_of(by_type(EVERYWHERE | MESSAGE_ONLY), limits.MESSAGE_BLOCKS, 0),
    "modal": list_of(by_type(EVERYWHERE | MODAL_ONLY), limits.MODAL_BLOCKS),
    "home": list_of(by_type(EVERYWHERE), limits.HOME_BLOCKS),
}
_VIEW: dict[str, Check] = {
    "type": one_of("modal", "home"),
    "callback_id": string(limits.CALLBACK_ID, 0),
    "private_metadata": string(limits.PRIVATE_METADATA, 0),
    "external_id": string(limits.EXTERNAL_ID, 0),
}
MODAL = shape(
    {"title": plain_text(limits.MODAL_TITLE), "blocks": SURFACES["modal"]},
    _VIEW
    | {
        "submit": plain_text(limits.MODAL_SUBMIT),
        "close": plain_text(limits.MODAL_CLOSE),
        "clear_on_close": boolean,
        "notify_on_close": boolean,
        "submit_disabled": boolean,
    },
)
HOME = shape({"blocks": SURFACES["home"]}, _VIEW)


def problems_of_message(blocks: Value, pointer: str = "/blocks") -> list[str]:
    """List what Slack would refuse in the blocks of a message; empty means accepted."""
    return list(SURFACES["message"](blocks, pointer)) or [
        *_repeated(blocks, pointer),
        *_totals(blocks, pointer),
    ]


def problems_of_view(view: Value, pointer: str = "/view") -> list[str]:
    """List what Slack would refuse in a modal or Home tab."""
    found = list(by_type({"modal": MODAL, "home": HOME})(view, pointer))
    if found:
        return found
    found = list(_repeated(view["blocks"], f"{pointer}/blocks"))
    return [*found, *_missing_submit(view, pointer), *_two_focused(view, pointer)]


def _repeated(blocks: list[dict[str, Any]], pointer: str) -> Iterator[str]:
    ids = Counter(block["block_id"] for block in blocks if "block_id" in block)
    for index, block in enumerate(blocks):
        if ids[block.get("block_id", "")] > 1:
            text = f"`block_id` {block['block_id']} already exists"
            yield problem(text, f"{pointer}/{index}/block_id")
        actions = Counter(element["action_id"] for _, element in interactive([block]))
        for action_id, count in actions.items():
            if count > 1:
                text = f"`action_id` {action_id} already exists for other elements in this block"
                yield problem(text, f"{pointer}/{index}/elements")


def _totals(blocks: list[dict[str, Any]], pointer: str) -> Iterator[str]:
    markdown = sum(len(each["text"]) for each in blocks if each["type"] == "markdown")
    if markdown > limits.MARKDOWN_TEXT:
        yield problem(f"markdown blocks exceed {limits.MARKDOWN_TEXT} characters in all", pointer)
    if sum(each["type"] == "table" for each in blocks) > limits.MESSAGE_TABLES:
        yield problem("only one table is allowed per message", pointer)


def _missing_submit(view: dict[str, Any], pointer: str) -> Iterator[str]:
    has_inputs = any(block["type"] == "input" for block in view["blocks"])
    if view["type"] == "modal" and has_inputs and "submit" not in view:
        yield problem("`submit` is required when an input block is within blocks", pointer)


def _two_focused(view: dict[str, Any], pointer: str) -> Iterator[str]:
    focused = [each for _, each in interactive(view["blocks"]) if each.get("focus_on_load")]
    if len(focused) > 1:
        yield problem("only one element may be focused on load", pointer)
