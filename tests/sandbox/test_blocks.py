"""Block Kit, strictly: what Slack refuses is refused, and where is said."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.sandbox.blocks import problems_of_message, problems_of_view


def text(words="x", kind="plain_text", **more):
    return {"type": kind, "text": words, **more}


def mrkdwn(words="x"):
    return text(words, "mrkdwn")


def section(**more):
    return {"type": "section", "text": mrkdwn(), **more}


def button(**more):
    return {"type": "button", "text": text(), "action_id": "a", **more}


def actions(*elements, **more):
    return {"type": "actions", "elements": list(elements), **more}


def option(value="v", words="x"):
    return {"text": text(words), "value": value}


def select(**more):
    return {"type": "static_select", "action_id": "a", "options": [option()], **more}


def field(element, **more):
    return {"type": "input", "label": text(), "element": {"action_id": "a", **element}, **more}


def typed(**more):
    return {"type": "plain_text_input", "action_id": "a", **more}


def number(**more):
    return {"type": "number_input", "action_id": "a", "is_decimal_allowed": False, **more}


def modal(*blocks, **more):
    view = {"type": "modal", "title": text(), "submit": text(), "blocks": list(blocks)}
    return {key: value for key, value in (view | more).items() if value is not None}


GOOD = [
    section(),
    {"type": "section", "fields": [mrkdwn()] * 10},
    section(accessory=button()),
    section(accessory={"type": "image", "image_url": "https://e.com/i.png", "alt_text": "i"}),
    section(accessory=select(type="multi_static_select")),
    {"type": "header", "text": text("x" * 150)},
    {"type": "context", "elements": [mrkdwn()] * 10},
    {"type": "divider"},
    actions(button(value="v" * 2000, url="http://127.0.0.1:3000/x", style="danger")),
    actions(*[button(action_id=str(each)) for each in range(25)]),
    actions({"type": "overflow", "action_id": "a", "options": [option()]}),
    actions({"type": "datepicker", "action_id": "a", "initial_date": "2026-11-22"}),
    actions({"type": "button", "text": text()}),
    field(typed(min_length=1, max_length=3000, multiline=True)),
    field(number(min_value="1", max_value="1.5")),
    field(select(initial_option=option())),
    field({"type": "checkboxes", "options": [option(str(each)) for each in range(10)]}),
    field({"type": "radio_buttons", "options": [option()], "initial_option": option()}),
    field({"type": "users_select", "initial_user": "U00000ANA"}),
    field({"type": "datetimepicker", "initial_date_time": 1_790_000_000}),
    field({"type": "rich_text_input"}),
    field({"type": "email_text_input"}),
    field({"type": "url_text_input"}),
    field({"type": "external_select", "min_query_length": 0}),
    {"type": "image", "image_url": "https://e.com/i.png", "alt_text": "i", "title": text()},
    {
        "type": "rich_text",
        "elements": [
            {
                "type": "rich_text_section",
                "elements": [
                    {"type": "text", "text": "x", "style": {"bold": True}},
                    {"type": "user", "user_id": "U00000ANA"},
                    {"type": "link", "url": "https://e.com"},
                ],
            },
            {"type": "rich_text_preformatted", "elements": [{"type": "text", "text": "{}"}]},
        ],
    },
]


@pytest.mark.parametrize("block", GOOD, ids=lambda block: block["type"])
def test_good_blocks_are_accepted_in_messages(block):
    assert problems_of_message([block]) == []


BAD = [
    ({"type": "poll"}, "/0/type"),
    ({"text": mrkdwn()}, "/0/type"),
    ("section", "/0"),
    ({"type": "section"}, "/0"),
    (section(text=mrkdwn("")), "/0/text/text"),
    (section(text=mrkdwn("x" * 3001)), "/0/text/text"),
    (section(text=text(kind="markdown")), "/0/text/type"),
    (section(text=mrkdwn() | {"emoji": True}), "/0/text"),
    (section(colour="red"), "/0"),
    (section(fields=[]), "/0/fields"),
    (section(fields=[mrkdwn()] * 11), "/0/fields"),
    (section(fields=[mrkdwn("x" * 2001)]), "/0/fields/0/text"),
    (section(accessory=typed()), "/0/accessory/type"),
    (section(block_id="x" * 256), "/0/block_id"),
    ({"type": "header", "text": mrkdwn()}, "/0/text/type"),
    ({"type": "header", "text": text("x" * 151)}, "/0/text/text"),
    ({"type": "context", "elements": []}, "/0/elements"),
    ({"type": "context", "elements": [mrkdwn()] * 11}, "/0/elements"),
    ({"type": "context", "elements": [button()]}, "/0/elements/0/type"),
    (actions(), "/0/elements"),
    (actions(*[button(action_id=str(each)) for each in range(26)]), "/0/elements"),
    (actions(button(), button()), "/0/elements"),
    (actions(typed()), "/0/elements/0/type"),
    (actions(select(type="multi_static_select")), "/0/elements/0/type"),
    (actions(button(text=text("x" * 76))), "/0/elements/0/text/text"),
    (actions(button(text=mrkdwn())), "/0/elements/0/text/type"),
    (actions(button(action_id="x" * 256)), "/0/elements/0/action_id"),
    (actions(button(action_id="")), "/0/elements/0/action_id"),
    (actions(button(value="x" * 2001)), "/0/elements/0/value"),
    (actions(button(value=1)), "/0/elements/0/value"),
    (actions(button(style="default")), "/0/elements/0/style"),
    (actions(button(url="javascript:alert(1)")), "/0/elements/0/url"),
    (actions(button(url="https://e.com/" + "x" * 3000)), "/0/elements/0/url"),
    (actions(button(accessibility_label="x" * 76)), "/0/elements/0/accessibility_label"),
    (actions(button(confirm={"title": text()})), "/0/elements/0/confirm"),
    (actions(select(options=[])), "/0/elements/0/options"),
    (actions(select(options=[option(str(n)) for n in range(101)])), "/0/elements/0/options"),
    (actions(select(options=[option(), option()])), "/0/elements/0"),
    (actions(select(options=[option("x" * 76)])), "/0/elements/0/options/0/value"),
    (actions(select(options=[option(words="x" * 76)])), "/0/elements/0/options/0/text/text"),
    (actions(select(initial_option=option("other"))), "/0/elements/0"),
    (actions(select(option_groups=[{"label": text(), "options": [option()]}])), "/0/elements/0"),
    (actions(select(placeholder=text("x" * 151))), "/0/elements/0/placeholder/text"),
    (
        actions({"type": "overflow", "options": [option(str(n)) for n in range(6)]}),
        "/0/elements/0/options",
    ),
    (
        actions({"type": "checkboxes", "options": [option(str(n)) for n in range(11)]}),
        "/0/elements/0/options",
    ),
    (actions({"type": "datepicker", "initial_date": "22.11.2026"}), "/0/elements/0/initial_date"),
    (actions({"type": "timepicker", "initial_time": "24:00"}), "/0/elements/0/initial_time"),
    (field(button()), "/0/element/type"),
    (field(typed(), label=mrkdwn()), "/0/label/type"),
    (field(typed(), hint=text("x" * 2001)), "/0/hint/text"),
    (field(typed(max_length=3001)), "/0/element/max_length"),
    (field(typed(min_length=5, max_length=4)), "/0/element"),
    (field({"type": "number_input"}), "/0/element"),
    (field(number(min_value=1)), "/0/element/min_value"),
    (field(number(min_value="2", max_value="1")), "/0/element"),
    ({"type": "image", "image_url": "https://e.com/i.png"}, "/0"),
    ({"type": "markdown", "text": "x" * 12_001}, "/0/text"),
    ({"type": "rich_text", "elements": []}, "/0/elements"),
    ({"type": "rich_text", "elements": [{"type": "text", "text": "x"}]}, "/0/elements/0/type"),
    ({"type": "alert", "text": text()}, "/0/type"),
]


@pytest.mark.parametrize(("block", "pointer"), BAD)
def test_a_bad_block_is_refused_with_the_pointer_to_what_is_wrong(block, pointer):
    problems = problems_of_message([block])

    assert any(each.endswith(f"[json-pointer:/blocks{pointer}]") for each in problems), problems


@pytest.mark.parametrize(
    ("blocks", "accepted"),
    [([section()] * 50, True), ([section()] * 51, False), ({}, False), ("x", False)],
)
def test_a_message_has_at_most_fifty_blocks(blocks, accepted):
    assert (problems_of_message(blocks) == []) is accepted


def test_block_ids_are_unique_in_a_message():
    problems = problems_of_message([section(block_id="a"), section(block_id="a")])

    assert "`block_id` a already exists" in problems[0]


def test_the_same_action_may_stand_in_two_blocks():
    assert problems_of_message([actions(button()), actions(button())]) == []


def test_markdown_blocks_share_one_budget():
    block = {"type": "markdown", "text": "x" * 7_000}

    assert problems_of_message([block, block])
    assert not problems_of_message([block])


def test_a_modal_and_a_home_tab_are_accepted():
    assert problems_of_view(modal(field(typed()))) == []
    assert problems_of_view({"type": "home", "blocks": [section()] * 100}) == []


@pytest.mark.parametrize(
    ("view", "pointer"),
    [
        (modal(section(), title=None), "/view"),
        (modal(section(), title=text("x" * 25)), "/view/title/text"),
        (modal(section(), title=mrkdwn()), "/view/title/type"),
        (modal(section(), submit=text("x" * 25)), "/view/submit/text"),
        (modal(section(), close=text("x" * 25)), "/view/close/text"),
        (modal(field(typed()), submit=None), "/view"),
        (modal(), "/view/blocks"),
        (modal(*[section()] * 101), "/view/blocks"),
        (modal(section(), private_metadata="x" * 3001), "/view/private_metadata"),
        (modal(section(), callback_id="x" * 256), "/view/callback_id"),
        (modal({"type": "markdown", "text": "x"}), "/view/blocks/0/type"),
        (modal(section(), notify_on_close="yes"), "/view/notify_on_close"),
        ({"type": "home", "blocks": [section()] * 101}, "/view/blocks"),
        ({"type": "home", "title": text(), "blocks": [section()]}, "/view"),
        ({"type": "workflow_step", "blocks": []}, "/view/type"),
        ([], "/view"),
    ],
)
def test_a_bad_view_is_refused_with_the_pointer_to_what_is_wrong(view, pointer):
    problems = problems_of_view(view)

    assert any(each.endswith(f"[json-pointer:{pointer}]") for each in problems), problems


def test_only_one_field_takes_the_focus():
    focused = [field(typed(focus_on_load=True)), field(typed(focus_on_load=True))]

    assert problems_of_view(modal(*focused))


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["type", "text", "elements", "options"]), inner)
    ),
    max_leaves=8,
)


def places_in(value, path=()):
    """List the paths to every part of a JSON value."""
    yield path
    if isinstance(value, dict | list):
        keys = value if isinstance(value, dict) else range(len(value))
        for key in keys:
            yield from places_in(value[key], (*path, key))


def replaced(value, path, new):
    if not path:
        return new
    copy = dict(value) if isinstance(value, dict) else list(value)
    copy[path[0]] = replaced(value[path[0]], path[1:], new)
    return copy


@given(st.data())
def test_no_json_however_odd_breaks_the_checks(data):
    block = data.draw(st.sampled_from(GOOD))
    path = data.draw(st.sampled_from(list(places_in(block))))
    odd = replaced(block, path, data.draw(JSON))

    problems = problems_of_message([odd]) + problems_of_view(modal(odd))

    assert all("[json-pointer:/" in each for each in problems)
