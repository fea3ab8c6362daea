"""Reading blocks in tests: their texts by kind, and what in mrkdwn means more than itself."""

import re
from collections.abc import Iterator
from typing import Any

# What our own views put between < and >: mentions of ids, dates, and links to http(s), which show
# their address or one of our labels. UEVIL is who the attacks mention.
OURS = re.compile(
    r"<@(?!UEVIL)[UW][A-Z0-9]+>|<!subteam\^S[A-Z0-9]+>|<#C[A-Z0-9]+>"
    r"|<!date\^\d+\^[^|<>&]+\|[^|<>&]+>|<https?://[^\s<>|]+"
    r"(\|(The page|In channel|See the request))?>",
    re.ASCII,
)
ENTITY = re.compile(r"&(amp|lt|gt);")


def texts(value: Any, kind: str) -> Iterator[str]:
    """Every text of a kind, ``mrkdwn`` or ``plain_text``, in reading order."""
    if isinstance(value, list):
        for each in value:
            yield from texts(each, kind)
    elif isinstance(value, dict):
        if value.get("type") == kind:
            yield value["text"]
        for each in value.values():
            yield from texts(each, kind)


def every_text(value: Any) -> Iterator[str]:
    """Every text that somebody reads or hears: what buttons say to screen readers, too."""
    if isinstance(value, list):
        for each in value:
            yield from every_text(each)
    elif isinstance(value, dict):
        for key, each in value.items():
            if key in {"text", "accessibility_label", "alt_text"} and isinstance(each, str):
                yield each
            yield from every_text(each)


def words(value: Any) -> str:
    return "\n".join([*texts(value, "mrkdwn"), *texts(value, "plain_text")])


def leaks(mrkdwn: str) -> str:
    """What is left of the special characters once ours and the entities are taken out."""
    rest = ENTITY.sub("", OURS.sub("", mrkdwn))
    return "".join(each for each in rest if each in "<>&")


def elements(blocks: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Every interactive element."""
    found = [each for block in blocks for each in block.get("elements", [])]
    found += [block[key] for block in blocks for key in ("accessory", "element") if key in block]
    return [each for each in found if "action_id" in each]


def action_ids(blocks: list[dict[str, Any]]) -> list[str]:
    return [each["action_id"] for each in elements(blocks)]
