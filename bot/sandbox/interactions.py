"""Using buttons, menus and forms: from what a person chose to the payload that Slack sends."""

from typing import Any

from bot.sandbox import fields, payloads, reading, replies
from bot.sandbox.deliver import Delivered, Delivery, Kind
from bot.sandbox.payloads import Place
from bot.sandbox.people import Person
from bot.sandbox.refusal import NothingThere
from bot.sandbox.responses import Origin
from bot.sandbox.switchboard import Switchboard
from bot.sandbox.view import View
from bot.sandbox.wire import Json

STATE_KEYS = {"type"} | {field.state for field in fields.FIELDS.values()}


async def send(
    board: Switchboard,
    person: Person,
    delivery: Delivery,
    what: str,
    channel: str | None = None,
) -> Delivered:
    """Deliver what is delivered once, and tell the person if the bot does not take it."""
    delivered = await board.courier.once(delivery)
    replies.complain(board.workspace, person, what, delivered, channel)
    return delivered


# Any, here and below: a plain value, as fields.chosen() takes it.
async def use(
    board: Switchboard,
    person: Person,
    place: Place,
    action_id: str,
    value: Any,
    block: str | None,
) -> Delivered:
    """Press a button or pick from a menu; *block* replaces the id of the block it stands in."""
    blocks = place.blocks
    block_id, element = find(blocks, action_id, block)
    action = await _action(board, person, place, (block_id, element), value)
    values = fields.values_of(blocks, board.workspace)
    if element["type"] in fields.FIELDS:
        state = {key: each for key, each in action.items() if key in STATE_KEYS}
        values.setdefault(block_id, {})[action_id] = state
    payload = payloads.interaction(board.workspace, person, "block_actions", place, values)
    payload |= _answers(board, person, place)
    payload["actions"] = [action | {"block_id": block or block_id}]
    delivery = Delivery(kind=Kind.INTERACTION, payload=payload)
    return await send(board, person, delivery, _label(element), place.channel_id)


def _answers(board: Switchboard, person: Person, place: Place) -> Json:
    """Give the bot its ways to answer. A click in a view has a trigger, but no response_url."""
    modal = place.view.id if place.view and place.view.type == "modal" else None
    trigger = {"trigger_id": board.triggers.make(person.id, modal)}
    if place.message is None or place.channel is None:
        return trigger
    origin = Origin(user_id=person.id, channel=place.channel.id, original=place.message)
    return trigger | {"response_url": board.responses.make(origin)}


async def _action(
    board: Switchboard, person: Person, place: Place, found: tuple[str, Json], value: Any
) -> Json:
    block_id, element = found
    action: Json = {
        "type": element["type"],
        "action_id": element["action_id"],
        "block_id": block_id,
        "action_ts": board.workspace.next_ts(),
    }
    if element["type"] == "button":
        kept = {key: element[key] for key in ("text", "style", "value") if key in element}
        return action | kept | ({} if value is None else {"value": value})
    if element["type"] == "overflow":
        option = fields.chosen(fields.Shape.OPTION, element, board.workspace, value)
        return action | {"selected_option": option}
    offered = await with_options(board, person, place, found, value)
    given = {} if value is None else {block_id: value}
    return action | fields.state_of({"block_id": block_id}, offered, board.workspace, given)


async def given(board: Switchboard, person: Person, view: View, values: Json) -> Json:
    """Translate plain values to chosen ones; refuses fields that the form does not have."""
    known = dict(reading.elements(view.blocks))
    chosen: Json = {}
    for name, value in values.items():
        if name not in known:
            raise NothingThere(f"no field {name!r} in {view.title!r}: {', '.join(known)}")
        found = (name, known[name])
        element = await with_options(board, person, Place(view=view), found, value)
        shape = fields.FIELDS[element["type"]].shape
        chosen[name] = fields.chosen(shape, element, board.workspace, value)
    return chosen


async def with_options(
    board: Switchboard, person: Person, place: Place, found: tuple[str, Json], value: Any
) -> Json:
    """Complete an external select with what the bot offers for *value*."""
    _, element = found
    if "external_select" not in element["type"] or not isinstance(value, str | list):
        return element
    texts = [value] if isinstance(value, str) else value
    offered = [await suggest(board, person, place, found, text) for text in texts]
    return element | {"options": [option for each in offered for option in each]}


async def suggest(
    board: Switchboard, person: Person, place: Place, found: tuple[str, Json], query: str
) -> list[Json]:
    """Ask the bot for the options of an external select."""
    block_id, element = found
    payload = payloads.interaction(board.workspace, person, "block_suggestion", place, {})
    payload |= {"action_id": element["action_id"], "block_id": block_id, "value": query}
    delivery = Delivery(kind=Kind.INTERACTION, payload=payload)
    delivered = await send(board, person, delivery, "Loading the options", place.channel_id)
    return reading.options_of(delivered.json)


async def submit(board: Switchboard, person: Person, view: View, state: Json) -> Delivered:
    """Post a view_submission with exactly this `state.values`, and do what comes back."""
    payload = payloads.submission(board.workspace, person, view, state)
    payload["trigger_id"] = board.triggers.make(person.id, view.id)
    delivery = Delivery(kind=Kind.INTERACTION, payload=payload)
    delivered = await send(board, person, delivery, view.title)
    replies.after_submission(board.workspace, person, view, delivered)
    return delivered


def find(blocks: list[Json], action_id: str, block: str | None = None) -> tuple[str, Json]:
    """Find an element by its action, in the block asked for if there is one of that id."""
    found = [each for each in reading.elements(blocks) if each[1]["action_id"] == action_id]
    in_block = [each for each in found if each[0] == block]
    if not found:
        known = ", ".join(element["action_id"] for _, element in reading.elements(blocks))
        raise NothingThere(f"nothing here has the action {action_id!r}; there is: {known or '-'}")
    return (in_block or found)[0]


def _label(element: Json) -> str:
    return str(element.get("text", {}).get("text") or element["action_id"])
