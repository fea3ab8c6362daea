"""chat.*: messages in channels, threads and direct messages, and to one person alone."""

from dataclasses import replace

from bot.sandbox import blocks as block_kit
from bot.sandbox import limits
from bot.sandbox.arguments import Arguments
from bot.sandbox.completing import completed
from bot.sandbox.message import Message
from bot.sandbox.places import Channel
from bot.sandbox.refusal import Refused
from bot.sandbox.wire import Json
from bot.sandbox.workspace import Workspace


def channel_to_write(workspace: Workspace, reference: str) -> Channel:
    """Find where the bot may write; a person's id means their direct message."""
    channel = workspace.channel(reference)
    if channel is None:
        return _conversation_with(workspace, reference)
    if channel.is_archived:
        raise Refused("is_archived")
    if workspace.bot.id not in channel.members:
        raise Refused("not_in_channel")
    return channel


def _conversation_with(workspace: Workspace, user_id: str) -> Channel:
    person = workspace.people.get(user_id)
    if person is None or person.is_bot:
        raise Refused("channel_not_found")
    if person.deleted:
        raise Refused("user_disabled")
    return workspace.direct_message(person.id)


def read_blocks(arguments: Arguments) -> list[Json]:
    found = arguments.tree("blocks", "invalid_blocks_format")
    if found is None:
        return []
    if not isinstance(found, list):
        raise Refused("invalid_blocks_format")
    problems = block_kit.problems_of_message(found)
    if problems:
        raise Refused("invalid_blocks", *problems)
    return completed(found)


def read_metadata(arguments: Arguments) -> Json | None:
    found = arguments.tree("metadata", "invalid_metadata_format")
    if not found:
        return None
    if not _is_metadata(found):
        raise Refused("invalid_metadata_format")
    if len(str(found)) > limits.METADATA_BYTES:
        raise Refused("metadata_too_large")
    return dict(found)


def _is_metadata(value: object) -> bool:
    if not isinstance(value, dict):
        return False
    return isinstance(value.get("event_type"), str) and isinstance(value.get("event_payload"), dict)


def read_text(arguments: Arguments, longest: int) -> str:
    text = arguments.optional("text")
    if len(text) > longest:
        raise Refused("msg_too_long")
    return text


def _parent(workspace: Workspace, channel: Channel, thread_ts: str) -> str | None:
    """Find the message that a thread hangs on; a reply's own ts means its thread."""
    if not thread_ts:
        return None
    parent = workspace.message(channel.id, thread_ts)
    if parent is None:
        raise Refused("thread_not_found")
    return parent.thread_ts or parent.ts


def written(workspace: Workspace, channel: Channel, arguments: Arguments) -> Message:
    """Make the bot's message from the arguments of a call, without storing it."""
    text, found = read_text(arguments, limits.MESSAGE_TEXT), read_blocks(arguments)
    if not text and not found:
        raise Refused("no_text")
    return Message(
        channel=channel.id,
        ts=workspace.next_ts(),
        user=workspace.bot.id,
        text=text,
        blocks=found,
        thread_ts=_parent(workspace, channel, arguments.optional("thread_ts")),
        metadata=read_metadata(arguments),
        bot_id=workspace.bot.bot_id,
        app_id=workspace.credentials.app_id,
        team=workspace.credentials.team_id,
        unfurl_links=arguments.flag("unfurl_links", default=False),
        unfurl_media=arguments.flag("unfurl_media", default=True),
    )


def post_message(workspace: Workspace, arguments: Arguments) -> Json:
    channel = channel_to_write(workspace, arguments.text("channel"))
    message = written(workspace, channel, arguments)
    workspace.put_message(message)
    return {"channel": channel.id, "ts": message.ts, "message": message.as_slack()}


def post_ephemeral(workspace: Workspace, arguments: Arguments) -> Json:
    channel = channel_to_write(workspace, arguments.text("channel"))
    person = workspace.people.get(arguments.text("user"))
    if person is None or person.id not in channel.members:
        raise Refused("user_not_in_channel")
    message = written(workspace, channel, arguments)
    workspace.whisper(person.id, replace(message, is_ephemeral=True))
    return {"message_ts": message.ts}


def own_message(workspace: Workspace, arguments: Arguments, refusal: str) -> Message:
    """Find the message that the bot wants to change; *refusal* if somebody else wrote it."""
    channel = workspace.channels.get(arguments.text("channel"))
    if channel is None:
        raise Refused("channel_not_found")
    if channel.is_archived:
        raise Refused("is_archived")
    message = workspace.message(channel.id, arguments.text("ts"))
    if message is None:
        raise Refused("message_not_found")
    if message.user != workspace.bot.id:
        raise Refused(refusal)
    return message


def update(workspace: Workspace, arguments: Arguments) -> Json:
    """Change a message; blocks and metadata that are not named stay as they are."""
    old = own_message(workspace, arguments, "cant_update_message")
    given = arguments.values
    if not {"text", "blocks"} & given.keys():
        raise Refused("no_text")
    new = replace(
        old,
        text=read_text(arguments, limits.UPDATE_TEXT) if "text" in given else old.text,
        blocks=read_blocks(arguments) if "blocks" in given else old.blocks,
        metadata=read_metadata(arguments) if "metadata" in given else old.metadata,
        edited=workspace.next_ts(),
    )
    if not new.text and not new.blocks:
        raise Refused("no_text")
    workspace.put_message(new)
    return {"channel": new.channel, "ts": new.ts, "text": new.text, "message": new.as_slack()}


def delete(workspace: Workspace, arguments: Arguments) -> Json:
    message = own_message(workspace, arguments, "cant_delete_message")
    workspace.drop_message(message)
    return {"channel": message.channel, "ts": message.ts}


def get_permalink(workspace: Workspace, arguments: Arguments) -> Json:
    channel = workspace.channels.get(arguments.text("channel"))
    if channel is None:
        raise Refused("channel_not_found")
    ts = arguments.text("message_ts")
    if workspace.message(channel.id, ts) is None:
        raise Refused("message_not_found")
    link = f"{workspace.url}/archives/{channel.id}/p{ts.replace('.', '')}"
    return {"channel": channel.id, "permalink": link}
