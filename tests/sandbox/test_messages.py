"""Posting, changing, deleting and reading messages."""

import pytest
from slack_sdk.errors import SlackApiError


async def refusal(awaitable):
    with pytest.raises(SlackApiError) as caught:
        await awaitable
    return caught.value.response["error"]


@pytest.mark.parametrize("channel", ["#approvals", "approvals", "C0APPROVALS"])
async def test_a_channel_goes_by_id_or_name(sandbox, slack, channel):
    answer = await slack.chat_postMessage(channel=channel, text="hello")

    assert answer["channel"] == "C0APPROVALS"
    assert sandbox.messages("#approvals")[0].text == "hello"


async def test_a_message_to_a_person_opens_a_direct_message(sandbox, slack):
    bo = sandbox.member("bo")

    await slack.chat_postMessage(channel=bo.id, text="psst")

    assert [each.text for each in sandbox.messages(bo.dm)] == ["psst"]


@pytest.mark.parametrize(
    ("channel", "error"),
    [
        ("#nowhere", "channel_not_found"),
        ("U0NOBODY", "channel_not_found"),
        ("U0PREVIEWBOT", "channel_not_found"),
        ("U00000FIN", "user_disabled"),
        ("#leads", "not_in_channel"),
        ("#archive", "is_archived"),
    ],
)
async def test_where_the_bot_may_not_write_it_is_refused(slack, channel, error):
    assert await refusal(slack.chat_postMessage(channel=channel, text="hi")) == error


@pytest.mark.parametrize(
    ("message", "error"),
    [
        ({"text": ""}, "no_text"),
        ({"text": "x" * 40_001}, "msg_too_long"),
        ({"text": "x", "blocks": "{"}, "invalid_blocks_format"),
        ({"text": "x", "blocks": [{"type": "poll"}]}, "invalid_blocks"),
        ({"text": "x", "metadata": {"event_type": "a"}}, "invalid_metadata_format"),
        ({"text": "x", "thread_ts": "1.000001"}, "thread_not_found"),
    ],
)
async def test_a_message_that_slack_would_refuse_is_refused(slack, message, error):
    call = slack.api_call("chat.postMessage", json={"channel": "#ops", **message})

    assert await refusal(call) == error


async def test_a_reply_stands_in_its_thread_and_not_in_the_channel(sandbox, slack):
    parent = await slack.chat_postMessage(channel="#ops", text="parent")
    reply = await slack.chat_postMessage(channel="#ops", text="one", thread_ts=parent["ts"])

    # Answering a reply answers the thread.
    await slack.chat_postMessage(channel="#ops", text="two", thread_ts=reply["ts"])

    (message,) = sandbox.messages("#ops")
    assert [each.text for each in sandbox.replies(message)] == ["one", "two"]
    answer = await slack.conversations_replies(channel="C00000OPS", ts=parent["ts"])
    assert [each["text"] for each in answer["messages"]] == ["parent", "one", "two"]


async def test_an_update_keeps_what_it_does_not_name(sandbox, slack):
    metadata = {"event_type": "card", "event_payload": {"gate": "g"}}
    blocks = [{"type": "divider"}]
    posted = await slack.chat_postMessage(
        channel="#ops", text="before", blocks=blocks, metadata=metadata
    )

    await slack.chat_update(channel=posted["channel"], ts=posted["ts"], text="after")

    (message,) = sandbox.messages("#ops")
    assert (message.text, message.metadata) == ("after", metadata)
    assert message.blocks[0]["type"] == "divider"
    assert message.edited


async def test_an_update_with_an_empty_list_takes_the_blocks_away(sandbox, slack):
    posted = await slack.chat_postMessage(channel="#ops", text="x", blocks=[{"type": "divider"}])

    await slack.chat_update(channel=posted["channel"], ts=posted["ts"], text="y", blocks=[])

    assert sandbox.messages("#ops")[0].blocks == []


async def test_only_own_messages_can_be_changed_or_deleted(sandbox, slack):
    message = await sandbox.member("ana").say("#ops", "mine")
    place = {"channel": message.channel, "ts": message.ts}

    assert await refusal(slack.chat_update(text="no", **place)) == "cant_update_message"
    assert await refusal(slack.chat_delete(**place)) == "cant_delete_message"


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"ts": "1.000001"}, "message_not_found"),
        ({"channel": "#ops"}, "channel_not_found"),
        ({"text": "x" * 4_001}, "msg_too_long"),
    ],
)
async def test_an_update_that_slack_would_refuse_is_refused(slack, change, error):
    posted = await slack.chat_postMessage(channel="#ops", text="x")
    update = {"channel": posted["channel"], "ts": posted["ts"], "text": "y"}

    assert await refusal(slack.chat_update(**(update | change))) == error


async def test_a_message_in_a_channel_archived_since_cannot_be_changed(sandbox, slack):
    posted = await slack.chat_postMessage(channel="#ops", text="x")
    sandbox.archive("#ops")

    update = slack.chat_update(channel=posted["channel"], ts=posted["ts"], text="y")

    assert await refusal(update) == "is_archived"


async def test_an_ephemeral_is_seen_by_one_person_and_is_not_in_the_history(sandbox, slack):
    ana = sandbox.member("ana")

    await slack.chat_postEphemeral(channel="#ops", user=ana.id, text="only you")

    assert [each.text for each in ana.ephemerals] == ["only you"]
    assert sandbox.messages("#ops") == []
    assert sandbox.member("bo").ephemerals == []


async def test_an_ephemeral_goes_only_to_people_in_the_channel(sandbox, slack):
    call = slack.chat_postEphemeral(channel="#ops", user=sandbox.member("gus").id, text="x")

    assert await refusal(call) == "user_not_in_channel"


async def test_history_is_newest_first_paged_and_shows_metadata_when_asked(slack):
    metadata = {"event_type": "card", "event_payload": {"key": "k"}}
    for number in range(5):
        await slack.chat_postMessage(channel="#ops", text=str(number), metadata=metadata)

    first = await slack.conversations_history(channel="C00000OPS", limit=3)
    cursor = first["response_metadata"]["next_cursor"]
    second = await slack.conversations_history(
        channel="C00000OPS", limit=3, cursor=cursor, include_all_metadata=True
    )

    assert [each["text"] for each in first["messages"]] == ["4", "3", "2"]
    assert (first["has_more"], second["has_more"]) == (True, False)
    assert "metadata" not in first["messages"][0]
    assert second["messages"][0]["metadata"] == metadata


async def test_oldest_and_latest_are_exact_to_the_last_digit(slack):
    stamps = [
        (await slack.chat_postMessage(channel="#ops", text=str(number)))["ts"]
        for number in range(3)
    ]

    after = await slack.conversations_history(channel="C00000OPS", oldest=stamps[0])
    around = await slack.conversations_history(
        channel="C00000OPS", oldest=stamps[1], latest=stamps[1], inclusive=True
    )

    assert [each["ts"] for each in after["messages"]] == [stamps[2], stamps[1]]
    assert [each["ts"] for each in around["messages"]] == [stamps[1]]


async def test_no_two_messages_share_a_ts_even_when_the_clock_stands_still(slack):
    stamps = [(await slack.chat_postMessage(channel="#ops", text="x"))["ts"] for _ in range(20)]

    assert len(set(stamps)) == 20
    assert stamps == sorted(stamps)


async def test_a_deleted_message_is_gone_for_updates(sandbox, slack):
    posted = await slack.chat_postMessage(channel="#ops", text="x")
    sandbox.delete(sandbox.messages("#ops")[0])

    update = slack.chat_update(channel=posted["channel"], ts=posted["ts"], text="y")

    assert await refusal(update) == "message_not_found"


async def test_unfurl_flags_are_kept_for_tests_to_look_at(sandbox, slack):
    await slack.chat_postMessage(channel="#ops", text="x", unfurl_links=False, unfurl_media=False)

    (message,) = sandbox.messages("#ops")
    assert (message.unfurl_links, message.unfurl_media) == (False, False)


async def test_a_permalink_leads_to_the_message(sandbox, slack):
    posted = await slack.chat_postMessage(channel="#ops", text="x")

    answer = await slack.chat_getPermalink(channel="C00000OPS", message_ts=posted["ts"])

    assert answer["permalink"].startswith(f"{sandbox.url}/archives/C00000OPS/p")
