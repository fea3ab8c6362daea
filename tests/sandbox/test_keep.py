"""The workspace survives its process."""

import json

import pytest

from bot.sandbox import Credentials, Sandbox
from bot.sandbox.keep import UnreadableState


@pytest.fixture
def path(tmp_path):
    return tmp_path / "demo" / "state.json"


async def test_a_restarted_sandbox_is_as_it_was(path, bot, kit):
    first = await Sandbox.start(bot_url=bot.url, state=path)
    slack = kit.client(first)
    ana = first.member("ana")
    metadata = {"event_type": "card", "event_payload": {"key": "k"}}
    await slack.chat_postMessage(channel="#ops", text="kept", metadata=metadata)
    await slack.chat_postMessage(channel=ana.id, text="in private")
    await slack.chat_postEphemeral(channel="#ops", user=ana.id, text="only you")
    home = {"type": "home", "blocks": [{"type": "divider"}]}
    await slack.views_publish(user_id=ana.id, view=home)
    await ana.command("/harbor")
    await slack.views_open(trigger_id=bot.last["trigger_id"], view=kit.modal({"type": "divider"}))
    first.deactivate("bo")
    await first.stop()

    second = await Sandbox.start(state=path)
    again = second.member("ana")

    await second.stop()
    assert second.credentials == first.credentials
    assert second.messages("#ops") == first.messages("#ops")
    assert [each.text for each in second.messages(again.dm)] == ["in private"]
    assert [each.text for each in again.ephemerals] == ["only you"]
    assert (again.view, again.home) == (ana.view, ana.home)
    assert second.member("bo").person.deleted
    assert second.workspace.channels == first.workspace.channels
    assert second.workspace.groups == first.workspace.groups


async def test_changes_are_on_disk_before_anybody_stops_it(path, slack, kit):
    sandbox = await Sandbox.start(state=path)
    await kit.client(sandbox).chat_postMessage(channel="#ops", text="quick")

    def is_written():
        return "quick" in path.read_text()

    await sandbox.until(is_written)

    await sandbox.stop()
    assert path.stat().st_mode & 0o077 == 0


async def test_given_credentials_win_over_kept_ones(path):
    first = await Sandbox.start(state=path)
    await first.stop()
    given = Credentials(bot_token="xoxb-given")

    second = await Sandbox.start(state=path, credentials=given)

    await second.stop()
    assert second.credentials is given


async def test_a_new_message_never_gets_an_old_ts(path, clock, kit):
    first = await Sandbox.start(state=path, now=clock)
    await kit.client(first).chat_postMessage(channel="#ops", text="old")
    await first.stop()
    clock.move(-60)

    second = await Sandbox.start(state=path, now=clock)
    await kit.client(second).chat_postMessage(channel="#ops", text="new")

    await second.stop()
    assert [each.text for each in second.messages("#ops")] == ["old", "new"]


@pytest.mark.parametrize("content", ["{", "[]", json.dumps({"version": 99})])
async def test_a_file_that_is_not_ours_stops_the_start(path, content):
    path.parent.mkdir()
    path.write_text(content)

    with pytest.raises(UnreadableState, match="move it away"):
        await Sandbox.start(state=path)


def test_secrets_are_not_in_the_repr_of_credentials():
    credentials = Credentials()

    assert credentials.bot_token not in repr(credentials)
    assert credentials.signing_secret not in repr(credentials)
    assert credentials.bot_token.startswith("xoxb-")
