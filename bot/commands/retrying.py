"""The command that continues a run, or all of one cause, and what a person may say with it."""

import json
import sys
from typing import Annotated, Any

import typer

from bot.client import HarborClient, Refused
from bot.commands.reaching import REFUSED, reached
from bot.commands.runs import AsJson, print_status
from bot.commands.words import clean
from bot.web import strict
from bot.web.shapes import Blocked, BlockedRuns
from workflows.engine.base import RunStatus

AskAgain = Annotated[
    bool, typer.Option("--ask-again", help="Where today's code asks something else, ask that.")
]
AnswersStand = Annotated[
    bool,
    typer.Option(
        "--answers-stand", help="The answers count for another question; audited. Needs --note."
    ),
]
Note = Annotated[str | None, typer.Option(help="Why the answers stand; it is shown.")]
Happened = Annotated[
    str | None,
    typer.Option(
        "--it-happened",
        metavar="JSON",
        help="The step that may begin once did happen, and answered this; null for nothing.",
    ),
]
DidNot = Annotated[bool, typer.Option("--it-did-not", help="It did not happen: it is begun again.")]
BlockedBy = Annotated[
    str | None,
    typer.Option(
        metavar="CAUSE", help="All runs that are blocked by this, as question_changed:NAME."
    ),
]
Yes = Annotated[bool, typer.Option("--yes", help="Do not ask whether all are meant.")]
Step = Annotated[str | None, typer.Option(help="Which step, where there are several.")]


def retry(
    run_id: Annotated[str | None, typer.Argument(metavar="[RUN]", help="The id of a run.")] = None,
    blocked_by: BlockedBy = None,
    ask_again: AskAgain = False,  # noqa: FBT002  flags of the command line
    answers_stand: AnswersStand = False,  # noqa: FBT002
    note: Note = None,
    happened: Happened = None,
    did_not: DidNot = False,  # noqa: FBT002
    step: Step = None,
    yes: Yes = False,  # noqa: FBT002
    as_json: AsJson = False,  # noqa: FBT002
) -> None:
    """Continue a blocked run, or a failed one at the step that ended it; or all of one cause."""
    said = _about_questions(note, ask_again=ask_again, answers_stand=answers_stand)
    said |= _about_a_step(happened, step, did_not=did_not)
    if (run_id is None) == (blocked_by is None):
        raise typer.BadParameter("name a run, or what runs are blocked by: --blocked-by CAUSE")
    with reached() as found:
        if run_id is not None:
            print_status(found.client.retry(run_id, **said), as_json=as_json)
            return
        groups = _blocked(found.client, str(blocked_by))
        _list(groups, to_error=as_json)
        if not yes and sys.stdin.isatty():
            typer.confirm("Retry all of them?", abort=True, err=True)
        _retry_all(found.client, groups, said, as_json=as_json)


def _blocked(client: HarborClient, cause: str) -> list[BlockedRuns]:
    """Answer what is blocked by *cause*; else say what there is, and end."""
    every = client.ask(Blocked, "GET", "/-/blocked").items
    found = [each for each in every if f"{each.cause}:".startswith(f"{cause}:")]
    if not found:
        known = ", ".join(sorted({each.cause for each in every})) or "no run is blocked"
        typer.echo(f"harbor: nothing is blocked by {clean(cause)}; there is: {known}", err=True)
        raise typer.Exit(REFUSED)
    return found


def _list(groups: list[BlockedRuns], *, to_error: bool) -> None:
    """Print the runs of each cause, and once what is different."""
    for group in groups:
        lines = [
            f"{group.cause}: {len(group.runs)} runs of {group.job}",
            *_differences(group),
            *group.runs,
        ]
        for line in lines:
            typer.echo(clean(line), err=to_error)


def _differences(group: BlockedRuns) -> list[str]:
    if not group.questions:
        return [group.reason]
    return [
        line
        for each in group.questions
        for line in (f"was asked: {each.asked}", f"asks now: {each.asks}")
    ]


def _retry_all(
    client: HarborClient, groups: list[BlockedRuns], said: dict[str, Any], *, as_json: bool
) -> None:
    """Retry one after the other; status 1 where one was refused, which stops no other."""
    came = {run: _tried(client, run, said) for group in groups for run in group.runs}
    if as_json:
        typer.echo(json.dumps(came, indent=2))
    else:
        for run, what in came.items():
            typer.echo(clean(f"{run} {what}"))
    if any(what not in set(RunStatus) for what in came.values()):
        raise typer.Exit(REFUSED)


def _tried(client: HarborClient, run: str, said: dict[str, Any]) -> str:
    try:
        return client.retry(run, **said).status.value
    except Refused as refused:
        return f"refused: {refused}"


def _about_questions(note: str | None, *, ask_again: bool, answers_stand: bool) -> dict[str, Any]:
    if ask_again and answers_stand:
        raise typer.BadParameter("either --ask-again or --answers-stand")
    if answers_stand != bool(note and note.strip()):
        raise typer.BadParameter("--answers-stand and --note go together: say why")
    if answers_stand:
        return {"answers_stand": True, "note": note}
    return {"ask_again": True} if ask_again else {}


def _about_a_step(happened: str | None, step: str | None, *, did_not: bool) -> dict[str, Any]:
    if happened is not None and did_not:
        raise typer.BadParameter("either --it-happened or --it-did-not")
    if happened is None and not did_not:
        if step is not None:
            raise typer.BadParameter("--step goes with --it-happened or --it-did-not")
        return {}
    word = (
        {"happened": False} if happened is None else {"happened": True, "result": _json(happened)}
    )
    return word if step is None else {**word, "step": step}


def _json(text: str) -> Any:
    try:
        return strict.loads(text.encode())
    except strict.Malformed as error:
        raise typer.BadParameter(f"--it-happened, {error}; a text is in quotes inside") from None
