"""conversations.* and users.conversations: places, who is in them, what was said."""

from bot.sandbox.api.paging import page
from bot.sandbox.arguments import Arguments
from bot.sandbox.message import Message
from bot.sandbox.places import Channel
from bot.sandbox.refusal import Refused
from bot.sandbox.wire import Json
from bot.sandbox.workspace import Workspace

HISTORY_LIMIT = 100
REPLIES_LIMIT = 1000


def _channel(workspace: Workspace, arguments: Arguments) -> Channel:
    """Find a channel by id alone: these methods take no names."""
    channel = workspace.channels.get(arguments.text("channel"))
    if channel is None:
        raise Refused("channel_not_found")
    return channel


def _readable(workspace: Workspace, arguments: Arguments) -> Channel:
    channel = _channel(workspace, arguments)
    if workspace.bot.id not in channel.members:
        raise Refused("not_in_channel")
    return channel


def _drawn(workspace: Workspace, channel: Channel) -> Json:
    return channel.as_slack(workspace.credentials.team_id, workspace.bot.id)


def info(workspace: Workspace, arguments: Arguments) -> Json:
    return {"channel": _drawn(workspace, _channel(workspace, arguments))}


def members(workspace: Workspace, arguments: Arguments) -> Json:
    found, metadata = page(_channel(workspace, arguments).members, arguments)
    return {"members": found, "response_metadata": metadata}


def _listed(workspace: Workspace, arguments: Arguments, channels: list[Channel]) -> Json:
    kinds = set(arguments.optional("types", "public_channel").split(","))
    without_archived = arguments.flag("exclude_archived", default=False)
    wanted = [
        each
        for each in channels
        if ("im" if each.is_im else "public_channel") in kinds
        and not (without_archived and each.is_archived)
    ]
    found, metadata = page(wanted, arguments)
    drawn = [_drawn(workspace, each) for each in found]
    return {"channels": drawn, "response_metadata": metadata}


def list_all(workspace: Workspace, arguments: Arguments) -> Json:
    return _listed(workspace, arguments, list(workspace.channels.values()))


def of_user(workspace: Workspace, arguments: Arguments) -> Json:
    user_id = arguments.optional("user", workspace.bot.id)
    if user_id not in workspace.people:
        raise Refused("user_not_found")
    theirs = [each for each in workspace.channels.values() if user_id in each.members]
    return _listed(workspace, arguments, theirs)


def open_direct_message(workspace: Workspace, arguments: Arguments) -> Json:
    """Open a conversation with one person; conversations of more are not part of the sandbox."""
    users = [each for each in arguments.text("users").split(",") if each]
    person = workspace.people.get(users[0])
    if len(users) > 1:
        raise Refused("not_supported", "the sandbox opens conversations with one person only")
    if person is None:
        raise Refused("user_not_found")
    if person.deleted:
        raise Refused("user_disabled")
    if person.is_bot:
        raise Refused("cannot_dm_bot")
    channel = workspace.direct_message(person.id)
    drawn = _drawn(workspace, channel) if arguments.flag("return_im", default=False) else None
    return {"channel": drawn or {"id": channel.id}}


def history(workspace: Workspace, arguments: Arguments) -> Json:
    """Answer newest first, as Slack does."""
    channel = _readable(workspace, arguments)
    messages = [each for each in workspace.history(channel.id) if _is_within(each, arguments)]
    return _page_of(list(reversed(messages)), arguments, HISTORY_LIMIT)


def replies(workspace: Workspace, arguments: Arguments) -> Json:
    """Answer the parent, then its replies, oldest first."""
    channel = _readable(workspace, arguments)
    parent = workspace.message(channel.id, arguments.text("ts"))
    if parent is None:
        raise Refused("thread_not_found")
    thread = workspace.thread(channel.id, parent.thread_ts or parent.ts)
    messages = [parent, *(each for each in thread if _is_within(each, arguments))]
    return _page_of(messages, arguments, REPLIES_LIMIT)


def _page_of(messages: list[Message], arguments: Arguments, limit: int) -> Json:
    found, metadata = page(messages, arguments, limit)
    with_metadata = arguments.flag("include_all_metadata", default=False)
    return {
        "messages": [each.as_slack(with_metadata=with_metadata) for each in found],
        "has_more": bool(metadata["next_cursor"]),
        "response_metadata": metadata,
    }


def _is_within(message: Message, arguments: Arguments) -> bool:
    oldest, latest = arguments.optional("oldest", "0"), arguments.optional("latest")
    inclusive = arguments.flag("inclusive", default=False)
    at, low, high = _micros(message.ts), _micros(oldest), _micros(latest or "9999999999")
    return low <= at <= high if inclusive else low < at < high


def _micros(ts: str) -> int:
    """Read a ts exactly: as a float it would lose its last digit."""
    seconds, _, rest = ts.partition(".")
    try:
        return int(seconds) * 1_000_000 + int(rest[:6].ljust(6, "0"))
    except ValueError as error:
        raise Refused("invalid_ts_latest") from error
