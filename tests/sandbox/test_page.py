"""The page over HTTP: what it shows to whom, and what its script may ask for."""

import aiohttp
import pytest


async def get(sandbox, path):
    async with aiohttp.ClientSession() as session, session.get(sandbox.url + path) as response:
        return response.status, await response.text(), response.headers


async def act(sandbox, deed, **wish):
    async with (
        aiohttp.ClientSession() as session,
        session.post(f"{sandbox.url}/act/{deed}", json={"as": "ana"} | wish) as response,
    ):
        return response.status, await response.json()


@pytest.fixture
async def card(sandbox, slack, kit):
    blocks = [
        {"type": "header", "text": kit.text("Refund <b>42</b>?")},
        {"type": "actions", "block_id": "b", "elements": [kit.button("approve", style="primary")]},
    ]
    await slack.chat_postMessage(channel="#approvals", text="x", blocks=blocks)
    return sandbox.messages("#approvals")[0]


async def test_the_page_shows_messages_with_their_buttons(sandbox, card):
    _, html, _ = await get(sandbox, "/?as=ana&at=approvals")

    assert "Refund &lt;b&gt;42&lt;/b&gt;?" in html
    assert 'data-testid="message"' in html
    assert 'data-action-id="approve"' in html


async def test_the_page_allows_no_inline_script_and_no_framing(sandbox):
    _, html, headers = await get(sandbox, "/")

    policy = headers["Content-Security-Policy"]
    assert "script-src 'self'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe-inline" not in policy
    assert " style=" not in html
    assert "onclick" not in html


async def test_what_is_private_is_shown_to_one_person(sandbox, slack):
    ana = sandbox.member("ana")
    await slack.chat_postEphemeral(channel="#approvals", user=ana.id, text="psst")
    await ana.command("/nothing")

    _, hers, _ = await get(sandbox, "/?as=ana&at=approvals")
    _, his, _ = await get(sandbox, "/?as=bo&at=approvals")

    assert "psst" in hers
    assert "Only visible to you" in hers
    assert 'data-testid="notice"' in hers
    assert "psst" not in his
    assert 'data-testid="notice"' not in his


@pytest.mark.parametrize(
    ("name", "seen", "unseen"),
    [("ana", "leads", "nowhere"), ("bo", "ops", "leads"), ("sol", "approvals", "general")],
)
async def test_people_see_the_channels_they_are_in(sandbox, name, seen, unseen):
    _, html, _ = await get(sandbox, f"/?as={name}")

    assert f'data-testid="place-{seen}"' in html
    assert f'data-testid="place-{unseen}"' not in html


@pytest.mark.parametrize(
    ("name", "role"),
    [
        ("ana", "admin"),
        ("gus", "guest"),
        ("sol", "single-channel guest"),
        ("eve", "external"),
        ("fin", "deactivated"),
        ("preview-bot", "app"),
    ],
)
async def test_the_page_says_what_sets_a_person_apart(sandbox, name, role):
    _, html, _ = await get(sandbox, f"/?as={name}")

    assert f'<span class="badge">{role}</span>' in html.split('data-testid="me"')[1]


@pytest.mark.parametrize("name", ["fin", "preview-bot"])
async def test_who_cannot_act_in_slack_cannot_act_here(sandbox, bot, card, name):
    _, html, _ = await get(sandbox, f"/?as={name}&at=approvals")
    status, _ = await act(sandbox, "send", **{"as": name, "channel": "#approvals", "text": "x"})

    assert "can only be looked at" in html
    assert status == 404


async def test_a_click_on_the_page_is_a_click(sandbox, bot, card):
    place = {"channel": card.channel, "ts": card.ts}

    status, answer = await act(sandbox, "click", **place, action_id="approve", block_id="b")

    assert (status, answer) == (200, {"status": 200})
    assert bot.last["actions"][0]["block_id"] == "b"
    assert bot.last["user"]["name"] == "ana"


async def test_a_click_on_what_is_gone_says_so(sandbox, card):
    sandbox.delete(card)

    answer = await act(sandbox, "click", channel=card.channel, ts=card.ts, action_id="approve")

    assert answer == (409, {"error": "this message is gone"})


async def test_what_is_sent_is_a_command_or_a_message(sandbox, bot):
    await act(sandbox, "send", channel="C00000OPS", text="/harbor help")
    await act(sandbox, "send", channel="C00000OPS", text="hello @bo")

    assert bot.last["text"] == "help"
    assert [each.text for each in sandbox.messages("#ops")] == ["hello <@U000000BO|bo>"]


async def test_a_form_is_drawn_filled_in_and_submitted(sandbox, bot, opened, kit):
    options = [kit.option("0", "Low"), kit.option("1", "High")]
    await opened(
        kit.modal(
            kit.field("context", {"type": "plain_text_input"}),
            kit.field("level", {"type": "radio_buttons", "options": options}),
        )
    )

    _, html, _ = await get(sandbox, "/?as=ana")
    first = await act(sandbox, "submit", values={"context": "", "level": "1"})
    _, wrong, _ = await get(sandbox, "/?as=ana")
    second = await act(sandbox, "submit", values={"context": "x", "level": "1"})

    assert 'data-testid="dialog"' in html
    assert 'name="context"' in html
    assert html.count('type="radio"') == 2
    assert "Please complete this required field." in wrong
    assert (first[0], second[0]) == (200, 200)
    assert sandbox.member("ana").view is None


async def test_every_input_element_can_be_drawn(sandbox, opened, kit):
    options = [kit.option("0"), kit.option("1")]
    elements = [
        {"type": "plain_text_input", "multiline": True, "initial_value": "written before"},
        {"type": "number_input", "is_decimal_allowed": True},
        {"type": "email_text_input"},
        {"type": "url_text_input"},
        {"type": "static_select", "options": options, "initial_option": options[1]},
        {"type": "multi_static_select", "options": options, "initial_options": [options[0]]},
        {"type": "external_select"},
        {"type": "users_select", "initial_user": "U000000BO"},
        {"type": "multi_users_select"},
        {"type": "channels_select"},
        {"type": "conversations_select"},
        {"type": "checkboxes", "options": options, "initial_options": [options[1]]},
        {"type": "radio_buttons", "options": options},
        {"type": "datepicker", "initial_date": "2026-12-01"},
        {"type": "timepicker"},
        {"type": "datetimepicker", "initial_date_time": 1_790_000_000},
        {"type": "rich_text_input"},
        {"type": "file_input"},
    ]
    await opened(kit.modal(*[kit.field(f"f{n}", each) for n, each in enumerate(elements)]))

    _, html, _ = await get(sandbox, "/?as=ana")

    assert html.count('data-testid="field"') == len(elements)
    assert "written before" in html
    assert '<option value="1" selected>' in html
    assert '<option value="U000000BO" selected>' in html


async def test_every_block_can_be_drawn(sandbox, slack, kit):
    section = {"type": "rich_text_section", "elements": [{"type": "text", "text": "rich"}]}
    image = {"image_url": "https://e.com/i.png", "alt_text": "a picture"}
    blocks = [
        {"type": "section", "fields": [kit.text("field")], "accessory": {"type": "image", **image}},
        {"type": "context", "elements": [kit.text("context"), {"type": "image", **image}]},
        {"type": "image", **image},
        {"type": "divider"},
        {"type": "rich_text", "elements": [section]},
        {"type": "markdown", "text": "**marked**"},
        {"type": "table", "rows": [[{"type": "raw_text", "text": "cell"}]]},
        kit.field("note", {"type": "plain_text_input"}),
    ]
    await slack.chat_postMessage(channel="#ops", text="x", blocks=blocks)

    _, html, _ = await get(sandbox, "/?as=ana&at=ops")

    for word in ("field", "context", "a picture", "rich", "<strong>marked</strong>", "cell"):
        assert word in html


async def test_home_and_issues_have_their_own_places(sandbox, slack, kit):
    view = {"type": "home", "blocks": [{"type": "header", "text": kit.text("At home")}]}
    await slack.views_publish(user_id="U00000ANA", view=view)

    _, home, _ = await get(sandbox, "/?as=ana&at=home")
    _, linear, _ = await get(sandbox, "/?as=ana&at=linear")

    assert "At home" in home
    assert "No issues filed" in linear


async def test_a_permalink_leads_to_the_page(sandbox, slack):
    posted = await slack.chat_postMessage(channel="#ops", text="here it is")
    link = await slack.chat_getPermalink(channel="C00000OPS", message_ts=posted["ts"])

    status, html, _ = await get(sandbox, link["permalink"].removeprefix(sandbox.url))

    assert status == 200
    assert "here it is" in html


@pytest.mark.parametrize("name", ["page.js", "page.css", "blocks.css", "icon.svg"])
async def test_its_files_are_served_by_name(sandbox, name):
    status, _, _ = await get(sandbox, f"/static/{name}")

    assert status == 200


@pytest.mark.parametrize("path", ["/static/page.py", "/static/..%2Fserver.py", "/act/nothing"])
async def test_nothing_else_is_served(sandbox, path):
    status, _, _ = await get(sandbox, path)

    assert status in {404, 405}
