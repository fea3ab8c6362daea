"""How a call is read, authenticated and refused."""

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError


async def call(sandbox, method, verb="POST", **request):
    async with (
        aiohttp.ClientSession() as session,
        session.request(verb, f"{sandbox.url}/api/{method}", **request) as response,
    ):
        return await response.json()


async def refusal(awaitable):
    with pytest.raises(SlackApiError) as caught:
        await awaitable
    return caught.value.response["error"]


async def test_auth_test_says_who_the_bot_is(sandbox, slack):
    answer = await slack.auth_test()

    assert answer["team_id"] == sandbox.credentials.team_id
    assert (answer["user_id"], answer["bot_id"]) == ("U00HARBOR", "B00HARBOR")


@pytest.mark.parametrize(
    ("verb", "shape"),
    [("GET", "params"), ("POST", "params"), ("POST", "data"), ("POST", "json")],
)
async def test_arguments_come_by_query_form_or_json(sandbox, verb, shape):
    arguments = {"token": sandbox.credentials.bot_token, "user": "U00000ANA"}

    answer = await call(sandbox, "users.info", verb, **{shape: arguments})

    assert answer["user"]["name"] == "ana"


async def test_blocks_may_be_a_string_of_json(sandbox):
    blocks = '[{"type": "divider"}]'
    arguments = {"token": sandbox.credentials.bot_token, "channel": "#ops", "blocks": blocks}

    answer = await call(sandbox, "chat.postMessage", data=arguments)

    assert answer["message"]["blocks"][0]["type"] == "divider"


@pytest.mark.parametrize(
    ("method", "request_", "error"),
    [
        ("chat.invent", {}, "unknown_method"),
        ("auth.test", {}, "not_authed"),
        ("auth.test", {"headers": {"Authorization": "Bearer xoxb-wrong"}}, "invalid_auth"),
        (
            "auth.test",
            {"data": b"{", "headers": {"Content-Type": "application/json"}},
            "invalid_json",
        ),
        ("auth.test", {"json": [1]}, "json_not_object"),
        ("auth.test", {"data": b"x", "headers": {"Content-Type": "text/csv"}}, "invalid_post_type"),
    ],
)
async def test_a_call_that_cannot_be_served_is_refused_by_name(sandbox, method, request_, error):
    answer = await call(sandbox, method, **request_)

    assert answer == {"ok": False, "error": error}


async def test_api_test_needs_no_token_and_gives_back_what_it_got(sandbox):
    answer = await call(sandbox, "api.test", json={"foo": "bar"})

    assert answer == {"ok": True, "args": {"foo": "bar"}}


async def test_a_call_that_lacks_an_argument_names_it(sandbox, slack):
    with pytest.raises(SlackApiError) as caught:
        await slack.api_call("users.info")

    assert caught.value.response["error"] == "invalid_arguments"
    assert "user" in caught.value.response["response_metadata"]["messages"][0]


@pytest.mark.parametrize(
    ("method", "arguments", "error"),
    [
        ("users.info", {"user": "U0NOBODY"}, "user_not_found"),
        ("usergroups.users.list", {"usergroup": "S0NONE"}, "no_such_subteam"),
        ("team.info", {"team": "T0OTHER"}, "team_not_found"),
        ("bots.info", {"bot": "B0NONE"}, "bot_not_found"),
        ("conversations.info", {"channel": "#approvals"}, "channel_not_found"),
        ("conversations.history", {"channel": "C000LEADS"}, "not_in_channel"),
        ("conversations.history", {"channel": "C00000OPS", "cursor": "!"}, "invalid_cursor"),
        ("conversations.history", {"channel": "C00000OPS", "limit": 5000}, "invalid_limit"),
        ("conversations.replies", {"channel": "C00000OPS", "ts": "1.0"}, "thread_not_found"),
        ("conversations.open", {"users": "U0NOBODY"}, "user_not_found"),
        ("conversations.open", {"users": "U00000FIN"}, "user_disabled"),
        ("conversations.open", {"users": "U0PREVIEWBOT"}, "cannot_dm_bot"),
        ("chat.getPermalink", {"channel": "C00000OPS", "message_ts": "1.0"}, "message_not_found"),
    ],
)
async def test_what_is_not_there_is_refused_by_name(slack, method, arguments, error):
    assert await refusal(slack.api_call(method, json=arguments)) == error


async def test_every_call_is_recorded_with_its_answer(sandbox, slack):
    await slack.users_info(user="U00000ANA")
    await refusal(slack.users_info(user="U0NOBODY"))

    good, bad = sandbox.calls
    assert (good.method, good.arguments, good.status) == ("users.info", {"user": "U00000ANA"}, 200)
    assert (good.error, bad.error) == (None, "user_not_found")
    assert good.answered is not None


async def test_no_token_is_kept_in_the_record_of_calls(sandbox, slack):
    await slack.auth_test()

    assert sandbox.credentials.bot_token not in repr(sandbox.calls)
