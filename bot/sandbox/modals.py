"""Modal stacks and Home tabs: opening, pushing, updating, closing."""

from collections.abc import Iterable
from dataclasses import replace

import orjson

from bot.sandbox import blocks, limits
from bot.sandbox.completing import completed
from bot.sandbox.refusal import Refused
from bot.sandbox.view import View
from bot.sandbox.wire import Json
from bot.sandbox.workspace import Workspace


def checked(view: object, kind: str) -> Json:
    """Refuse a view that Slack would refuse; answer it with ids filled in."""
    if not isinstance(view, dict):
        raise Refused("invalid_arguments", "must be an object [json-pointer:/view]")
    if _bytes(view) > limits.VIEW_BYTES:
        raise Refused("view_too_large")
    problems = blocks.problems_of_view(view)
    if not problems and view["type"] != kind:
        problems = [f"must be a {kind} view [json-pointer:/view/type]"]
    if problems:
        raise Refused("invalid_arguments", *problems)
    return {**view, "blocks": completed(view["blocks"])}


def _bytes(view: Json) -> int:
    return len(orjson.dumps(view))


def _fresh(workspace: Workspace, content: Json, under: View | None) -> View:
    view_id = workspace.new_view_id()
    return View(
        id=view_id,
        hash=workspace.new_view_hash(),
        content=content,
        root_view_id=under.root_view_id if under else view_id,
        previous_view_id=under.id if under else None,
    )


def _refuse_known_external_id(
    workspace: Workspace, content: Json, but: Iterable[View] = ()
) -> None:
    """Refuse an external id that an open view has, those about to be replaced left out."""
    external_id, replaced = content.get("external_id"), {each.id for each in but}
    views = (view for stack in workspace.modals.values() for view in stack)
    if external_id and any(
        view.external_id == external_id and view.id not in replaced for view in views
    ):
        raise Refused("duplicate_external_id")


def open_modal(workspace: Workspace, user_id: str, view: object) -> View:
    content = checked(view, "modal")
    opened = _fresh(workspace, content, None)
    _refuse_known_external_id(workspace, content, but=workspace.stack(user_id))
    workspace.put_stack(user_id, [opened])
    return opened


def push(workspace: Workspace, user_id: str, view: object) -> View:
    content = checked(view, "modal")
    stack = workspace.stack(user_id)
    if not stack:
        raise Refused("not_found")
    if len(stack) >= limits.VIEW_STACK:
        raise Refused("push_limit_reached")
    _refuse_known_external_id(workspace, content)
    pushed = _fresh(workspace, content, stack[-1])
    workspace.put_stack(user_id, [*stack, pushed])
    return pushed


def find(workspace: Workspace, view_id: str, external_id: str) -> tuple[str, View]:
    """Find an open modal and whose it is; raises Refused("not_found")."""
    for user_id, stack in workspace.modals.items():
        for view in stack:
            if view.id == view_id or (external_id and view.external_id == external_id):
                return user_id, view
    raise Refused("not_found")


def update(
    workspace: Workspace, user_id: str, old: View, view: object, expected_hash: str = ""
) -> View:
    content = checked(view, "modal")
    _refuse_hash(old, expected_hash)
    _refuse_known_external_id(workspace, content, but=[old])
    new = View(
        id=old.id,
        hash=workspace.new_view_hash(),
        content=content,
        root_view_id=old.root_view_id,
        previous_view_id=old.previous_view_id,
    )
    stack = [new if each.id == old.id else each for each in workspace.stack(user_id)]
    workspace.put_stack(user_id, stack)
    return new


def publish(workspace: Workspace, user_id: str, view: object, expected_hash: str = "") -> View:
    content = checked(view, "home")
    old = workspace.homes.get(user_id)
    if old:
        _refuse_hash(old, expected_hash)
    view_id = old.id if old else workspace.new_view_id()
    home = View(id=view_id, hash=workspace.new_view_hash(), content=content, root_view_id=view_id)
    workspace.put_home(user_id, home)
    return home


def with_errors(each: View, view: View, errors: dict[str, str]) -> View:
    return replace(each, errors=errors) if each.id == view.id else each


def _refuse_hash(old: View, expected: str) -> None:
    if expected and expected != old.hash:
        raise Refused("hash_conflict")


def as_slack(workspace: Workspace, view: View, values: Json | None = None) -> Json:
    """Draw a view as Slack does in answers and payloads."""
    app_id, team_id = workspace.credentials.app_id, workspace.credentials.team_id
    empty: Json = {"title": None, "submit": None, "close": None}
    texts: Json = {"callback_id": "", "private_metadata": "", "external_id": ""}
    flags: Json = {"clear_on_close": False, "notify_on_close": False}
    return (empty | texts | flags | view.content) | {
        "id": view.id,
        "hash": view.hash,
        "team_id": team_id,
        "app_id": app_id,
        "app_installed_team_id": team_id,
        "bot_id": workspace.bot.bot_id,
        "root_view_id": view.root_view_id,
        "previous_view_id": view.previous_view_id,
        "state": {"values": values or {}},
    }
