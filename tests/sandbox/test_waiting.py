"""Waiting for what happens, and seeing what there is when it does not."""

import asyncio

import pytest


async def test_until_returns_what_it_waited_for(sandbox, slack):
    posting = asyncio.create_task(slack.chat_postMessage(channel="#ops", text="there"))

    (message,) = await sandbox.until(lambda: sandbox.messages("#ops"))

    await posting
    assert message.text == "there"


async def test_until_notices_what_happens_outside_the_workspace(sandbox):
    outside = []
    asyncio.get_running_loop().call_later(0.01, outside.append, 1)

    assert await sandbox.until(lambda: outside) == [1]


async def test_until_shows_the_workspace_when_time_is_up(sandbox, slack, kit):
    blocks = [{"type": "actions", "elements": [kit.button("approve")]}]
    await slack.chat_postMessage(channel="#ops", text="card", blocks=blocks)
    await slack.chat_postEphemeral(channel="#ops", user="U00000ANA", text="psst")
    await sandbox.member("bo").command("/nothing")

    with pytest.raises(AssertionError) as caught:
        await sandbox.until(lambda: False, timeout=0.01)

    picture = str(caught.value)
    assert "['approve']" in picture
    assert "only ana sees: psst" in picture
    assert "notice to bo: /nothing is not a valid command." in picture
    assert "chat.postEphemeral -> 200 ok" in picture


async def test_until_leaves_no_listener_behind(sandbox):
    before = list(sandbox.workspace.listeners)

    await sandbox.until(lambda: True)

    assert sandbox.workspace.listeners == before
