"""Block Kit's pieces: each function answers one, within Slack's limits."""

from collections.abc import Iterable, Sequence
from typing import Any, Literal

from bot.slack.views import text

Block = dict[str, Any]
Style = Literal["primary", "danger"]

PAIRS = text.SECTION_FIELDS // 2
SHORTEST_VALUE = 80


def header(title: str) -> Block:
    return {"type": "header", "text": text.plain_line(title, text.HEADER_TEXT)}


def section(line: str, accessory: Block | None = None) -> Block:
    """Answer our own words (mrkdwn); what people wrote in them is escaped already."""
    block = {"type": "section", "text": text.markdown(line)}
    return block | {"accessory": accessory} if accessory else block


def said(words: str, limit: int = text.SECTION_TEXT) -> Block:
    """Answer what somebody wrote, unformatted."""
    return {"type": "section", "text": text.plain(words, limit)}


def context(*lines: str) -> Block:
    return {"type": "context", "elements": [text.markdown(line) for line in lines]}


def divider() -> Block:
    return {"type": "divider"}


def actions(*elements: Block) -> Block:
    return {"type": "actions", "elements": list(elements)}


def button(
    label: str,
    action: str,
    value: str,
    *,
    spoken: str,
    style: Style | None = None,
    confirm: Block | None = None,
) -> Block:
    """Answer a button; *spoken* is what a screen reader says instead of the bare label."""
    block: Block = {
        "type": "button",
        "action_id": action,
        "text": text.plain_line(label, text.BUTTON_TEXT),
        "value": value,
        "accessibility_label": text.cut(text.one_line(spoken), text.BUTTON_LABEL),
    }
    if style:
        block["style"] = style
    return block | {"confirm": confirm} if confirm else block


def confirm(title: str, question: str, yes: str, no: str, style: Style) -> Block:
    return {
        "title": text.plain_line(title, text.CONFIRM_TITLE),
        "text": text.plain(question, text.CONFIRM_TEXT),
        "confirm": text.plain_line(yes, 30),
        "deny": text.plain_line(no, 30),
        "style": style,
    }


def option(label: str, value: str, description: str = "") -> Block:
    block: Block = {"text": text.plain_line(label, text.OPTION_TEXT), "value": value}
    if text.one_line(description):
        block["description"] = text.plain_line(description, text.OPTION_TEXT)
    return block


def select(action: str, placeholder: str, options: Sequence[Block], chosen: str = "") -> Block:
    block: Block = {
        "type": "static_select",
        "action_id": action,
        "placeholder": text.plain_line(placeholder, 150),
        "options": list(options[: text.OPTIONS]),
    }
    initial = [each for each in block["options"] if each["value"] == chosen]
    return block | {"initial_option": initial[0]} if initial else block


def asked(  # one input with its words
    block_id: str, label: str, element: Block, *, hint: str = "", optional: bool = False
) -> Block:
    block: Block = {
        "type": "input",
        "block_id": block_id,
        "label": text.plain_line(label, text.HEADER_TEXT),
        "element": element,
        "optional": optional,
    }
    if text.visible(hint):
        block["hint"] = text.plain(hint, text.LABEL_TEXT)
    return block


def modal(title: str, blocks: list[Block], *, close: str, submit: str | None = None) -> Block:
    view: Block = {
        "type": "modal",
        "title": text.plain_line(title, text.TITLE_TEXT),
        "close": text.plain_line(close, text.TITLE_TEXT),
        "blocks": blocks,
    }
    return view | {"submit": text.plain_line(submit, text.TITLE_TEXT)} if submit else view


def table(pairs: Iterable[tuple[str, str]], budget: int, longest: int) -> list[Block]:
    """Draw labels and values side by side, five pairs to a section.

    The values share *budget* characters, none gets more than *longest*.
    """
    every = list(pairs)
    each = share(len(every), budget, longest)
    rows = [[text.markdown(text.bold(label)), value(words, each)] for label, words in every]
    return [
        {"type": "section", "fields": [cell for row in rows[start : start + PAIRS] for cell in row]}
        for start in range(0, len(rows), PAIRS)
    ]


def share(count: int, budget: int, longest: int) -> int:
    """How many characters each of *count* values gets."""
    return max(SHORTEST_VALUE, min(longest, text.FIELD_TEXT, budget // max(count, 1)))


def is_whole(pairs: Iterable[tuple[str, str]], longest: int) -> bool:
    """Whether every value shows in full when it gets *longest* characters."""
    return all(text.size(text.visible(words)) <= longest for _, words in pairs)


def value(words: str, limit: int) -> Block:
    """Answer a value: an address as a link to itself, anything else unformatted."""
    address = text.web_address(words.strip())
    if address and len(linked := text.link(address)) <= limit:
        return text.markdown(linked)
    return text.plain(words, limit)


def numbered(blocks: Iterable[Block], prefix: str) -> list[Block]:
    """Give every block an id that is *prefix* and its place."""
    return [block | {"block_id": f"{prefix}.{place}"} for place, block in enumerate(blocks)]


def more(count: int, most: int) -> list[Block]:
    """Say how many are left out of a list of *count*; nothing when none is."""
    return [context(f"{count - most} more")] if count > most else []
