"""What becomes of the bot's acknowledgement: messages, modals, or Slack's own complaint."""

from bot.sandbox import modals, reading
from bot.sandbox.deliver import Delivered
from bot.sandbox.people import Person
from bot.sandbox.refusal import Refused
from bot.sandbox.responses import Origin, show
from bot.sandbox.view import View
from bot.sandbox.wire import Json
from bot.sandbox.workspace import Workspace


def complain(
    workspace: Workspace, person: Person, what: str, delivered: Delivered, channel: str | None
) -> None:
    """Tell the person what Slack tells when an app does not answer as it must."""
    if delivered.is_acknowledged:
        return
    reason = f"the app answered {delivered.status}"
    if delivered.error == "operation_timeout":
        reason = "the app did not respond within 3 seconds"
    elif delivered.status is None:
        reason = "the app did not respond: it could not be reached"
    text = f"⚠ {what} failed with the error {delivered.error}: {reason}"
    workspace.notify(person.id, text, channel)


def after_command(workspace: Workspace, origin: Origin, delivered: Delivered) -> None:
    """Show what came back with the acknowledgement of a command, plain text or JSON."""
    if not delivered.is_acknowledged or not delivered.body.strip():
        return
    try:
        show(workspace, origin, delivered.json or {"text": delivered.body})
    except Refused as refused:
        text = f"⚠ the app's answer was refused: {refused}"
        workspace.notify(origin.user_id, text, origin.channel)


def after_submission(
    workspace: Workspace, person: Person, view: View, delivered: Delivered
) -> None:
    """Close the view, or do what its `response_action` says; a refused answer leaves it open."""
    if not delivered.is_acknowledged:
        return
    try:
        _respond(workspace, person, view, delivered.json)
    except Refused as refused:
        workspace.notify(person.id, f"⚠ {view.title}: the app's answer was refused: {refused}")


def _respond(workspace: Workspace, person: Person, view: View, answer: Json) -> None:
    match answer.get("response_action"):
        case None:
            _close(workspace, person, view)
        case "clear":
            workspace.put_stack(person.id, [])
        case "update":
            modals.update(workspace, person.id, view, answer.get("view"))
        case "push":
            modals.push(workspace, person.id, answer.get("view"))
        case "errors":
            set_errors(workspace, person, view, _errors(view, answer.get("errors")))
        case other:
            raise Refused("invalid_response_action", str(other))


def _close(workspace: Workspace, person: Person, view: View) -> None:
    stack = [each for each in workspace.stack(person.id) if each.id != view.id]
    workspace.put_stack(person.id, stack)


def _errors(view: View, errors: object) -> dict[str, str]:
    fields = {block["block_id"] for block in reading.inputs(view.blocks)}
    if not isinstance(errors, dict) or not errors or not errors.keys() <= fields:
        raise Refused("invalid_errors", f"errors must name inputs: {', '.join(sorted(fields))}")
    return {name: str(text) for name, text in errors.items()}


def set_errors(workspace: Workspace, person: Person, view: View, errors: dict[str, str]) -> None:
    stack = [modals.with_errors(each, view, errors) for each in workspace.stack(person.id)]
    workspace.put_stack(person.id, stack)
