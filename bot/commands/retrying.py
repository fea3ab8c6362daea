"""The command that continues a run, and what a person may say with it."""

from typing import Annotated, Any

import typer

from bot.commands.reaching import reached
from bot.commands.runs import AsJson, RunId, print_status
from bot.web import strict

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
Step = Annotated[str | None, typer.Option(help="Which step, where there are several.")]


def retry(
    run_id: RunId,
    ask_again: AskAgain = False,  # noqa: FBT002  flags of the command line
    answers_stand: AnswersStand = False,  # noqa: FBT002
    note: Note = None,
    happened: Happened = None,
    did_not: DidNot = False,  # noqa: FBT002
    step: Step = None,
    as_json: AsJson = False,  # noqa: FBT002
) -> None:
    """Continue a blocked run, or a failed one at the step that ended it."""
    said = _about_questions(note, ask_again=ask_again, answers_stand=answers_stand)
    said |= _about_a_step(happened, step, did_not=did_not)
    with reached() as found:
        print_status(found.client.retry(run_id, **said), as_json=as_json)


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
