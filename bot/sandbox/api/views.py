"""views.*: modals and Home tabs, as the bot opens and changes them."""

from bot.sandbox import modals
from bot.sandbox.arguments import Arguments
from bot.sandbox.refusal import Refused
from bot.sandbox.triggers import Triggers
from bot.sandbox.view import View
from bot.sandbox.wire import Json
from bot.sandbox.workspace import Workspace


def _answer(workspace: Workspace, view: View) -> Json:
    return {"view": modals.as_slack(workspace, view)}


def open_modal(workspace: Workspace, triggers: Triggers, arguments: Arguments) -> Json:
    view = modals.checked(arguments.tree("view"), "modal")
    trigger = triggers.exchange(arguments.text("trigger_id"))
    return _answer(workspace, modals.open_modal(workspace, trigger.user_id, view))


def push(workspace: Workspace, triggers: Triggers, arguments: Arguments) -> Json:
    view = modals.checked(arguments.tree("view"), "modal")
    trigger = triggers.exchange(arguments.text("trigger_id"))
    if trigger.view_id is None:
        raise Refused("invalid_trigger_id")
    return _answer(workspace, modals.push(workspace, trigger.user_id, view))


def update(workspace: Workspace, arguments: Arguments) -> Json:
    view = modals.checked(arguments.tree("view"), "modal")
    view_id, external_id = arguments.optional("view_id"), arguments.optional("external_id")
    if not view_id and not external_id:
        raise Refused("invalid_arguments", "missing required field: view_id")
    user_id, old = modals.find(workspace, view_id, external_id)
    expected = arguments.optional("hash")
    return _answer(workspace, modals.update(workspace, user_id, old, view, expected))


def publish(workspace: Workspace, arguments: Arguments) -> Json:
    person = workspace.people.get(arguments.text("user_id"))
    if person is None:
        raise Refused("user_not_found")
    view, expected = arguments.tree("view"), arguments.optional("hash")
    return _answer(workspace, modals.publish(workspace, person.id, view, expected))
