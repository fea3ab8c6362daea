"""Slack's mrkdwn as HTML: everything is escaped first, only what is known becomes markup."""

import re
from itertools import groupby

from markupsafe import Markup, escape

from bot.sandbox.page import emoji
from bot.sandbox.page.dates import moment
from bot.sandbox.page.names import Names

FENCE = re.compile(r"```\n?(.*?)\n?```", re.DOTALL)
TOKEN = re.compile(
    r"`(?P<code>[^`\n]+)`"
    r"|<(?P<reference>[^<>\n]+)>"
    r"|(?<![\w*])\*(?P<bold>\S(?:[^*\n]*\S)?)\*(?![\w*])"
    r"|(?<!\w)_(?P<italic>\S(?:[^_\n]*\S)?)_(?!\w)"
    r"|(?<!\w)~(?P<strike>\S(?:[^~\n]*\S)?)~(?!\w)"
    r"|(?P<url>https?://[^\s<>|]+[^\s<>|.,;:!?)\]'\"])"
    r"|:(?P<emoji>[a-z0-9_+-]+):"
)
QUOTE = re.compile(r"^(?:>|&gt;) ?")
LINK = Markup('<a href="{}" target="_blank" rel="noopener noreferrer">{}</a>')
SAFE_LINK = re.compile(r"(?:https?|mailto):", re.IGNORECASE)
STYLES = {
    "bold": Markup("<strong>{}</strong>"),
    "italic": Markup("<em>{}</em>"),
    "strike": Markup("<s>{}</s>"),
}


def mrkdwn(text: str, names: Names) -> Markup:
    """Draw a whole text: fenced code apart, the rest line by line."""
    drawn = []
    for index, part in enumerate(FENCE.split(text)):
        if index % 2:
            drawn.append(Markup("<pre>{}</pre>").format(_unescaped(part)))
        elif part.strip("\n"):
            drawn.append(_lines(part.strip("\n"), names))
    return Markup("").join(drawn)


def plain(text: str) -> Markup:
    """Draw plain_text: nothing is formatted but emoji and line ends."""
    lines = [_emoji_only(line) for line in text.split("\n")]
    return Markup("<br>").join(lines)


def _emoji_only(line: str) -> Markup:
    return escape(re.sub(r":([a-z0-9_+-]+):", lambda found: emoji.of(found[1]), line))


def _lines(text: str, names: Names) -> Markup:
    drawn = []
    for is_quote, lines in groupby(text.split("\n"), lambda line: bool(QUOTE.match(line))):
        body = Markup("<br>").join(inline(QUOTE.sub("", line), names) for line in lines)
        drawn.append(Markup("<blockquote>{}</blockquote>").format(body) if is_quote else body)
    return Markup("").join(drawn)


def inline(text: str, names: Names) -> Markup:
    drawn, end = [], 0
    for found in TOKEN.finditer(text):
        drawn += [escape(_unescaped(text[end : found.start()])), _token(found, names)]
        end = found.end()
    return Markup("").join([*drawn, escape(_unescaped(text[end:]))])


def _token(found: re.Match[str], names: Names) -> Markup:
    kind = str(found.lastgroup)
    text = found[kind]
    match kind:
        case "code":
            return Markup("<code>{}</code>").format(_unescaped(text))
        case "reference":
            return _reference(text, names)
        case "url":
            return LINK.format(_unescaped(text), _unescaped(text))
        case "emoji":
            return escape(emoji.of(text))
        case _:
            return STYLES[kind].format(inline(text, names))


def _reference(text: str, names: Names) -> Markup:
    target, _, label = text.partition("|")
    match target[:1], target[1:]:
        case "@", user_id:
            return names.user(user_id)
        case "#", channel_id:
            return names.channel(channel_id)
        case "!", special:
            return _special(special, _unescaped(label), names)
        case _:
            return _link(_unescaped(target), _unescaped(label))


def _link(target: str, label: str) -> Markup:
    if not SAFE_LINK.match(target):
        return escape(label or target)
    return LINK.format(target, label or target.removeprefix("mailto:"))


def _special(text: str, fallback: str, names: Names) -> Markup:
    name, *rest = text.split("^")
    if name == "subteam" and rest:
        return names.group(rest[0])
    if name == "date" and len(rest) > 1 and rest[0].isdigit():
        return moment(int(rest[0]), _unescaped(rest[1]))
    if name in {"here", "channel", "everyone"}:
        return names.broadcast(name)
    return escape(fallback or f"<!{text}>")


def _unescaped(text: str) -> str:
    """Undo the three entities that Slack's text carries, in the order that undoes them once."""
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
