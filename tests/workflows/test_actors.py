"""Who decided: a type for each sort of somebody, and a text all the same."""

import copy
import pickle
from typing import assert_never

import pytest
from pydantic import BaseModel, ConfigDict

from tests.workflows.kit import a_job
from workflows import Approved, Operator, Policy, Program, SlackUser
from workflows.actors import decider
from workflows.approvals.gate import Person
from workflows.testing import Kit, member

ANYBODY = Policy(channel_members=True, need=2, tokens_may_decide=True)
MOST = [
    (member("UBO"), ["SlackUser", "UBO", "T0HARBOR"]),
    (Person.token("ci"), ["Program", "ci", None]),
    (Person.operator("root"), ["Operator", "root", None]),
]


def told(who):
    """Answer what a job can tell of who decided."""
    match who:
        case SlackUser():
            return ["SlackUser", who, who.team]
        case Program():
            return ["Program", who, None]
        case Operator():
            return ["Operator", who, None]
        case _:
            assert_never(who)


def echo(who):
    """Answer an argument: a step function."""
    return [type(who).__name__, who]


async def asks(ctx, request):
    decision = await ctx.approval("decision", "Do it?", policy=ANYBODY, timeout="1d")
    match decision:
        case Approved(by=by, votes=votes):
            await ctx.step.wait_for_event("again", timeout="1d", expected=["yes"])
            given = await ctx.step.run("echo", echo, by)
            return [told(by), [told(vote.person) for vote in votes], given, ctx.mention(by)]


@pytest.mark.parametrize(("person", "said"), MOST)
async def test_a_decision_says_by_a_type_who_has_made_it(person, said):
    async with Kit(a_job(asks)) as kit:
        run = await kit.start("story")
        await run.approve(member("UEVA"))
        await run.approve(person)
        await kit.restart()
        await run.deliver("again", {"kind": "yes"})

        by, votes, given, mention = await run.result()

    assert by == said
    assert ["SlackUser", "UEVA", "T0HARBOR"] in votes
    assert given == said[:2]
    assert mention == (f"<@{said[1]}>" if said[0] == "SlackUser" else said[1])


@pytest.mark.parametrize(
    ("actor", "said"),
    [
        ("slack:T0HARBOR:UBO", ["SlackUser", "UBO", "T0HARBOR"]),
        ("slack:unknown:UBO", ["SlackUser", "UBO", "unknown"]),
        ("token:ci:nightly", ["Program", "ci:nightly", None]),
        ("operator:root", ["Operator", "root", None]),
        ("job:01kjq6psg0tw7repdkq2z51skk", ["Program", "01kjq6psg0tw7repdkq2z51skk", None]),
        ("somebody", ["Program", "somebody", None]),
    ],
)
def test_every_stored_actor_has_a_type(actor, said):
    assert told(decider(actor)) == said


@pytest.mark.parametrize(
    ("who", "words"),
    [
        (SlackUser("UBO", "T0HARBOR"), "<@UBO>"),
        ("UBO", "<@UBO>"),
        ("slack:T0HARBOR:UBO", "<@UBO>"),
        (Program("ci"), "ci"),
        ("token:ci", "ci"),
        (Operator("root"), "root"),
        ("UBO: see above", "UBO: see above"),
        ("<!channel>", "<!channel>"),
    ],
)
async def test_a_job_can_mention_somebody_however_it_knows_them(who, words):
    async def story(ctx, request):
        return ctx.mention(who)

    async with Kit(a_job(story)) as kit:
        assert await (await kit.start("story")).result() == words


class Order(BaseModel):
    owner: SlackUser
    others: list[SlackUser] = []
    deputy: SlackUser | None = None
    keeper: SlackUser = "U024BE7LH"


async def mentions(ctx, order: Order):
    everybody = [order.owner, *order.others, order.keeper]
    return [order.deputy, *(each.mention for each in everybody)]


async def test_the_field_of_a_form_is_a_person_at_every_pass_and_a_text_where_it_is_kept():
    async def story(ctx, order):
        await ctx.step.wait_for_event("again", timeout="1d", expected=["yes"])
        return await mentions(ctx, order)

    job = a_job(story)
    async with Kit(type(job)("story", "", story, Order)) as kit:
        run = await kit.start("story", {"owner": "UANA", "others": ["UBO"]})
        await kit.restart()
        await run.deliver("again", {"kind": "yes"})

        assert await run.result() == [None, "<@UANA>", "<@UBO>", "<@U024BE7LH>"]
        assert (await run.view()).input["owner"] == "UANA"


@pytest.mark.parametrize("value", ["@ana", "C024BE7LH", "", 5, None, "UANA\n"])
def test_what_is_no_id_is_refused(value):
    with pytest.raises(ValueError, match="owner"):
        Order(owner=value)


def test_a_form_knows_the_field_as_it_always_did():
    assert Order.model_json_schema()["properties"]["owner"] == {
        "pattern": "^[UW][A-Z0-9]{2,20}$",
        "slack": "user",
        "title": "Owner",
        "type": "string",
    }


def test_a_person_keeps_the_team_wherever_it_is_handed_on():
    class Strict(BaseModel):
        model_config = ConfigDict(strict=True)
        owner: SlackUser

    ana = SlackUser("UANA", "T0HARBOR")

    assert ana == "UANA"
    assert {ana: 1}["UANA"] == 1
    assert f"{ana}" == "UANA"
    for same in (Strict(owner=ana).owner, copy.deepcopy(ana), pickle.loads(pickle.dumps(ana))):  # noqa: S301
        assert (type(same), same, same.team) == (SlackUser, "UANA", "T0HARBOR")
