"""The markdown block as HTML: headings, lists, quotes, code and inline styles, and no raw HTML."""

import re
from collections.abc import Callable, Iterator

from markupsafe import Markup, escape

FENCE = re.compile(r"^```.*?\n(.*?)^```\s*?$", re.DOTALL | re.MULTILINE)
HEADING = re.compile(r"^(#{1,6})\s+(.*)")
BULLET = re.compile(r"^\s*[-*+]\s+(.*)")
NUMBER = re.compile(r"^\s*\d+[.)]\s+(.*)")
QUOTE = re.compile(r"^>\s?(.*)")
RULE = re.compile(r"^(?:-{3,}|\*{3,}|_{3,})\s*$")
INLINE = re.compile(
    r"`(?P<code>[^`]+)`"
    r"|\*\*(?P<bold>.+?)\*\*"
    r"|(?<!\w)[*_](?P<italic>[^*_]+)[*_](?!\w)"
    r"|~~(?P<strike>.+?)~~"
    r"|\[(?P<label>[^\]]+)\]\((?P<target>https?://[^)\s]+)\)"
)
TAGS = {
    "bold": Markup("<strong>{}</strong>"),
    "italic": Markup("<em>{}</em>"),
    "strike": Markup("<s>{}</s>"),
}
LINK = Markup('<a href="{}" target="_blank" rel="noopener noreferrer">{}</a>')
# The page's own headings come first: a "#" in a message is the fourth level of the page.
HEADINGS = {
    4: Markup("<h4>{}</h4>"),
    5: Markup("<h5>{}</h5>"),
    6: Markup("<h6>{}</h6>"),
}
HEADING_OFFSET = 3


def markdown(text: str) -> Markup:
    drawn: list[Markup] = []
    for index, part in enumerate(FENCE.split(text)):
        if index % 2:
            drawn.append(Markup("<pre>{}</pre>").format(part.rstrip("\n")))
        else:
            drawn += _blocks(part.splitlines())
    return Markup("").join(drawn)


def _blocks(lines: list[str]) -> Iterator[Markup]:
    """Gather neighbouring lines of one kind, then draw each gathering."""
    gathered: list[str] = []
    current: Callable[[list[str]], Markup] = _paragraph
    for line in lines:
        draw, content = _kind(line)
        if (draw is not current or draw is _heading or not line.strip()) and gathered:
            yield current(gathered)
            gathered = []
        current = draw
        gathered += [content] if line.strip() else []
    if gathered:
        yield current(gathered)


def _kind(line: str) -> tuple[Callable[[list[str]], Markup], str]:
    if RULE.match(line):
        return _rule, line
    if HEADING.match(line):
        return _heading, line
    for pattern, draw in ((BULLET, _bullets), (NUMBER, _numbers), (QUOTE, _quote)):
        if found := pattern.match(line):
            return draw, found[1]
    return _paragraph, line


def _rule(lines: list[str]) -> Markup:
    return Markup("<hr>")


def _heading(lines: list[str]) -> Markup:
    found = HEADING.match(lines[0])
    level = min(max(HEADINGS), len(found[1]) + HEADING_OFFSET) if found else max(HEADINGS)
    return HEADINGS[level].format(_inline(found[2] if found else ""))


def _bullets(lines: list[str]) -> Markup:
    return Markup("<ul>{}</ul>").format(_items(lines))


def _numbers(lines: list[str]) -> Markup:
    return Markup("<ol>{}</ol>").format(_items(lines))


def _items(lines: list[str]) -> Markup:
    return Markup("").join(Markup("<li>{}</li>").format(_inline(line)) for line in lines)


def _quote(lines: list[str]) -> Markup:
    return Markup("<blockquote>{}</blockquote>").format(_joined(lines))


def _paragraph(lines: list[str]) -> Markup:
    return Markup("<p>{}</p>").format(_joined(lines))


def _joined(lines: list[str]) -> Markup:
    return Markup("<br>").join(_inline(line) for line in lines)


def _inline(text: str) -> Markup:
    drawn, end = [], 0
    for found in INLINE.finditer(text):
        drawn += [escape(text[end : found.start()]), _styled(found)]
        end = found.end()
    return Markup("").join([*drawn, escape(text[end:])])


def _styled(found: re.Match[str]) -> Markup:
    if found["target"]:
        return LINK.format(found["target"], found["label"])
    if found["code"]:
        return Markup("<code>{}</code>").format(found["code"])
    name = next(each for each in TAGS if found[each])
    return TAGS[name].format(_inline(found[name]))
