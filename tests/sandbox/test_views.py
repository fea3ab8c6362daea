"""Modals and Home tabs: opening, pushing, updating, submitting, closing."""

import pytest
from aiohttp import web
from slack_sdk.errors import SlackApiError


async def refusal(awaitable):
    with pytest.raises(SlackApiError) as caught:
        await awaitable
    return caught.value.response["error"]


@pytest.fixture
async def trigger(sandbox, bot):
    """Make a trigger id, as a command brings one along."""

    async def make(name="ana"):
        await sandbox.member(name).command("/harbor")
        return bot.last["trigger_id"]

    return make


@pytest.fixture
def plain(kit):
    return kit.modal({"type": "divider"})


async def test_a_modal_opens_for_the_person_whose_trigger_it_was(sandbox, slack, trigger, plain):
    answer = await slack.views_open(trigger_id=await trigger("bo"), view=plain)

    view = answer["view"]
    assert sandbox.member("bo").view.id == view["id"] == view["root_view_id"]
    assert sandbox.member("ana").view is None
    assert view["app_id"] == sandbox.credentials.app_id


async def test_a_trigger_serves_once(slack, trigger, plain):
    name = await trigger()
    await slack.views_open(trigger_id=name, view=plain)

    assert await refusal(slack.views_open(trigger_id=name, view=plain)) == "exchanged_trigger_id"


async def test_a_trigger_expires_after_three_seconds(slack, trigger, plain, clock):
    name = await trigger()
    clock.move(3.1)

    assert await refusal(slack.views_open(trigger_id=name, view=plain)) == "expired_trigger_id"


async def test_a_trigger_that_never_was_is_invalid(slack, plain):
    assert await refusal(slack.views_open(trigger_id="1.2.x", view=plain)) == "invalid_trigger_id"


async def test_a_bad_view_does_not_use_the_trigger_up(slack, trigger, plain, kit):
    name = await trigger()
    bad = kit.modal(title=kit.text("x" * 25))

    with pytest.raises(SlackApiError) as caught:
        await slack.views_open(trigger_id=name, view=bad)
    await slack.views_open(trigger_id=name, view=plain)

    answer = caught.value.response
    assert answer["error"] == "invalid_arguments"
    assert "json-pointer:/view/title/text" in answer["response_metadata"]["messages"][0]


async def test_a_view_that_is_too_large_is_refused(slack, trigger, kit):
    text = {"type": "mrkdwn", "text": "x" * 2900}
    view = kit.modal(*[{"type": "section", "text": text}] * 100)

    call = slack.views_open(trigger_id=await trigger(), view=view)

    assert await refusal(call) == "view_too_large"


async def test_views_stack_three_deep(sandbox, bot, slack, opened, kit):
    ana = sandbox.member("ana")
    view = kit.modal({"type": "actions", "elements": [kit.button("more")]})
    await opened(view)

    async def push():
        await ana.click_view("more")
        return await slack.views_push(trigger_id=bot.last["trigger_id"], view=view)

    second = await push()
    third = await push()

    assert third["view"]["previous_view_id"] == second["view"]["id"]
    assert third["view"]["root_view_id"] == ana.views[0].id
    assert await refusal(push()) == "push_limit_reached"


async def test_pushing_takes_a_trigger_from_a_modal(slack, trigger, plain):
    assert await refusal(slack.views_push(trigger_id=await trigger(), view=plain)) == (
        "invalid_trigger_id"
    )


async def test_an_update_finds_its_view_by_id_or_external_id(sandbox, slack, opened, kit):
    await opened(kit.modal({"type": "divider"}, external_id="mine"))
    first = sandbox.member("ana").view

    fresh = kit.modal({"type": "divider"}, title=kit.text("Two"), external_id="mine")
    await slack.views_update(external_id="mine", view=fresh)
    second = sandbox.member("ana").view
    await slack.views_update(view_id=first.id, view=fresh | {"title": kit.text("Three")})

    third = sandbox.member("ana").view
    assert [second.title, third.title] == ["Two", "Three"]
    assert first.id == second.id == third.id
    assert len({first.hash, second.hash, third.hash}) == 3


async def test_an_update_with_an_old_hash_is_refused(sandbox, slack, opened, plain):
    await opened(plain)
    view = sandbox.member("ana").view
    await slack.views_update(view_id=view.id, hash=view.hash, view=plain)

    again = slack.views_update(view_id=view.id, hash=view.hash, view=plain)

    assert await refusal(again) == "hash_conflict"


async def test_a_closed_view_cannot_be_updated(sandbox, slack, opened, plain):
    await opened(plain)
    view = sandbox.member("ana").view
    await sandbox.member("ana").close_modal()

    assert await refusal(slack.views_update(view_id=view.id, view=plain)) == "not_found"


async def test_an_external_id_is_used_by_one_view_at_a_time(slack, opened, trigger, kit):
    view = kit.modal({"type": "divider"}, external_id="mine")
    await opened(view)

    call = slack.views_open(trigger_id=await trigger("bo"), view=view)

    assert await refusal(call) == "duplicate_external_id"


async def test_home_is_published_per_person_and_guarded_by_its_hash(sandbox, slack):
    ana = sandbox.member("ana")
    view = {"type": "home", "blocks": [{"type": "divider"}]}
    first = await slack.views_publish(user_id=ana.id, view=view)
    await slack.views_publish(user_id=ana.id, view=view, hash=first["view"]["hash"])

    late = slack.views_publish(user_id=ana.id, view=view, hash=first["view"]["hash"])

    assert await refusal(late) == "hash_conflict"
    assert ana.home.type == "home"
    assert sandbox.member("bo").home is None


async def test_a_modal_cannot_be_published_as_home(slack, plain):
    assert await refusal(slack.views_publish(user_id="U00000ANA", view=plain)) == (
        "invalid_arguments"
    )


# --- forms


@pytest.fixture
def form(kit):
    options = [kit.option("0", "Low"), kit.option("1", "High")]
    return kit.modal(
        kit.field("context", {"type": "plain_text_input", "max_length": 10}),
        kit.field("amount", {"type": "number_input", "is_decimal_allowed": False}, optional=True),
        kit.field("priority", {"type": "static_select", "options": options}, optional=True),
        kit.field("urgent", {"type": "checkboxes", "options": [options[1]]}, optional=True),
        kit.field("owner", {"type": "users_select"}, optional=True),
        kit.field("due", {"type": "datepicker", "initial_date": "2026-12-01"}, optional=True),
        callback_id="form",
        private_metadata="draft-1",
    )


async def test_a_submission_carries_plain_values_in_slacks_shape(sandbox, bot, opened, form):
    await opened(form)

    await sandbox.member("ana").submit(
        {"context": "Refund", "amount": 42, "priority": "High", "urgent": True, "owner": "bo"}
    )

    view = bot.last["view"]
    values = {name: each["value"] for name, each in view["state"]["values"].items()}
    assert bot.last["type"] == "view_submission"
    assert (view["callback_id"], view["private_metadata"]) == ("form", "draft-1")
    assert values["context"] == {"type": "plain_text_input", "value": "Refund"}
    assert values["amount"]["value"] == "42"
    assert values["priority"]["selected_option"]["value"] == "1"
    assert [each["value"] for each in values["urgent"]["selected_options"]] == ["1"]
    assert values["owner"]["selected_user"] == "U000000BO"
    assert values["due"]["selected_date"] == "2026-12-01"


async def test_untouched_fields_are_null_or_empty(sandbox, bot, opened, form):
    await opened(form)

    await sandbox.member("ana").submit({"context": "x"})

    values = bot.last["view"]["state"]["values"]
    assert values["amount"]["value"]["value"] is None
    assert values["priority"]["value"]["selected_option"] is None
    assert values["urgent"]["value"]["selected_options"] == []


@pytest.mark.parametrize(
    ("values", "complaint"),
    [
        ({}, {"context": "Please complete this required field."}),
        ({"context": "x" * 11}, {"context": "Write at most 10 characters."}),
        ({"context": "x", "amount": "1.5"}, {"amount": "Enter a whole number."}),
    ],
)
async def test_what_slacks_client_refuses_is_not_sent(
    sandbox, bot, opened, form, values, complaint
):
    ana = sandbox.member("ana")
    await opened(form)
    before = len(bot.received)

    delivered = await ana.submit(values)

    assert delivered.error == "not_sent"
    assert ana.view_errors == complaint
    assert len(bot.received) == before


async def test_a_forged_submission_is_sent_all_the_same(sandbox, bot, opened, form):
    await opened(form)

    await sandbox.member("ana").submit({"context": "x" * 4000}, force=True)

    assert len(bot.last["view"]["state"]["values"]["context"]["value"]["value"]) == 4000


async def test_a_field_or_option_that_is_not_there_is_named(sandbox, opened, form):
    await opened(form)
    ana = sandbox.member("ana")

    with pytest.raises(AssertionError, match="no field 'reason'"):
        await ana.submit({"reason": "x"})
    with pytest.raises(ValueError, match="'0' \\(Low\\), '1' \\(High\\)"):
        await ana.submit({"context": "x", "priority": "Middle"})


async def test_an_empty_answer_closes_the_view(sandbox, opened, form):
    await opened(form)

    await sandbox.member("ana").submit({"context": "x"})

    assert sandbox.member("ana").view is None


async def test_errors_are_shown_under_their_fields(sandbox, bot, opened, form):
    await opened(form)
    bot.answering({"response_action": "errors", "errors": {"context": "Taken."}})

    await sandbox.member("ana").submit({"context": "x"})

    assert sandbox.member("ana").view_errors == {"context": "Taken."}


async def test_errors_for_fields_that_are_not_there_become_a_notice(sandbox, bot, opened, form):
    await opened(form)
    bot.answering({"response_action": "errors", "errors": {"reason": "Taken."}})
    ana = sandbox.member("ana")

    await ana.submit({"context": "x"})

    assert "invalid_errors" in ana.notices[-1]
    assert ana.view is not None


async def test_update_push_and_clear_do_what_they_say(sandbox, bot, opened, form, kit):
    ana = sandbox.member("ana")
    await opened(form)
    first = ana.view

    bot.answering({"response_action": "update", "view": form | {"title": kit.text("Two")}})
    await ana.submit({"context": "x"})
    updated = ana.view
    bot.answering({"response_action": "push", "view": form | {"title": kit.text("Three")}})
    await ana.submit({"context": "x"})
    pushed = ana.views
    bot.answering({"response_action": "clear"})
    await ana.submit({"context": "x"})

    assert (updated.id, updated.title) == (first.id, "Two")
    assert [each.title for each in pushed] == ["Two", "Three"]
    assert ana.view is None


async def test_a_bad_view_in_an_answer_becomes_a_notice_and_the_form_stays(
    sandbox, bot, opened, form
):
    ana = sandbox.member("ana")
    await opened(form)
    bot.answering({"response_action": "update", "view": {"type": "modal"}})

    await ana.submit({"context": "x"})

    assert "invalid_arguments" in ana.notices[-1]
    assert ana.view.title == "Form"


async def test_a_failed_submission_keeps_the_form_open(sandbox, bot, opened, form):
    ana = sandbox.member("ana")
    await opened(form)
    bot.answering({}, status=500)

    await ana.submit({"context": "x"})

    assert ana.view is not None
    assert ana.notices


async def test_closing_is_told_only_where_it_was_asked_for(sandbox, bot, opened, form):
    ana = sandbox.member("ana")
    await opened(form)
    silent = await ana.close_modal()
    await opened(form | {"notify_on_close": True})
    await ana.close_modal(whole_stack=True)

    assert silent is None
    assert (bot.last["type"], bot.last["is_cleared"]) == ("view_closed", True)


async def test_the_options_of_an_external_select_come_from_the_bot(sandbox, bot, opened, kit):
    ana = sandbox.member("ana")
    await opened(kit.modal(kit.field("team", {"type": "external_select"})))

    async def answer(received):
        offered = [kit.option("7", "Operations")]
        is_question = received.payload["type"] == "block_suggestion"
        return web.json_response({"options": offered}) if is_question else web.Response()

    bot.answer = answer
    await ana.submit({"team": "Operations"})

    question, submission = bot.received[-2].payload, bot.last
    assert (question["value"], question["block_id"]) == ("Operations", "team")
    state = submission["view"]["state"]["values"]["team"]["value"]
    assert state["selected_option"]["value"] == "7"


async def test_the_forms_words_can_be_read(sandbox, opened, form):
    await opened(form)

    view = sandbox.member("ana").view
    assert view.fields == ["context", "amount", "priority", "urgent", "owner", "due"]
    assert "Low" in view.words
