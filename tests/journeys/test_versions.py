"""In Slack: a button, or a form, that was drawn from an earlier version of a question."""

import pytest

from store import gates
from tests.bot.slack.views.reading import elements
from tests.journeys.test_home import home
from tests.journeys.town import Town


async def changed(acme: Town) -> None:
    """Have what is asked change, as an edit does; nobody's card is drawn again yet."""
    gate = await acme.gate()
    await acme.harbor.db.write(gates.next_version, gate.id)


async def undecided(acme: Town) -> bool:
    gate = await acme.gate()
    return gate.status == "open" and not gate.votes


async def told(acme: Town, name: str) -> str:
    said = await acme.sandbox.until(lambda: acme.member(name).ephemerals)
    return said[-1].words


@pytest.mark.parametrize("button", ["approve", "reject"])
async def test_a_button_of_an_earlier_version_decides_nothing_and_the_card_is_drawn_again_i33(
    acme: Town, button: str
):
    card = await acme.asked("bo")
    await changed(acme)

    clicked = await acme.member("cam").click(card, button)

    assert clicked.status == 200
    assert "The question has changed" in await told(acme, "cam")
    assert await undecided(acme)
    assert acme.member("cam").view is None
    await acme.harbor.dispatcher.drain()
    await acme.member("cam").click(await acme.card(), "approve")
    assert (await acme.run("completed")).result["acted"] is True


async def test_a_reason_for_an_earlier_version_is_not_recorded_and_told_so_i33(acme: Town):
    card, cam = await acme.asked("bo"), acme.member("cam")
    await cam.click(card, "reject")
    await acme.sandbox.until(lambda: cam.view)
    await changed(acme)

    await cam.submit({"note": "No"})

    assert "The question has changed" in cam.view.words
    assert await undecided(acme)
    assert "outdated:1" in [line.outcome for line in await acme.audited()]


async def test_a_home_tab_of_an_earlier_version_decides_nothing_i33(acme: Town):
    await acme.asked("bo")
    cam = acme.member("cam")
    before = await home(acme, "cam", "Refund 42")
    await changed(acme)

    await cam.click_home("reject")

    said = await acme.sandbox.until(lambda: cam.view)
    assert "The question has changed" in said.words
    assert await undecided(acme)
    again = await acme.sandbox.until(lambda: cam.home if cam.home.hash != before.hash else None)
    assert f"{(await acme.gate()).id}.2" in [each.get("value") for each in elements(again.blocks)]


async def test_a_card_that_0_1_0_posted_still_decides(acme: Town):
    card = await acme.asked("bo")
    gate = await acme.gate()
    cam = acme.member("cam")
    await cam.click(card, "approve", value=gate.id)

    assert (await acme.run("completed")).result["acted"] is True


async def test_a_card_that_0_1_0_posted_does_not_answer_a_later_version_i33(acme: Town):
    card = await acme.asked("bo")
    await changed(acme)
    gate = await acme.gate()

    await acme.member("cam").click(card, "approve", value=gate.id)

    assert "The question has changed" in await told(acme, "cam")
    assert await undecided(acme)
