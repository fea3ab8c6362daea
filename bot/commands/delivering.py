"""The command that hands an event to a run: to a bare wait, for an approval is decided."""

import secrets
from collections.abc import Sequence
from typing import Annotated, Any

import typer

from bot.client import Refused
from bot.commands.reaching import reached
from bot.commands.runs import AsJson, RunId, print_json
from bot.commands.words import clean
from bot.web import strict
from bot.web.shapes import Receipt
from workflows.event import Declined, Disposition

Name = Annotated[str, typer.Argument(help="What the job calls the wait.")]
Pairs = Annotated[
    list[str], typer.Argument(metavar="kind=KIND [key=value …]", help="The event's payload.")
]
Key = Annotated[str | None, typer.Option(help="The same key again delivers it once.")]
MustBeOpen = Annotated[
    bool, typer.Option("--must-be-open", help="Refuse it where nothing waits for it yet.")
]


def deliver(
    run_id: RunId,
    name: Name,
    payload: Pairs,
    key: Key = None,
    must_be_open: MustBeOpen = False,  # noqa: FBT002  a flag of the command line
    as_json: AsJson = False,  # noqa: FBT002
) -> None:
    """Hand an event to a run. An approval takes none: `approve` and `reject` decide it."""
    body: dict[str, Any] = {"name": name, "payload": _payload(payload)}
    if must_be_open:
        body["must_be_open"] = True
    with reached() as found:
        headers = {"Idempotency-Key": key or secrets.token_hex(16)}
        path = f"/-/runs/{run_id}/deliver"
        try:
            receipt = found.client.ask(Receipt, "POST", path, json=body, headers=headers)
        except Refused as refused:
            if refused.code != Declined.HUMAN_REQUIRED:
                raise
            typer.echo(
                f"harbor: {clean(name)} is an approval, which takes no event; decide it with"
                f" `harbor approve {run_id} --note …` or `harbor reject {run_id} --note …`",
                err=True,
            )
            raise typer.Exit(1) from None
    if as_json:
        print_json(receipt)
    else:
        typer.echo(_words(receipt))


def _payload(pairs: Sequence[str]) -> dict[str, Any]:
    """Answer ``key=value`` pairs: JSON where a value is some, else text; the kind is text.

    Raises BadParameter.
    """
    found: dict[str, Any] = {}
    for pair in pairs:
        name, separator, value = pair.partition("=")
        if not separator:
            raise typer.BadParameter(f"{pair!r:.80} is no key=value")
        if name in found:
            raise typer.BadParameter(f"{name}: is given twice")
        found[name] = value if name == "kind" else _value(value)
    if "kind" not in found:
        raise typer.BadParameter("an event needs a kind: write kind=…")
    return found


def _value(text: str) -> Any:
    try:
        return strict.loads(text.encode())
    except strict.Malformed:
        return text


def _words(receipt: Receipt) -> str:
    if receipt.disposition is not Disposition.BUFFERED:
        return receipt.disposition.value
    waits = ", ".join(receipt.open_waits or ()) or "nothing"
    return f"buffered: the run has not come to that wait yet; it waits for {clean(waits)}"
