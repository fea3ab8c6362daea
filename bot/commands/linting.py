"""The command that looks through jobs for what they must not do; it starts and imports none."""

import json
import pkgutil
from dataclasses import asdict
from typing import Annotated

import typer

import workflows.jobs
from bot import config
from bot.commands.runs import AsJson
from workflows.errors import ConfigurationError
from workflows.linting import RULES, Finding, Unreadable, source_of
from workflows.linting import lint as findings_of

REFUSED = 1
Rules = Annotated[
    bool, typer.Option("--rules", help="List the rules: what, why, and what to write instead.")
]


def lint(
    modules: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[MODULE]…",
            help="Import names or files; else the jobs that come with Harbor and HARBOR_JOBS.",
        ),
    ] = None,
    rules: Rules = False,  # noqa: FBT002  a flag of the command line
    as_json: AsJson = False,  # noqa: FBT002  a flag of the command line
) -> None:
    """Look for what a job must not do: the clock in its body, decisions misread, and more."""
    if rules:
        _list_rules(as_json=as_json)
        return
    try:
        found = [each for name in modules or _configured() for each in findings_of(source_of(name))]
    except Unreadable as error:
        raise ConfigurationError(str(error)) from error
    if as_json:
        typer.echo(json.dumps({"items": [_object(each) for each in found]}, indent=2))
    else:
        for each in found:
            typer.echo(str(each))
        typer.echo(_verdict(len(found)), err=True)
    if found:
        raise typer.Exit(REFUSED)


def _list_rules(*, as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps({"items": [asdict(rule) for rule in RULES]}, indent=2))
        return
    for rule in RULES:
        typer.echo(f"{rule.number} {rule.name}: {rule.title}")
        typer.echo(f"    {rule.why[0].upper()}{rule.why[1:]}. {rule.instead}.")
        typer.echo(f"    In a run: {rule.at_run or 'nothing notices'}.")


def _configured() -> list[str]:
    """Answer the modules that Harbor would load; no other setting need be there to lint them."""
    package = workflows.jobs
    shipped = [f"{package.__name__}.{each.name}" for each in pkgutil.iter_modules(package.__path__)]
    return [*shipped, *config.job_modules()]


def _object(finding: Finding) -> dict[str, object]:
    return asdict(finding) | {"path": str(finding.path)}


def _verdict(count: int) -> str:
    if count == 0:
        return "Nothing that a replay would trip over."
    return (
        f"{count} to mend, or to mark with `# harbor: ignore[L…]` and a reason; --rules lists them."
    )
