"""Commands for the audit: who did or tried what, when, through which door."""

import csv
import json
import sys
from collections.abc import Iterator
from enum import StrEnum
from typing import Annotated, Any

import typer

from bot.client import HarborClient
from bot.commands.reaching import REFUSED, reached
from bot.commands.runs import AsJson, print_json
from bot.web.shapes import AuditLine, AuditPage, Verification

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


@app.command()
def verify(
    noted: Annotated[
        str | None,
        typer.Option(
            metavar="DIGEST", help="One that an earlier `verify` printed, kept elsewhere."
        ),
    ] = None,
    as_json: AsJson = False,  # noqa: FBT002
) -> None:
    """Say whether any line was changed, added or removed since it was sealed; 1 if one was.

    Lines are sealed once a minute. Whoever can write the whole file can seal it anew: keep the
    digest that is printed somewhere else, and give it with --noted.
    """
    with reached() as found:
        query = {} if noted is None else {"noted": noted}
        verified = found.client.ask(Verification, "GET", "/-/audit/verification", params=query)
    if as_json:
        print_json(verified)
    else:
        typer.echo(_told(verified))
    if verified.broken or not verified.knows:
        raise typer.Exit(REFUSED)


def _told(verified: Verification) -> str:
    if verified.broken:
        first, last = verified.broken
        return (
            f"BROKEN: lines {first} to {last} are not what was sealed; the {verified.lines} lines"
            " before them are. Compare with a backup."
        )
    if not verified.knows:
        return (
            "UNKNOWN DIGEST: every seal fits the lines, but none has the digest you noted: the"
            " audit was replaced or cut short. Compare with a backup."
        )
    return (
        f"intact: {verified.lines} lines under {verified.seals} seals; {verified.unsealed} newer"
        f" ones are not sealed yet\ndigest: {verified.head or 'none yet'}"
    )


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
