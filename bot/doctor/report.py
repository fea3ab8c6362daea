"""The report: lines for people, in colours where they are seen, or JSON for programs."""

import json
from collections.abc import Iterator
from typing import Any, TextIO

from rich.console import Console
from rich.text import Text

from bot import logs
from bot.doctor.examination import Report
from bot.doctor.finding import Finding, Mark

SIGNS = {Mark.GOOD: "✓", Mark.WARNING: "!", Mark.BAD: "✗"}
STYLES = {Mark.GOOD: "green", Mark.WARNING: "yellow", Mark.BAD: "bold red"}
INDENT = 19


def write(report: Report, out: TextIO) -> None:
    """Print the settings, then a line per finding and its next step."""
    console = Console(file=out, highlight=False)
    for line in _lines(report):
        console.print(line, soft_wrap=True)


def as_json(report: Report) -> str:
    """Answer the report as one JSON object."""
    settings = [
        {"name": each.name, "value": _clean(each.value), "from": each.source}
        for each in report.settings
    ]
    findings = [_object(each) for each in report.findings]
    found = {"ok": report.is_good, "settings": settings, "findings": findings}
    return json.dumps(found, ensure_ascii=False, indent=2)


def _object(finding: Finding) -> dict[str, Any]:
    next_step = None if finding.next_step is None else _clean(finding.next_step)
    return {
        "check": finding.about,
        "status": finding.mark.value,
        "said": _clean(finding.said),
        "next_step": next_step,
    }


def _lines(report: Report) -> Iterator[Text]:
    width = max((len(each.name) for each in report.settings), default=0)
    for each in report.settings:
        line = f"  {each.name:<{width}}  {_clean(each.value) or '-'}  ({each.source})"
        yield Text(line, style="dim")
    yield Text()
    for finding in report.findings:
        yield from _said(finding)
    yield Text()
    yield Text(_verdict(report), style="bold")


def _said(finding: Finding) -> Iterator[Text]:
    sign = Text(f"{SIGNS[finding.mark]} ", style=STYLES[finding.mark])
    yield sign.append(f"{finding.about:<{INDENT - 2}}{_clean(finding.said)}", style="default")
    if finding.next_step:
        yield Text(f"{'':<{INDENT}}→ {_clean(finding.next_step)}", style="cyan")


def _verdict(report: Report) -> str:
    wrong = sum(finding.mark is Mark.BAD for finding in report.findings)
    if wrong:
        return f"{wrong} to mend." if wrong > 1 else "One to mend."
    look = sum(finding.mark is Mark.WARNING for finding in report.findings)
    return f"Nothing is wrong; {look} worth a look." if look else "Nothing is wrong."


def _clean(words: str) -> str:
    """Mask what looks like a secret, wherever it was written, and what would move a cursor."""
    return str(logs.clean(None, "", {"words": words.replace("\n", " ")})["words"])
