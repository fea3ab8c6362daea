"""Commands for tokens, the keys of other programs."""

from typing import Annotated
from urllib.parse import quote

import typer

from bot.access import Scope
from bot.commands import drawing
from bot.commands.reaching import reached
from bot.commands.runs import AsJson, print_json
from bot.commands.words import moment
from bot.web.shapes import CreatedToken, TokenLine, TokenLines

app = typer.Typer(help="Tokens: the keys of other programs.", no_args_is_help=True)

Name = Annotated[str, typer.Argument(metavar="NAME", help="What the audit calls it.")]


@app.command()
def create(
    name: Name,
    scope: Annotated[list[str], typer.Option(help=f"What it may do: {', '.join(Scope)}.")],
    job: Annotated[str | None, typer.Option(help="Only this job.")] = None,
) -> None:
    """Make a token and print it, this once."""
    body = {"name": name, "scopes": scope, "job": job}
    with reached() as found:
        made = found.client.ask(CreatedToken, "POST", "/-/tokens", json=body, may_repeat=False)
    typer.echo(made.token)


@app.command("list")
def list_tokens(as_json: AsJson = False) -> None:  # noqa: FBT002  a flag of the command line
    """List the tokens, the revoked ones too."""
    with reached() as found:
        listed = found.client.ask(TokenLines, "GET", "/-/tokens")
    if as_json:
        print_json(listed)
        return
    drawing.table(
        ("NAME", "SCOPES", "JOB", "MADE", "BY", "REVOKED"), [_row(line) for line in listed.items]
    )


@app.command()
def revoke(name: Name) -> None:
    """End a token: it is refused from now on."""
    with reached() as found:
        found.client.send("DELETE", f"/-/tokens/{quote(name, safe='')}", may_repeat=False)
    typer.echo(f"{name} revoked")


def _row(line: TokenLine) -> tuple[str, ...]:
    return (
        line.name,
        " ".join(line.scopes),
        line.job or "",
        moment(line.created_at),
        line.created_by,
        moment(line.revoked_at),
    )
