"""What a rich_text block may hold."""

from collections.abc import Iterator

from bot.sandbox import limits
from bot.sandbox.checks import (
    ACTION_ID,
    Check,
    Value,
    boolean,
    by_type,
    integer,
    list_of,
    one_of,
    plain_text,
    shape,
    string,
    url,
)
from bot.sandbox.elements import DISPATCH, ID

_STYLE: dict[str, Check] = {
    "style": shape({}, dict.fromkeys(("bold", "italic", "strike", "code", "underline"), boolean))
}
INLINE = by_type(
    {
        "text": shape({"text": string(limits.TEXT)}, _STYLE),
        "link": shape(
            {"url": url(limits.BUTTON_URL)},
            _STYLE | {"text": string(limits.TEXT), "unsafe": boolean},
        ),
        "user": shape({"user_id": ID}, _STYLE),
        "usergroup": shape({"usergroup_id": ID}, _STYLE),
        "channel": shape({"channel_id": ID}, _STYLE),
        "team": shape({"team_id": ID}, _STYLE),
        "emoji": shape({"name": string(limits.BLOCK_ID)}, {"unicode": string(50)}),
        "broadcast": shape({"range": one_of("here", "channel", "everyone")}),
        "color": shape({"value": string(7)}),
        "date": shape(
            {"timestamp": integer(0, 9_999_999_999), "format": string(limits.BLOCK_ID)},
            {"url": url(limits.BUTTON_URL), "fallback": string(limits.BLOCK_ID)},
        ),
    }
)
_INLINES = list_of(INLINE, 1000, 0)
SECTION = shape({"elements": _INLINES})
PARTS = by_type(
    {
        "rich_text_section": SECTION,
        "rich_text_quote": shape({"elements": _INLINES}, {"border": integer(0, 1)}),
        "rich_text_preformatted": shape(
            {"elements": _INLINES}, {"border": integer(0, 1), "language": string(50)}
        ),
        "rich_text_list": shape(
            {
                "style": one_of("bullet", "ordered"),
                "elements": list_of(by_type({"rich_text_section": SECTION}), 1000),
            },
            {"indent": integer(0, 8), "offset": integer(0, 10_000), "border": integer(0, 1)},
        ),
    }
)
_RICH_TEXT = by_type(
    {"rich_text": shape({"elements": list_of(PARTS, 1000)}, {"block_id": string(limits.BLOCK_ID)})}
)


def rich_text(value: Value, pointer: str) -> Iterator[str]:
    yield from _RICH_TEXT(value, pointer)


RICH_TEXT_INPUT = shape(
    {},
    {
        "action_id": ACTION_ID,
        "initial_value": rich_text,
        "placeholder": plain_text(limits.PLACEHOLDER),
        "focus_on_load": boolean,
        "dispatch_action_config": DISPATCH,
    },
)
