"""Commands for the audit: who did or tried what, when, through which door."""

import csv
import json
import sys
from collections.abc import Iterator
from enum import StrEnum
from typing import Annotated, Any

import typer

from bot.client import HarborClient
from bot.commands.reaching import reached
from bot.web.shapes import AuditLine, AuditPage

FORMULA = ("=", "+", "-", "@", "\t", "\r")

app = typer.Typer(help="The audit.", no_args_is_help=True)


class Format(StrEnum):
    """How the audit is written."""

    CSV = "csv"
    JSON = "json"


@app.callback()
def audit() -> None:
    """The audit: who did or tried what, when, through which door."""


@app.command()
def export(
    since: Annotated[
        str | None, typer.Option(metavar="DATE", help="From then on: 2026-01-31, in UTC.")
    ] = None,
    written_as: Annotated[Format, typer.Option("--format", help="How.")] = Format.JSON,
) -> None:
    """Write every line, oldest first; refused attempts are there too."""
    with reached() as found:
        write = _write_json if written_as is Format.JSON else _write_csv
        write(_lines(found.client, since))


def _lines(client: HarborClient, since: str | None) -> Iterator[AuditLine]:
    query: dict[str, Any] = {} if since is None else {"since": since}
    while True:
        page = client.ask(AuditPage, "GET", "/-/audit", params=query)
        yield from page.items
        if page.next is None:
            return
        query["after"] = page.next


def _write_json(lines: Iterator[AuditLine]) -> None:
    """Write one array, a line of it at a time: an audit may be longer than memory."""
    separator = "[\n"
    for line in lines:
        sys.stdout.write(separator + line.model_dump_json())
        separator = ",\n"
    sys.stdout.write("[]\n" if separator == "[\n" else "\n]\n")


def _write_csv(lines: Iterator[AuditLine]) -> None:
    writer = csv.writer(sys.stdout)
    writer.writerow(AuditLine.model_fields)
    for line in lines:
        writer.writerow(_cell(value) for value in line.model_dump(mode="json").values())


def _cell(value: object) -> str:
    """Answer a cell that no spreadsheet takes for a formula (OWASP, CSV injection)."""
    if value is None:
        return ""
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return f"'{text}" if text.startswith(FORMULA) else text
