"""auth, api, users, usergroups, team and bots: who is who."""

from bot.sandbox import people
from bot.sandbox.api.paging import page
from bot.sandbox.arguments import Arguments
from bot.sandbox.refusal import Refused
from bot.sandbox.wire import Json
from bot.sandbox.workspace import Workspace


def api_test(workspace: Workspace, arguments: Arguments) -> Json:
    if error := arguments.optional("error"):
        raise Refused(error)
    return {"args": {name: each for name, each in arguments.values.items() if name != "token"}}


def auth_test(workspace: Workspace, arguments: Arguments) -> Json:
    return {
        "url": f"{workspace.url}/",
        "team": people.TEAM_NAME,
        "team_id": workspace.credentials.team_id,
        "user": workspace.bot.name,
        "user_id": workspace.bot.id,
        "bot_id": workspace.bot.bot_id,
        "is_enterprise_install": False,
    }


def user_info(workspace: Workspace, arguments: Arguments) -> Json:
    person = workspace.people.get(arguments.text("user"))
    if person is None:
        raise Refused("user_not_found")
    return {"user": person.as_slack(workspace.credentials.team_id)}


def user_list(workspace: Workspace, arguments: Arguments) -> Json:
    """List the workspace's own people: users of other workspaces are not in users.list."""
    team_id = workspace.credentials.team_id
    own = [each for each in workspace.people.values() if not each.is_external_to(team_id)]
    found, metadata = page(own, arguments)
    return {
        "members": [each.as_slack(team_id) for each in found],
        "cache_ts": int(workspace.now()),
        "response_metadata": metadata,
    }


def group_list(workspace: Workspace, arguments: Arguments) -> Json:
    with_users = arguments.flag("include_users", default=False)
    return {
        "usergroups": [
            each.as_slack(workspace.credentials.team_id)
            | ({"users": list(each.users)} if with_users else {})
            for each in workspace.groups.values()
        ]
    }


def group_users(workspace: Workspace, arguments: Arguments) -> Json:
    """List who is in a group; people who have left are no longer in it."""
    group = workspace.groups.get(arguments.text("usergroup"))
    if group is None:
        raise Refused("no_such_subteam")
    return {"users": [each for each in group.users if not workspace.people[each].deleted]}


def team_info(workspace: Workspace, arguments: Arguments) -> Json:
    asked = arguments.optional("team", workspace.credentials.team_id)
    if asked != workspace.credentials.team_id:
        raise Refused("team_not_found")
    return {"team": workspace.team() | {"name": people.TEAM_NAME, "url": f"{workspace.url}/"}}


def bot_info(workspace: Workspace, arguments: Arguments) -> Json:
    asked = arguments.optional("bot", str(workspace.bot.bot_id))
    for person in workspace.people.values():
        if person.is_bot and person.bot_id == asked:
            return {"bot": _bot(workspace, person)}
    raise Refused("bot_not_found")


def _bot(workspace: Workspace, person: people.Person) -> Json:
    is_ours = person.id == workspace.bot.id
    return {
        "id": person.bot_id,
        "deleted": person.deleted,
        "name": person.name,
        "user_id": person.id,
        "app_id": workspace.credentials.app_id if is_ours else people.id_of("A", person.name),
        "updated": person.updated,
    }
