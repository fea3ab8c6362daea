"""Whom a value names by its types: those and no others are drawn as people and channels."""

from dataclasses import dataclass

import pytest
from pydantic import BaseModel, Field

from workflows import SlackChannel, SlackUser
from workflows.named import NOBODY, ids, of_actor, of_result, within


class Pair(BaseModel):
    first: SlackUser
    second: SlackUser | None = None


class Everybody(BaseModel):
    who: SlackUser
    words: str = "U00000EVIL"
    several: list[SlackUser] = []
    by_name: dict[str, SlackUser] = {}
    pair: Pair | None = None
    where: SlackChannel | None = None
    places: list[SlackChannel] = []
    titled: SlackChannel = Field(default="C0TITLED", title="Where to?")


@dataclass
class Plain:
    who: SlackUser


async def answer(ctx: object, request: object) -> Everybody:
    return Everybody(who="U0ANA")


async def untyped(ctx: object, request: object):
    return None


@pytest.mark.parametrize(
    ("value", "named"),
    [
        (SlackUser("U0ANA"), {"U0ANA"}),
        ("U0ANA", set()),
        ({"who": SlackUser("U0ANA"), "words": "U0EVIL"}, {"U0ANA"}),
        ([SlackUser("U0ANA"), ("x", SlackUser("U0BO"))], {"U0ANA", "U0BO"}),
        (Plain(SlackUser("U0ANA")), {"U0ANA"}),
        (Everybody(who="U0ANA"), {"U0ANA", "C0TITLED"}),
        (
            Everybody(
                who="U0ANA",
                several=["U0BO", "U0CY"],
                by_name={"d": "U0DEE"},
                pair={"first": "U0EVE", "second": "U0FIN"},
                where="C0OPS",
                places=["C0LEADS"],
            ),
            {"U0ANA", "U0BO", "U0CY", "U0DEE", "U0EVE", "U0FIN", "C0OPS", "C0LEADS", "C0TITLED"},
        ),
    ],
)
def test_the_types_of_a_value_say_whom_it_names_g8(value, named):
    assert ids(value) == named


class Flat(BaseModel):
    words: str
    where: SlackChannel


def test_a_model_of_plain_fields_may_still_name_a_channel_g8():
    assert ids(Flat(words="U0ANA", where="C0OPS")) == {"C0OPS"}


def test_a_value_that_holds_itself_is_looked_through_once_and_for_all():
    loop: list[object] = [SlackUser("U0ANA")]
    loop.append(loop)

    assert ids(loop) == {"U0ANA"}


def test_a_stored_result_names_those_whom_the_jobs_annotation_says_g8():
    stored = {"who": "U0ANA", "words": "U0EVIL", "several": ["U0BO"], "where": "C0OPS"}

    assert of_result(answer, stored) == {"U0ANA", "U0BO", "C0OPS", "C0TITLED"}


@pytest.mark.parametrize("stored", [{"who": 7}, "U0ANA", None, []])
def test_a_result_that_the_code_no_longer_fits_names_nobody(stored):
    assert of_result(answer, stored) == NOBODY
    assert of_result(untyped, {"who": "U0ANA"}) == NOBODY


def test_an_actor_of_slack_is_a_person_and_no_other_is():
    assert of_actor("slack:T0HOME:U0ANA") == {"U0ANA"}
    assert of_actor("token:U0ANA") == of_actor("operator:U0ANA") == NOBODY


def test_only_those_whose_ids_stand_in_the_words_are_named():
    assert within("Pay <@U0ANA>, not U0ANABO or u0bo", frozenset({"U0ANA", "U0BO"})) == {"U0ANA"}
