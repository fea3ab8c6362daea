"""Block Kit's pieces: each function answers one, within Slack's limits."""

from collections.abc import Callable, Iterable, Sequence
from collections.abc import Set as AbstractSet
from typing import Any, Literal, TypeVar

from bot.slack.views import text

Block = dict[str, Any]
Style = Literal["primary", "danger"]

Each = TypeVar("Each")

PAIRS = text.SECTION_FIELDS // 2
SHORTEST_VALUE = 80


def page(link: str | None, run_id: str) -> str:
    """Say what shows all of something (mrkdwn): a page, else the command line."""
    address = text.page_address(link)
    shows = text.link(address, "The page") if address else f"`harbor show {run_id}`"
    return f"{shows} shows"


def whole(draw: Callable[[], list[Block]], where: str) -> list[Block]:
    """Draw; where something is cut or left out, say so, and *where* it is: "… shows"."""
    with text.noticing() as noticed:
        blocks = draw()
    return [*blocks, context(shortened(where))] if noticed.is_cut else blocks


def whole_line(draw: Callable[[], str], where: str) -> str:
    """Do what `whole` does, for a line that stands in a block with others."""
    with text.noticing() as noticed:
        line = draw()
    return f"{line}\n{shortened(where)}" if noticed.is_cut else line


def shortened(where: str) -> str:
    """Say that something is not whole, and where it is."""
    return f"Shortened here. {where} all of it."


def _begun(words: str, limit: int) -> str:
    """Answer the beginning of what stands whole in the same view."""
    with text.noticing():
        return text.cut(text.one_line(words), limit)


def header(title: str) -> Block:
    return {"type": "header", "text": text.plain_line(title, text.HEADER_TEXT)}


def section(line: str, accessory: Block | None = None) -> Block:
    """Answer our own words (mrkdwn); what people wrote in them is escaped already."""
    block = {"type": "section", "text": text.markdown(line)}
    return block | {"accessory": accessory} if accessory else block


def said(
    words: str, limit: int = text.SECTION_TEXT, named: AbstractSet[str] = frozenset()
) -> Block:
    """Answer what somebody wrote, unformatted; whose ids are in *named* is drawn as who it is."""
    return {"type": "section", "text": text.told(words, limit, named)}


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
        "accessibility_label": _begun(spoken, text.BUTTON_LABEL),
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
    if len(options) > text.OPTIONS:
        text.leave_out()
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
        # One of ours, or a job's name, which the first block says whole.
        "title": {"type": "plain_text", "text": _begun(title, text.TITLE_TEXT), "emoji": False},
        "close": text.plain_line(close, text.TITLE_TEXT),
        "blocks": blocks,
    }
    return view | {"submit": text.plain_line(submit, text.TITLE_TEXT)} if submit else view


def table(
    pairs: Sequence[tuple[str, str]],
    budget: int,
    longest: int,
    most: int,
    named: AbstractSet[str] = frozenset(),
) -> list[Block]:
    """Draw labels and values side by side, five pairs to a section, *most* pairs.

    The values share *budget* characters, none gets more than *longest*.
    """
    every = first(pairs, most)
    each = share(len(every), budget, longest)
    rows = [[text.markdown(text.bold(label)), value(words, each, named)] for label, words in every]
    return [
        {"type": "section", "fields": [cell for row in rows[start : start + PAIRS] for cell in row]}
        for start in range(0, len(rows), PAIRS)
    ]


def first(every: Sequence[Each], most: int) -> list[Each]:
    """Answer the first *most* of them, and have it noticed if there are more."""
    if len(every) > most:
        text.leave_out()
    return list(every[:most])


def share(count: int, budget: int, longest: int) -> int:
    """How many characters each of *count* values gets."""
    return max(SHORTEST_VALUE, min(longest, text.FIELD_TEXT, budget // max(count, 1)))


def value(words: str, limit: int, named: AbstractSet[str] = frozenset()) -> Block:
    """Answer a value: an address as a link to itself, anything else unformatted."""
    address = text.web_address(words.strip())
    if address and len(linked := text.link(address)) <= limit:
        return text.markdown(linked)
    return text.told(words, limit, named)


def numbered(blocks: Iterable[Block], prefix: str) -> list[Block]:
    """Give every block an id that is *prefix* and its place."""
    return [block | {"block_id": f"{prefix}.{place}"} for place, block in enumerate(blocks)]


def more(count: int, most: int) -> list[Block]:
    """Say how many are left out of a list of *count*; nothing when none is."""
    return [context(f"{count - most} more")] if count > most else []
