"""A click, a link and an event for one wait, at once: one outcome, and honest answers."""

import asyncio

import httpx
import pytest

from bot.access import Access, Caller, Scope
from bot.secret import secret_key
from tests.bot.web.browser import Browser
from tests.journeys.town import Town
from workflows.approvals.gate import Choice

ADMIN = Caller("operator:test", "test", frozenset(Scope), is_operator=True)
APPROVED = {"name": "deploy", "payload": {"kind": "approved"}}


@pytest.mark.parametrize("head_start", ["click", "link", "event"])
async def test_a_click_a_link_and_an_event_that_race_have_one_outcome_and_honest_answers(
    acme: Town, cam: Browser, head_start: str
):
    card = await acme.asked("bo", "ask-anybody", place="production")
    await acme.harbor.dispatcher.drain()
    (run,) = await acme.harbor.engine.list()
    form = await cam.form(f"/run/{run.id}/reject", "reject")
    access = Access(acme.harbor.db, secret_key(acme.settings), acme.clock)
    token = await access.create_token("ci", tuple(Scope), None, ADMIN)

    async with httpx.AsyncClient(
        base_url=acme.settings.public_url, headers={"Authorization": f"Bearer {token}"}
    ) as api:
        doors = {
            "click": acme.member("ana").click(card, "approve"),
            "link": cam.post(f"/run/{run.id}/reject", form),
            "event": api.post(f"/runs/{run.id}/events", json=APPROVED),
        }
        first = sorted(doors, key=lambda door: door != head_start)
        answers = dict(
            zip(first, await asyncio.gather(*(doors[door] for door in first)), strict=True)
        )

    (gate,) = await acme.harbor.gates.of_run(run.id)
    (vote,) = gate.votes
    assert Choice(gate.status.value) is vote.choice
    assert answers["click"].status == 200
    is_link = vote.choice is Choice.REJECTED
    is_event = vote.person == "token:ci"
    assert answers["link"].status_code == (303 if is_link else 409)
    assert answers["event"].status_code == (202 if is_event else 409)
    if not is_event:
        assert answers["event"].json()["code"] == "already_decided"
        assert answers["event"].json()["outcome"] == gate.status.value
    await acme.card_says("Rejected by" if is_link else "Approved by")
