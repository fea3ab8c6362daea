"""Commands that decide: break-glass. The policy is passed by; the audit says who did it."""

from typing import Annotated

import typer

from bot.commands.reaching import reached
from bot.commands.runs import AsJson, RunId, print_json
from bot.web.shapes import Gates

Note = Annotated[str, typer.Option(help="Why; it is shown with the decision.")]
GateId = Annotated[str | None, typer.Option(help="Which approval, if several are open.")]


def approve(run_id: RunId, note: Note, gate: GateId = None, as_json: AsJson = False) -> None:  # noqa: FBT002
    """Approve in the place of those who may: passes the policy by, and is audited."""
    _decide(run_id, "approved", note, gate, as_json=as_json)


def reject(run_id: RunId, note: Note, gate: GateId = None, as_json: AsJson = False) -> None:  # noqa: FBT002
    """Reject in the place of those who may: passes the policy by, and is audited."""
    _decide(run_id, "rejected", note, gate, as_json=as_json)


def _decide(run_id: str, choice: str, note: str, gate: str | None, *, as_json: bool) -> None:
    if not note.strip():
        raise typer.BadParameter("--note: say why")
    body = {"choice": choice, "note": note, "gate": gate}
    with reached() as found:
        path = f"/-/runs/{run_id}/decide"
        decided = found.client.ask(Gates, "POST", path, json=body, may_repeat=False)
    if as_json:
        print_json(decided)
        return
    for each in decided.items:
        typer.echo(f"{each.name} {each.status} by {each.decided_by}")
