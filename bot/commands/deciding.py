"""Commands that decide: break-glass. The policy is passed by; the audit says who did it."""

from typing import Annotated

import typer

from bot.commands import drawing, following
from bot.commands.reaching import reached
from bot.commands.runs import AsJson, RunId, print_json
from bot.web.shapes import Gate, Gates
from workflows.approvals.view import GateStatus

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
    with reached() as found:
        asked = _asked(following.gates(found.client, run_id), gate)
        if asked is not None:
            drawing.console(to_error=as_json).print(drawing.question(asked))
        version = asked.version if asked else None
        body = {"choice": choice, "note": note, "gate": gate, "version": version}
        path = f"/-/runs/{run_id}/decide"
        decided = found.client.ask(Gates, "POST", path, json=body, may_repeat=False)
    if as_json:
        print_json(decided)
        return
    for each in decided.items:
        typer.echo(f"{each.name} {each.status} by {each.decided_by}")


def _asked(gates: list[Gate], wanted: str | None) -> Gate | None:
    """Answer the question that is about to be decided; None: the server says why there is none."""
    opened = [gate for gate in gates if gate.status == GateStatus.OPEN]
    meant = [gate for gate in opened if wanted is None or gate.id == wanted]
    return meant[0] if len(meant) == 1 else None
