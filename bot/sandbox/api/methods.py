"""Every Web API method there is, in one table, and the way a call goes through it."""

from collections.abc import Callable
from functools import partial
from typing import TypeAlias

from bot.sandbox.api import chat, conversations, people, views
from bot.sandbox.arguments import Arguments
from bot.sandbox.credentials import Credentials
from bot.sandbox.refusal import Refused
from bot.sandbox.triggers import Triggers
from bot.sandbox.wire import Json
from bot.sandbox.workspace import Workspace

Method: TypeAlias = Callable[[Arguments], Json]
# Those of OpenID Connect are asked by people's own programs, and look at who asks themselves.
PUBLIC = {"api.test", "openid.connect.token", "openid.connect.userInfo"}
APP_LEVEL = {"apps.connections.open"}


def table(workspace: Workspace, triggers: Triggers) -> dict[str, Method]:
    with_trigger = {"views.open": views.open_modal, "views.push": views.push}
    plain = {
        "api.test": people.api_test,
        "auth.test": people.auth_test,
        "bots.info": people.bot_info,
        "chat.delete": chat.delete,
        "chat.getPermalink": chat.get_permalink,
        "chat.postEphemeral": chat.post_ephemeral,
        "chat.postMessage": chat.post_message,
        "chat.update": chat.update,
        "conversations.history": conversations.history,
        "conversations.info": conversations.info,
        "conversations.list": conversations.list_all,
        "conversations.members": conversations.members,
        "conversations.open": conversations.open_direct_message,
        "conversations.replies": conversations.replies,
        "team.info": people.team_info,
        "usergroups.list": people.group_list,
        "usergroups.users.list": people.group_users,
        "users.conversations": conversations.of_user,
        "users.info": people.user_info,
        "users.list": people.user_list,
        "views.publish": views.publish,
        "views.update": views.update,
    }
    methods: dict[str, Method] = {
        name: partial(method, workspace) for name, method in plain.items()
    }
    methods |= {name: partial(each, workspace, triggers) for name, each in with_trigger.items()}
    return methods


def _found(methods: dict[str, Method], name: str) -> Method:
    if name not in methods:
        raise Refused("unknown_method")
    return methods[name]


def answer(
    methods: dict[str, Method], credentials: Credentials, name: str, arguments: Arguments
) -> Json:
    """Answer one call as Slack does: `ok` first, refusals included."""
    try:
        method = _found(methods, name)
        if name not in PUBLIC:
            _authenticate(credentials, name, arguments)
        return {"ok": True} | method(arguments)
    except Refused as refused:
        return refused.answer()


def _authenticate(credentials: Credentials, name: str, arguments: Arguments) -> None:
    expected, other = credentials.bot_token, credentials.app_token
    if name in APP_LEVEL:
        expected, other = other, expected
    token = arguments.optional("token")
    if not token:
        raise Refused("not_authed")
    if token == other:
        raise Refused("not_allowed_token_type")
    if token != expected:
        raise Refused("invalid_auth")
