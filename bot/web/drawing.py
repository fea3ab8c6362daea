"""Drawing: values as people read them on a page. Nothing a person wrote can hide or reorder."""

import json
import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from markupsafe import Markup, escape

from bot import visible
from bot.naming import naming
from bot.slack.views import outcome, text

UNTIL = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC", re.ASCII)


def moment(at: datetime) -> Markup:
    """Answer a time in UTC; a script of ours puts it into the reader's zone."""
    utc = at.astimezone(UTC)
    return Markup('<time datetime="{}">{} UTC</time>').format(
        f"{utc:%Y-%m-%dT%H:%M:%SZ}", f"{utc:%Y-%m-%d %H:%M}"
    )


def second(at: datetime) -> Markup:
    """Answer a time as `moment` does, to the second."""
    utc = at.astimezone(UTC)
    return Markup('<time datetime="{}" data-exact>{} UTC</time>').format(
        f"{utc:%Y-%m-%dT%H:%M:%SZ}", f"{utc:%Y-%m-%d %H:%M:%S}"
    )


def with_time(said: str) -> Markup:
    """Answer a line in which a time is written as one: "until 2026-03-01 14:02:00 UTC"."""
    before, at, after = "", None, text.one_line(said)
    if found := UNTIL.search(after):
        at = datetime.fromisoformat(found[0].replace(" UTC", "+00:00"))
        before, after = after[: found.start()], after[found.end() :]
    return Markup("{}{}{}").format(before, moment(at) if at else "", after)


def linked(said: str) -> Markup | str:
    """Answer a text; one that is nothing but an address leads there."""
    address = text.web_address(said)
    link = Markup('<a href="{0}" rel="noreferrer noopener">{0}</a>')
    return link.format(address) if address else text.visible(said)


def exact(value: Any) -> Markup:
    """Answer a plain value as JSON, whole; what would hide or reorder is written as \\uXXXX."""
    written = json.dumps(value, ensure_ascii=False, indent=2, sort_keys=True)
    return escape(visible.escaped(written, lambda character: json.dumps(character)[1:-1]))


def seen(value: Any) -> Any:
    """Answer what a template writes: nothing in a text of somebody's hides, whoever forgot it."""
    is_text = isinstance(value, str) and not isinstance(value, Markup)
    return visible.visible(value) if is_text else value


def name_of(actor: str, name: str = "") -> str:
    """Answer an actor in words: a person's *name* if it is known, "token ci", "run 01…"."""
    kind, _, rest = actor.partition(":")
    match kind:
        case "slack":
            return text.one_line(name) or rest.rpartition(":")[2]
        case "token" | "operator" if rest:
            return f"{kind} {text.one_line(rest)}"
        case "cron" if rest:
            return f"the schedule of {text.one_line(rest)}"
        case "job" if rest:
            return f"run {text.one_line(rest)}"
        case _:
            return text.one_line(actor)


FILTERS: dict[str, Callable[..., Any]] = {
    "moment": moment,
    "second": second,
    "with_time": with_time,
    "linked": linked,
    "exact": exact,
    "visible": text.visible,
    "line": text.one_line,
    "label": outcome.label,
    "shown": outcome.shown,
    "naming": naming,
    "complaint": outcome.complaint,
}
