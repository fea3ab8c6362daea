"""Words for Slack: nothing a person wrote may format, mention, hide, or break a limit.

Text goes through three gates, in this order: `visible` shows what would hide, `cut` shortens,
`escape` takes the meaning out of ``&``, ``<`` and ``>``. Cutting comes before escaping, so that
no entity is ever cut in half. Lengths are counted in UTF-16 units, the strictest reading of what
Slack calls a character.

Whatever is cut here, or left out of a list (`leave_out`), is noticed by whoever draws the surface
(`noticing`), which then says so: nothing is cut in secret.

Limits are those of docs.slack.dev, Block Kit reference, and @slack/types 3.2.0; where they
disagree the smaller number stands.
"""

import re
import unicodedata
from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from bot import visible as characters

MESSAGE_BLOCKS = 50
MODAL_BLOCKS = 100
HOME_BLOCKS = 100
MESSAGE_TEXT = 4_000  # chat.update takes no more; chat.postMessage would
SECTION_TEXT = 3_000
FIELD_TEXT = 2_000
SECTION_FIELDS = 10
HEADER_TEXT = 150
CONTEXT_TEXT = 3_000
CONTEXT_ELEMENTS = 10
LABEL_TEXT = 2_000  # of an input; its hint too
TITLE_TEXT = 24  # of a modal; its submit and close too
BUTTON_TEXT = 75
BUTTON_LABEL = 75
OPTION_TEXT = 75
OPTION_VALUE = 75  # 150 in the reference, 75 in @slack/types
OPTIONS = 100
CHOICES = 10  # radio buttons, checkboxes
CONFIRM_TITLE = 100
CONFIRM_TEXT = 300
INPUT_TEXT = 3_000
URL = 3_000
PRIVATE_METADATA = 3_000

NOTHING = "(empty)"
LONGEST_NAME = 80

_ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}
_BLANKS = re.compile(r"[^\S\n]+")
_SLACK_USER = re.compile(r"slack:[A-Z0-9]+:([UW][A-Z0-9]{2,20})", re.ASCII)
_ID = re.compile(r"(?<![A-Za-z0-9])[UWCG][A-Z0-9]{2,20}(?![A-Za-z0-9])", re.ASCII)
_WRITTEN = re.compile(  # escaped, as a mention or bare
    r"&lt;[@#](?P<id>[UWCG][A-Z0-9]{2,20})(\|[^&]*)?&gt;|" + _ID.pattern, re.ASCII
)
_FORMATTING = str.maketrans({"*": "\u2217", "`": "\u02cb", "_": "\uff3f", "~": "\u223c"})
_BETWEEN_BARS = re.compile(r"[\x21-\x3b\x3d\x3f-\x7b\x7d\x7e]+", re.ASCII)  # ASCII, no < > | blank

_LOOPBACK = re.compile(r"127(\.[0-9]{1,3}){3}|::1", re.ASCII)


@dataclass(slots=True)
class Noticed:
    """Whether something was cut or left out while it was drawn."""

    is_cut: bool = False


_noticed: ContextVar[Noticed | None] = ContextVar("noticed", default=None)


@contextmanager
def noticing() -> Iterator[Noticed]:
    """Notice what is cut in the block. An outer one is not told: this one answers for it."""
    found = Noticed()
    before = _noticed.set(found)
    try:
        yield found
    finally:
        _noticed.reset(before)


def leave_out() -> None:
    """Note that something is not drawn."""
    if found := _noticed.get():
        found.is_cut = True


def escape(text: str) -> str:
    """Take the meaning out of ``&``, ``<`` and ``>``. Once: what is escaped already would show."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def size(text: str) -> int:
    """Count UTF-16 units: an emoji beyond the basic plane is two."""
    return len(text) if text.isascii() else len(text) + sum(each > "\uffff" for each in text)


def cut(text: str, limit: int) -> str:
    """Shorten to at most *limit*, with "…" where something is missing; for plain text."""
    if size(text) <= limit:
        return text
    leave_out()
    return _beginning(text, limit - 1, escaped=False) + "…"


def fits(text: str, limit: int) -> str:
    """Shorten and escape: what comes out is at most *limit* long; for mrkdwn."""
    whole = escape(text)
    if size(whole) <= limit:
        return whole
    leave_out()
    return escape(_beginning(text, limit - 1, escaped=True)) + "…"


def visible(text: str) -> str:
    """Show what would hide or reorder: as its number, ``⟨U+202E⟩``; and calm the white space.

    Lines and paragraphs stay.
    """
    shown = _BLANKS.sub(" ", characters.visible(text))
    lines = [line.strip() for line in shown.split("\n")]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def one_line(text: str) -> str:
    """Do what `visible` does, and put everything on one line."""
    return " ".join(visible(text).split())


def inline(text: str, limit: int) -> str:
    """Answer somebody's words for the middle of a line of mrkdwn."""
    return fits(one_line(text) or NOTHING, limit)


def bold(text: str, limit: int = HEADER_TEXT) -> str:
    """Answer *text* in bold; asterisks and backticks in it cannot end that."""
    calm = one_line(text).replace("*", "\u2217").replace("`", "\u02cb")
    return f"*{fits(calm or NOTHING, limit - 2)}*"


def told(text: str, limit: int, named: AbstractSet[str] = frozenset()) -> dict[str, Any]:
    """Do what `plain` does, with those people and channels as such whose ids are in *named*.

    What else looks like a mention stays text, and nothing in it formats.
    """
    if not names(text, named):
        return plain(text, limit)
    # An id becomes a mention of at most twice its length.
    return markdown(
        _with_mentions(fits(_calm(visible(text)), min(limit, SECTION_TEXT // 2)), named)
    )


def line(text: str, limit: int, named: AbstractSet[str] = frozenset()) -> str:
    """Do what `inline` does, with those people and channels as such whose ids are in *named*."""
    if not names(text, named):
        return inline(text, limit)
    return _with_mentions(inline(_calm(text), limit), named)


def names(text: str, named: AbstractSet[str]) -> bool:
    """Whether *text* names somebody or some place that its author named by a type."""
    return bool(named) and any(found[0] in named for found in _ID.finditer(text))


def plain(text: str, limit: int = SECTION_TEXT) -> dict[str, Any]:
    """Answer a text object that Slack formats in no way: for everything that people wrote."""
    return {"type": "plain_text", "text": cut(visible(text) or NOTHING, limit), "emoji": False}


def plain_line(text: str, limit: int) -> dict[str, Any]:
    """Do what `plain` does, on one line."""
    return plain(one_line(text), limit)


def markdown(text: str) -> dict[str, Any]:
    """Answer a text object of *our* words; everything else in it has been escaped.

    Verbatim: Slack makes no links and mentions out of bare words.
    """
    return {"type": "mrkdwn", "text": text, "verbatim": True}


def mention(actor: str) -> str:
    """Name an actor: ``slack:T…:U…`` as a mention, others in words, like "token ci"."""
    if found := _SLACK_USER.fullmatch(actor):
        return f"<@{found[1]}>"
    kind, _, name = actor.partition(":")
    if kind in {"token", "operator"} and name:
        return f"{kind} {inline(name, LONGEST_NAME)}"
    if kind == "cron" and name:
        return f"the schedule of {inline(name, LONGEST_NAME)}"
    if kind == "job" and name:
        return f"run {inline(name, LONGEST_NAME)}"
    return inline(actor, LONGEST_NAME)


def moment(at: datetime) -> str:
    """Say when, in the reader's own zone: "today at 14:02"."""
    return _date(at, "{date_short_pretty} at {time}")


def until(at: datetime) -> str:
    """Say how far away *at* is: "in 3 hours"."""
    return _date(at, "{ago}")


def utc(at: datetime) -> str:
    """Say when, where Slack draws no dates: plain text, and its own fallback."""
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M} UTC"


def web_address(text: str | None) -> str | None:
    """Answer *text* if it is an http(s) address that can be linked to honestly, else None.

    ASCII only: letters that look like others would name another host.
    """
    if text is None or len(text) > URL or not _BETWEEN_BARS.fullmatch(text):
        return None
    try:
        parts = urlsplit(text)
    except ValueError:
        return None
    return text if parts.scheme in {"http", "https"} and parts.hostname else None


def page_address(text: str | None) -> str | None:
    """Answer *text* if a button may open it: https, or http on this machine (the demo)."""
    address = web_address(text)
    if address is None:
        return None
    parts = urlsplit(address)
    is_here = parts.hostname == "localhost" or _LOOPBACK.fullmatch(parts.hostname or "")
    return address if parts.scheme == "https" or is_here else None


def link(address: str, label: str | None = None) -> str:
    """Link to an address that `web_address` accepts; without a label the address itself shows."""
    return f"<{escape(address)}|{inline(label, 150)}>" if label else f"<{escape(address)}>"


def _calm(text: str) -> str:
    """Take the meaning out of what formats, by look-alikes: mrkdwn has no escape for it."""
    return text.translate(_FORMATTING)


def _with_mentions(escaped: str, named: AbstractSet[str]) -> str:
    def drawn(found: re.Match[str]) -> str:
        known = found["id"] or found[0]
        if known not in named:
            return found[0]
        return f"<#{known}>" if known[0] in "CG" else f"<@{known}>"

    return _WRITTEN.sub(drawn, escaped)


def _date(at: datetime, form: str) -> str:
    return f"<!date^{int(at.timestamp())}^{form}|{utc(at)}>"


def _beginning(text: str, room: int, *, escaped: bool) -> str:
    """Answer as much as fits into *room*, ending where a character with all its marks ends."""
    end = used = 0
    for index, character in enumerate(text):
        if not _joins(text, index):
            end = index
        used += len(_ENTITIES.get(character, character)) if escaped else 1
        used += character > "\uffff"
        if used > room:
            return text[:end].rstrip()
    return text


def _joins(text: str, index: int) -> bool:
    """Whether the character at *index* belongs to the one before it."""
    character = text[index]
    if character in "\u200c\u200d" or "\U0001f3fb" <= character <= "\U0001f3ff":
        return index > 0
    return index > 0 and (text[index - 1] == "\u200d" or unicodedata.category(character)[0] == "M")
