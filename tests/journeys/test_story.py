"""The story: a form, a card, a click, a filed issue. Over real HTTP with real signatures."""

from tests.journeys.town import Town


async def test_an_approved_request_files_an_issue_and_the_card_says_who_approved(acme: Town):
    card = await acme.asked("bo")

    clicked = await acme.member("cam").click(card, "approve")

    assert clicked.status == 200
    done = await acme.card_says("Approved by")
    assert f"Approved by <@{acme.member('cam').id}>" in done.words
    assert "approve" not in done.action_ids
    await acme.sandbox.until(lambda: acme.sandbox.issues)
    (issue,) = acme.sandbox.issues
    assert issue.title == "Follow-up: Refund 42"
    assert issue.team == "OPS"


async def test_a_rejection_carries_its_reason_to_the_card_and_files_nothing(acme: Town):
    card = await acme.asked("bo")
    cam = acme.member("cam")
    await cam.click(card, "reject")
    await acme.sandbox.until(lambda: cam.view)

    await cam.submit({"note": "Too expensive"})

    done = await acme.card_says("Rejected by")
    assert "Too expensive" in done.words
    assert not {"approve", "reject"} & set(done.action_ids)
    await acme.sandbox.until(lambda: acme.sandbox.replies(done))
    assert acme.sandbox.issues == []


async def test_a_request_that_nobody_answers_expires_after_its_timeout(acme: Town):
    card = await acme.asked("bo")

    await acme.move(hours=25)

    done = await acme.card_says("Expired")
    assert done.ts == card.ts
    assert acme.sandbox.issues == []
    run = await acme.run("completed")
    assert run.result == {"acted": False, "reason": "timeout", "issue_url": None}
