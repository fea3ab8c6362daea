"""What Slack adds to blocks it has accepted: ids where the author left them out."""

import copy
import secrets

from bot.sandbox.wire import Json

INTERACTIVE = ("accessory", "element")
WITHOUT_ACTION = {"image", "plain_text", "mrkdwn"}


def completed(blocks: list[Json]) -> list[Json]:
    """Copy *blocks* with a block_id on each and an action_id on every interactive element."""
    finished = copy.deepcopy(blocks)
    for block in finished:
        block.setdefault("block_id", secrets.token_urlsafe(4))
        for element in _interactive(block):
            element.setdefault("action_id", secrets.token_urlsafe(4))
    return finished


def _interactive(block: Json) -> list[Json]:
    found = [block[key] for key in INTERACTIVE if key in block]
    found += block["elements"] if block["type"] == "actions" else []
    return [each for each in found if each["type"] not in WITHOUT_ACTION]
