"""Moments as the page shows them: in UTC from here, in the reader's own zone once scripts run."""

from datetime import UTC, datetime

from markupsafe import Markup

# Slack's tokens for <!date^…>; docs.slack.dev, formatting text for messages.
TOKENS = {
    "{date_num}": "%Y-%m-%d",
    "{date}": "%d %B %Y",
    "{date_short}": "%d %b %Y",
    "{date_long}": "%A, %d %B %Y",
    "{date_pretty}": "%d %B %Y",
    "{date_short_pretty}": "%d %b %Y",
    "{date_long_pretty}": "%A, %d %B %Y",
    "{time}": "%H:%M UTC",
    "{time_secs}": "%H:%M:%S UTC",
    "{ago}": "on %d %b at %H:%M UTC",
}


def moment(seconds: float, layout: str = "{time}") -> Markup:
    """Draw a `<time>` element with *layout* filled in."""
    when = datetime.fromtimestamp(seconds, UTC)
    text = layout
    for token, form in TOKENS.items():
        text = text.replace(token, when.strftime(form))
    iso = when.isoformat(timespec="seconds")
    return Markup('<time datetime="{}" data-layout="{}">{}</time>').format(iso, layout, text)


def of_ts(ts: str) -> Markup:
    return moment(float(ts))
