"""Who is who and who is where, as the Web API tells it."""

import pytest


@pytest.mark.parametrize(
    ("name", "facts"),
    [
        ("ana", {"is_admin": True, "is_restricted": False, "deleted": False}),
        ("bo", {"is_admin": False, "is_bot": False}),
        ("gus", {"is_restricted": True, "is_ultra_restricted": False}),
        ("sol", {"is_restricted": True, "is_ultra_restricted": True}),
        ("eve", {"team_id": "T0GLOBEX0", "is_stranger": False}),
        ("fin", {"deleted": True}),
        ("preview-bot", {"is_bot": True}),
        ("harbor", {"is_bot": True}),
    ],
)
async def test_users_info_tells_each_kind_of_person_apart(sandbox, slack, name, facts):
    answer = await slack.users_info(user=sandbox.member(name).id)

    assert facts.items() <= answer["user"].items()


async def test_people_of_other_companies_are_not_in_the_list_of_users(slack):
    answer = await slack.users_list()

    names = {each["name"] for each in answer["members"]}
    assert "fin" in names
    assert "eve" not in names


async def test_a_shared_channel_says_with_whom_it_is_shared(sandbox, slack):
    answer = await slack.conversations_info(channel="C0APPROVALS")

    channel = answer["channel"]
    assert (channel["is_ext_shared"], channel["is_member"]) == (True, True)
    assert channel["connected_team_ids"] == ["T0GLOBEX0"]


async def test_members_are_paged_with_a_cursor(slack):
    members, cursor = [], ""
    for _ in range(5):
        page = await slack.conversations_members(channel="C0APPROVALS", limit=2, cursor=cursor)
        members += page["members"]
        cursor = page["response_metadata"]["next_cursor"]

    assert cursor == ""
    assert len(members) == len(set(members)) == 9


async def test_the_bot_sees_only_its_own_channels_as_its_own(slack):
    answer = await slack.users_conversations()

    names = {each["name"] for each in answer["channels"]}
    assert names == {"approvals", "general", "ops", "archive"}


async def test_archived_channels_can_be_left_out(slack):
    answer = await slack.conversations_list(exclude_archived=True)

    assert "archive" not in {each["name"] for each in answer["channels"]}


async def test_the_user_group_has_its_members(sandbox, slack):
    groups = await slack.usergroups_list(include_users=True)
    users = await slack.usergroups_users_list(usergroup=groups["usergroups"][0]["id"])

    assert groups["usergroups"][0]["handle"] == "release-managers"
    assert users["users"] == [sandbox.member("bo").id, sandbox.member("cam").id]


async def test_who_has_left_is_no_longer_in_a_group(sandbox, slack):
    sandbox.deactivate("bo")

    users = await slack.usergroups_users_list(usergroup="S0RELEASE")

    assert users["users"] == [sandbox.member("cam").id]


async def test_a_conversation_with_a_person_is_opened_on_demand(sandbox, slack):
    answer = await slack.conversations_open(users=[sandbox.member("bo").id])

    assert answer["channel"]["id"] == sandbox.member("bo").dm


async def test_a_test_can_change_people(sandbox, slack):
    sandbox.deactivate("bo")
    sandbox.make_guest("cam")
    sandbox.remove_from_channel("dee", "#approvals")
    sandbox.set_group("@release-managers", ["ana"])

    bo = await slack.users_info(user=sandbox.member("bo").id)
    cam = await slack.users_info(user=sandbox.member("cam").id)
    members = await slack.conversations_members(channel="C0APPROVALS")
    group = await slack.usergroups_users_list(usergroup="S0RELEASE")
    assert bo["user"]["deleted"]
    assert cam["user"]["is_restricted"]
    assert sandbox.member("dee").id not in members["members"]
    assert group["users"] == [sandbox.member("ana").id]


async def test_team_and_bot_describe_themselves(sandbox, slack):
    team = await slack.team_info()
    bot = await slack.bots_info(bot="B00HARBOR")

    assert (team["team"]["name"], team["team"]["domain"]) == ("Acme", "acme")
    assert bot["bot"]["app_id"] == sandbox.credentials.app_id


def test_ids_are_the_same_in_every_sandbox(sandbox):
    assert sandbox.member("ana").id == "U00000ANA"
    assert sandbox.member("U00000ANA").name == "ana"


def test_asking_for_somebody_who_is_not_there_names_those_who_are(sandbox):
    with pytest.raises(AssertionError, match="known: ana, bo"):
        sandbox.member("zoe")
