"""A person whom a job's types name: on the card, on the pages, in what the job returns."""

from tests.bot.web.browser import Browser, words
from tests.bot.web.door import until_run
from tests.bot.web.test_gate_pages import started
from tests.journeys.town import Town
from workflows.engine.base import RunStatus

TYPED = "<@U000000ANA>"


async def test_people_are_people_on_the_card_the_pages_and_in_the_result_g8(
    acme: Town, cam: Browser
):
    gus, member = acme.member("gus").id, acme.member("cam")
    run_id = await started(acme, "pay", who=gus, words=TYPED)
    card = (await acme.card()).words

    page = words(await cam.get(f"/run/{run_id}/approve"))

    assert f"Pay <@{gus}> &lt;@U000000ANA&gt;?" in card
    assert f"*Who* <@{gus}> *Words* {TYPED} *Who" in card  # the words are plain text
    assert f"Pay @gus {TYPED}? Asked by" in page
    assert "Who @gus Words" in page

    await cam.decide(f"/run/{run_id}/approve")
    second = await acme.card(1)
    assert f"<@{member.id}> agreed to <@{gus}>" in second.words
    await acme.harbor.dispatcher.drain()
    assert "@cam agreed to @gus" in words(await cam.get(f"/run/{run_id}/approve"))
    await cam.decide(f"/run/{run_id}/approve")
    await until_run(acme, run_id, RunStatus.COMPLETED)

    assert "Who @gus Words <@U000000ANA>" in words(await cam.get(f"/run/{run_id}"))
    thread = await acme.sandbox.until(lambda: acme.sandbox.replies(second))
    assert f"<@{gus}>" in thread[-1].words
