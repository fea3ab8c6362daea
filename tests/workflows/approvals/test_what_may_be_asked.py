"""What an approval is given by its author: refused at the call, and the argument is named."""

import pytest
from pydantic import BaseModel

from tests.workflows.kit import a_job
from workflows.approvals.gate import Policy
from workflows.testing import Kit

GOOD = {"title": "Pay?", "policy": Policy(channel_members=True), "timeout": "1h"}


def asking(given):
    """Answer a job that asks with these arguments instead of good ones."""
    arguments = {"name": "decision"} | GOOD | given

    async def story(ctx, request):
        words = dict(arguments)
        await ctx.approval(words.pop("name"), words.pop("title"), **words)

    return a_job(story)


async def refusal(given):
    async with Kit(asking(given)) as kit:
        run = await kit.start("story")
        error = await run.error()
        assert (await run.view()).waits == ()
        return error


class Half(BaseModel):
    note: str = "\ud800"


@pytest.mark.parametrize(
    ("given", "names"),
    [
        ({"name": ""}, "cannot name a step"),
        ({"title": ""}, "title"),
        ({"title": None}, "title"),
        ({"title": 7}, "title"),
        ({"title": "x" * 10_001}, "title= has 10001 characters"),
        ({"why": 7}, "why= takes text, not 7"),
        ({"why": "x" * 10_001}, "why= has 10001 characters"),
        ({"channel": ""}, "channel=''"),
        ({"channel": "approvals"}, "channel='approvals'"),
        ({"channel": "@ana"}, "channel='@ana'"),
        ({"channel": "#two words"}, "channel='#two words'"),
        ({"channel": "#approvals\n"}, "channel="),
        ({"channel": 7}, "channel=7"),
        ({"policy": None}, "policy="),
        ({"policy": {"users": ["UANA"]}}, "policy="),
        ({"show": [1]}, "show= takes a model or a mapping"),
        ({"show": "text"}, "show= takes a model or a mapping"),
        ({"show": {"to": {1}}}, "show.to is a set"),
        ({"show": {"to": "x" * 262_144}}, "show= is 262153 characters"),
        ({"timeout": None}, "timeout=None"),
        ({"timeout": "24 h"}, "timeout='24 h'"),
    ],
    ids=lambda value: str(value)[:40],
)
async def test_x101_what_cannot_be_asked_is_refused_and_the_argument_named(given, names):
    error = await refusal(given)

    assert error["kind"] in {"StepMisused", "NotSerializable", "DurationRefused"}
    assert names in error["message"]
    assert len(error["message"]) < 300


@pytest.mark.parametrize(
    ("given", "names"),
    [
        ({"title": " \n\t\u3000"}, "needs a title"),
        ({"title": "Pay \ud800?"}, "title= holds half a surrogate pair"),
        ({"why": "because \udfff"}, "why= holds half a surrogate pair"),
        ({"show": {"note": "\ud800"}}, "show.note holds half a surrogate pair"),
        ({"show": Half()}, "show.note holds half a surrogate pair"),
    ],
    ids=["blank title", "title", "why", "mapping", "model"],
)
async def test_x102_blank_titles_and_half_characters_are_refused(given, names):
    error = await refusal(given)

    assert names in error["message"]


@pytest.mark.parametrize(
    "given",
    [
        {"title": "<!channel> <https://evil.example.com|https://bank.example.com> `*_&lt;"},
        {"title": "x" * 3_001, "why": "y" * 3_001},
        {"title": "\u202eabc", "why": "a" + "\u0301" * 5_000},
        {"show": {f"field {n}": "x" * 100 for n in range(60)}},
        {"channel": "#büro-2"},
        {"channel": "C0APPROVALS"},
        {"why": ""},
    ],
    ids=["markup", "long", "bidi and marks", "fields", "channel", "id", "no reason"],
)
async def test_x101_x102_whatever_can_be_shown_is_asked_and_kept_as_it_is(given):
    async with Kit(asking(given)) as kit:
        run = await kit.start("story")

        card = await run.card()

    kept = {"title": card.title, "why": card.why, "show": card.shown, "channel": card.channel}
    assert given.items() <= kept.items()
