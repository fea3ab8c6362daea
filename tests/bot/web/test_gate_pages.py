"""The page of a request: what it shows, to whom, and what its forms do."""

import asyncio
import hashlib
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import orjson
import pytest

from bot.sandbox import Fault
from bot.web.limits import FORMS
from store import gates, waits
from store.tables import WaitKind, WaitStatus
from tests.bot.web.browser import Browser, words
from tests.bot.web.door import until_run
from tests.journeys.town import Town
from workflows.engine.base import RunStatus, Start
from workflows.ids import gate_id


@pytest.fixture
async def run_id(acme: Town) -> str:
    """A run of bo's that waits for an approval by somebody in #approvals."""
    await acme.asked("bo", context="Refund 42", team_id="OPS")
    await acme.harbor.dispatcher.drain()
    (run,) = await acme.harbor.engine.list()
    return run.id


async def started(acme: Town, job: str, **arguments: Any) -> str:
    """Start a job as dee does; answer its run once its first card is there."""
    dee = f"slack:{acme.sandbox.credentials.team_id}:{acme.member('dee').id}"
    before = len(acme.sandbox.messages("#approvals"))
    run = await acme.harbor.engine.start(Start(job, arguments, dee, "test"))
    await acme.card(before)
    await acme.harbor.dispatcher.drain()
    return run.run_id


async def status(acme: Town, run_id: str) -> str:
    (gate,) = await acme.harbor.gates.of_run(run_id)
    return gate.status.value


async def test_the_page_shows_what_is_asked_whole_and_exactly_what_its_digest_is_of(
    acme: Town, cam: Browser, run_id: str
):
    (gate,) = await acme.harbor.gates.of_run(run_id)

    page = await cam.get(f"/run/{run_id}/approve")

    said = words(page)
    payload = {"title": gate.card.title, "shown": gate.card.shown}
    canonical = orjson.dumps(payload, option=orjson.OPT_SORT_KEYS)
    assert hashlib.sha256(canonical).hexdigest() in said
    assert orjson.loads(said[said.index('{ "shown"') : said.index("Its digest")]) == payload
    assert "File a follow-up for Refund 42?" in said
    assert "Asked by bo U000000BO" in said
    assert "Any one of: members of #approvals. Not the one who asked." in said
    assert "Open until" in said
    assert {"/approve", "/reject"} == {
        part.partition('"')[0].removeprefix(f"/run/{run_id}")
        for part in page.text.split('action="')[1:]
        if part.startswith("/run/")
    }


async def test_a_form_that_is_sent_decides_and_leads_back_to_the_page(
    acme: Town, cam: Browser, run_id: str
):
    answered = await cam.decide(f"/run/{run_id}/approve", note="Checked")

    assert answered.status_code == 303
    page = words(await cam.get(answered.headers["Location"]))
    assert "Approved by cam" in page
    assert "Reason given Checked" in page
    assert '<form method="post" action="/run' not in page
    await acme.card_says("Approved by")
    await acme.sandbox.until(lambda: acme.sandbox.issues)


async def test_a_rejection_is_recorded_with_its_reason(acme: Town, cam: Browser, run_id: str):
    answered = await cam.decide(f"/run/{run_id}/reject", note="Too dear")

    assert answered.status_code == 303
    (gate,) = await acme.harbor.gates.of_run(run_id)
    assert (gate.status.value, gate.note) == ("rejected", "Too dear")


@pytest.mark.parametrize(
    "headers",
    [
        {"User-Agent": "Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)"},
        {"Purpose": "prefetch", "Sec-Purpose": "prefetch"},
        {"User-Agent": "Slack-ImgProxy"},
        {},
    ],
    ids=["unfurler", "prefetch", "picture proxy", "anybody"],
)
@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS"])
async def test_x62_looking_decides_nothing(
    acme: Town, cam: Browser, run_id: str, method: str, headers: dict[str, str]
):
    for verb in ("approve", "reject"):
        await cam.http.request(method, f"/run/{run_id}/{verb}?gate=&note=x", headers=headers)

    assert await status(acme, run_id) == "open"


async def test_x62_who_is_signed_out_is_sent_to_sign_in_and_comes_back(
    browser: Browser, run_id: str
):
    sent = await browser.get(f"/run/{run_id}/approve")

    assert sent.status_code == 303
    assert sent.headers["Location"] == f"/auth/slack/login?next=/run/{run_id}/approve"


async def test_who_is_signed_out_and_sends_a_form_is_told_so(
    acme: Town, browser: Browser, run_id: str
):
    answered = await browser.post(f"/run/{run_id}/approve", {"csrf": "x"})

    assert answered.status_code == 401
    assert "You are signed out" in words(answered)
    assert await status(acme, run_id) == "open"


async def test_x63_a_member_who_may_not_decide_sees_the_page_without_buttons_and_why(
    acme: Town, browser: Browser, run_id: str
):
    await browser.sign_in("bo")

    page = await browser.get(f"/run/{run_id}/approve")

    assert page.status_code == 200
    assert "Refund 42" in page.text
    assert "bo asked for this, so somebody else has to decide." in words(page)
    assert f'action="/run/{run_id}' not in page.text


async def test_x63_a_member_who_may_not_decide_gets_403_for_a_form_all_the_same(
    acme: Town, cam: Browser, run_id: str
):
    form = await cam.form(f"/run/{run_id}/approve")
    acme.sandbox.remove_from_channel("cam", "#approvals")
    acme.clock.move(seconds=61)

    answered = await cam.post(f"/run/{run_id}/approve", form)

    assert answered.status_code == 403
    assert "You are not among those who may decide this." in words(answered)
    assert await status(acme, run_id) == "open"


async def test_x63_a_guest_gets_no_details(acme: Town, cam: Browser, run_id: str):
    acme.sandbox.make_guest("cam")
    acme.clock.move(seconds=61)

    answered = await cam.get(f"/run/{run_id}/approve")

    assert answered.status_code == 403
    assert "Refund" not in answered.text


@pytest.mark.parametrize(
    "path",
    [
        "/run/0000000000000000000000000a/approve",
        "/run/nonsense/approve",
        "/run/{run}x/approve",
        "/run/{run}/approve?gate=0",
        "/run/{run}/approve?gate=" + "a" * 32,
        "/run/{run}/approve?gate=%00%ff",
        "/run/0000000000000000000000000a",
    ],
)
async def test_x64_a_run_or_gate_that_there_is_not_is_answered_the_same_everywhere(
    cam: Browser, run_id: str, path: str
):
    answered = await cam.get(path.replace("{run}", run_id))

    assert answered.status_code == 404
    assert words(answered) == words(await cam.get("/run/11111111111111111111111111/reject"))


async def test_x64_a_gate_of_another_run_is_none_of_this_one(acme: Town, cam: Browser, run_id: str):
    other = await started(acme, "ask-one")
    (gate,) = await acme.harbor.gates.of_run(other)

    seen = await cam.get(f"/run/{run_id}/approve?gate={gate.id}")
    sent = await cam.post(f"/run/{run_id}/approve", await cam.form(f"/run/{other}/approve"))

    assert (seen.status_code, sent.status_code) == (404, 404)
    assert await status(acme, other) == "open"


async def test_x64_after_the_decision_the_link_shows_what_was_decided(
    acme: Town, cam: Browser, run_id: str
):
    await cam.decide(f"/run/{run_id}/reject", note="Too dear")

    page = words(await cam.get(f"/run/{run_id}/approve"))

    assert "Rejected by cam" in page
    assert "Too dear" in page


@pytest.mark.parametrize("token", [None, "", "forged", "é"])
async def test_x65_a_form_without_its_token_decides_nothing(
    acme: Town, cam: Browser, run_id: str, token: str | None
):
    form = await cam.form(f"/run/{run_id}/approve")
    form = {name: value for name, value in form.items() if name != "csrf"}

    answered = await cam.post(
        f"/run/{run_id}/approve", form if token is None else form | {"csrf": token}
    )

    assert answered.status_code == 403
    assert await status(acme, run_id) == "open"


async def test_x65_a_token_of_another_session_is_none(
    acme: Town, cam: Browser, browsers: Callable[[], Browser], run_id: str
):
    ana = browsers()
    await ana.sign_in("ana")

    answered = await ana.post(f"/run/{run_id}/approve", await cam.form(f"/run/{run_id}/approve"))

    assert answered.status_code == 403
    assert await status(acme, run_id) == "open"


async def test_x65_a_token_of_another_gate_is_none(acme: Town, cam: Browser, run_id: str):
    other = await started(acme, "ask-one")
    theirs = await cam.form(f"/run/{other}/approve")
    form = await cam.form(f"/run/{run_id}/approve")

    answered = await cam.post(f"/run/{run_id}/approve", form | {"csrf": theirs["csrf"]})

    assert answered.status_code == 403


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "null"},
        {"Origin": "https://evil.example"},
        {"Origin": "http://127.0.0.1"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
    ids=str,
)
async def test_x65_a_form_from_another_site_decides_nothing(
    acme: Town, cam: Browser, run_id: str, headers: dict[str, str]
):
    form = await cam.form(f"/run/{run_id}/approve")

    answered = await cam.post(f"/run/{run_id}/approve", form, **headers)

    assert answered.status_code == 403
    assert await status(acme, run_id) == "open"


async def test_x66_a_form_that_is_sent_twice_decides_once_and_shows_the_outcome(
    acme: Town, cam: Browser, run_id: str
):
    form = await cam.form(f"/run/{run_id}/approve")
    path = f"/run/{run_id}/approve"

    answers = await asyncio.gather(*(cam.post(path, form) for _ in range(5)))

    codes = sorted(each.status_code for each in answers)
    assert codes == [303, 409, 409, 409, 409]
    late = next(each for each in answers if each.status_code == 409)
    assert "Approved by cam" in words(late)
    assert "Your answer changed nothing." in words(late)


async def test_x54_who_sends_forms_without_end_asks_slack_and_writes_only_so_often(
    acme: Town, cam: Browser, run_id: str
):
    path = f"/run/{run_id}/approve"
    form = await cam.form(path)

    answers = [await cam.post(path, form) for _ in range(FORMS.most)]
    asked = len(acme.sandbox.calls)
    refused = await cam.post(path, form)

    assert 429 not in {each.status_code for each in answers}
    assert refused.status_code == 429
    assert 30 <= int(refused.headers["Retry-After"]) <= 60  # counted from the first of them
    assert "Nothing was recorded" in words(refused)
    assert "users.info" not in [call.method for call in acme.sandbox.calls[asked:]]
    acme.clock.move(minutes=1)
    assert (await cam.post(path, form)).status_code == 409


async def test_after_the_deadline_an_answer_is_told_that_it_came_too_late(
    acme: Town, cam: Browser, run_id: str
):
    form = await cam.form(f"/run/{run_id}/approve")
    acme.clock.move(hours=24)
    await cam.sign_in("cam")
    form["csrf"] = (await cam.form(f"/run/{run_id}/approve"))["csrf"]

    answered = await cam.post(f"/run/{run_id}/approve", form)

    assert answered.status_code == 410
    assert "The time to answer was over." in words(answered)
    assert await status(acme, run_id) == "expired"


async def test_an_answer_to_a_cancelled_request_is_told_so(acme: Town, cam: Browser, run_id: str):
    form = await cam.form(f"/run/{run_id}/approve")
    await acme.harbor.engine.cancel(run_id, by="operator:ops", via="test")

    answered = await cam.post(f"/run/{run_id}/approve", form)

    assert answered.status_code == 410
    assert "The request was cancelled." in words(answered)


async def test_where_a_reason_is_needed_a_form_without_one_comes_back(acme: Town, cam: Browser):
    run = await started(acme, "ask-two")

    answered = await cam.decide(f"/run/{run}/approve", note="  ")

    assert answered.status_code == 422
    assert "a reason is needed here" in words(answered)
    assert 'aria-invalid="true"' in answered.text
    assert await status(acme, run) == "open"


async def test_a_reason_that_is_too_long_comes_back_whole(acme: Town, cam: Browser, run_id: str):
    answered = await cam.decide(f"/run/{run_id}/reject", note="x" * 3_001)

    assert answered.status_code == 422
    assert "x" * 3_001 in answered.text
    assert await status(acme, run_id) == "open"


async def test_the_first_of_two_approvals_is_shown_and_can_still_become_a_rejection(
    acme: Town, cam: Browser
):
    run = await started(acme, "ask-two")

    answered = await cam.decide(f"/run/{run}/approve", note="Fine")
    page = await cam.get(answered.headers["Location"])

    assert "Your approval is recorded. 1 more is needed." in words(page)
    assert "Answers: 1 of 2 approvals" in words(page)
    assert f'action="/run/{run}/reject"' in page.text
    assert f'action="/run/{run}/approve"' not in page.text


async def test_an_approval_that_is_repeated_leads_back_and_counts_once(acme: Town, cam: Browser):
    run = await started(acme, "ask-two")
    form = await cam.form(f"/run/{run}/approve") | {"note": "Fine"}
    await cam.post(f"/run/{run}/approve", form)

    again = await cam.post(f"/run/{run}/approve", form)

    (gate,) = await acme.harbor.gates.of_run(run)
    assert again.status_code == 303
    assert len(gate.votes) == 1


async def test_of_several_open_requests_one_is_chosen(acme: Town, cam: Browser, run_id: str):
    (gate,) = await acme.harbor.gates.of_run(run_id)
    second = await second_gate(acme, run_id, gate.card.model_dump_json(), gate.policy)

    chooser = await cam.get(f"/run/{run_id}/approve")
    unclear = await cam.post(f"/run/{run_id}/approve", {"csrf": "x"})

    assert "Which one?" in words(chooser)
    assert f"?gate={second}" in chooser.text
    assert f"?gate={gate.id}" in chooser.text
    assert unclear.status_code == 422


async def second_gate(acme: Town, run_id: str, card: str, policy: Any) -> str:
    """Open another gate in a run, as branches of a job would."""
    other = gate_id()

    def write(tx: Any) -> None:
        deadline = (acme.clock.now()).replace(year=acme.clock.now().year + 1)
        waits.insert(
            tx,
            waits.Wait(
                run_id,
                "other",
                1,
                WaitKind.APPROVAL,
                "approved,rejected",
                WaitStatus.OPEN,
                deadline,
                None,
                tx.now,
                None,
            ),
        )
        gates.insert_open(
            tx,
            gate_id=other,
            run_id=run_id,
            name="other",
            nth=1,
            card=card,
            policy=policy.model_dump_json(),
            digest="0" * 64,
            requested_by="operator:ops",
        )

    await acme.harbor.db.write(write)
    return other


async def test_before_the_card_is_posted_nobody_is_told_that_they_may_not_decide(
    acme: Town, cam: Browser
):
    acme.sandbox.faults.add("chat.postMessage", Fault.rate_limited(30), times=None)
    dee = f"slack:{acme.sandbox.credentials.team_id}:{acme.member('dee').id}"
    run = await acme.harbor.engine.start(Start("ask-one", {}, dee, "test"))
    await until_run(acme, run.run_id, RunStatus.WAITING)

    page = await cam.get(f"/run/{run.run_id}/approve")

    assert page.status_code == 200
    assert "Slack could not tell us just now whether you may decide this." in words(page)


async def test_while_slack_does_not_answer_the_page_is_shown_and_decides_nothing(
    acme: Town, cam: Browser, run_id: str
):
    form = await cam.form(f"/run/{run_id}/approve")
    acme.sandbox.faults.add("users.info", Fault.status(500), times=None)
    acme.clock.move(seconds=61)

    page = await cam.get(f"/run/{run_id}/approve")
    answered = await cam.post(f"/run/{run_id}/approve", form)

    assert page.status_code == 200
    assert "Slack could not tell us just now whether you may decide this." in words(page)
    assert answered.status_code == 503
    assert await status(acme, run_id) == "open"


@pytest.mark.parametrize(
    ("body", "kind", "code"),
    [
        (b"{}", "application/json", 415),
        (b"--x--", "multipart/form-data; boundary=x", 415),
        (b"csrf=a&csrf=b", "application/x-www-form-urlencoded", 400),
        (b"csrf=%00", "application/x-www-form-urlencoded", 400),
        (b"csrf=\xff\xfe", "application/x-www-form-urlencoded; charset=nonsense", 400),
        (b"note=" + b"x" * 70_000, "application/x-www-form-urlencoded", 413),
    ],
)
async def test_what_is_no_ordinary_form_is_refused(
    acme: Town, cam: Browser, run_id: str, body: bytes, kind: str, code: int
):
    answered = await cam.http.post(
        f"/run/{run_id}/approve", content=body, headers={"Content-Type": kind}
    )

    assert answered.status_code == code
    assert await status(acme, run_id) == "open"


HOSTILE = "<img src=x onerror=alert(1)></script>{{7*7}}\u202egnp.exe" + "\u200b" * 10_000


async def test_x74_what_people_wrote_is_shown_as_text_and_hides_nothing(acme: Town, cam: Browser):
    run = await started(
        acme, "ask-one", title=f"Pay {HOSTILE[:60]}?", fields={HOSTILE[:40]: HOSTILE}
    )
    acme.sandbox.workspace.put_person(replace(acme.member("dee").person, name=HOSTILE[:60]))
    acme.clock.move(seconds=61)

    page = await cam.get(f"/run/{run}/approve")
    story = await cam.get(f"/run/{run}")

    for text in (page.text, story.text):
        assert "<img src=x" not in text
        assert "{{7*7}}" in text
        assert "49" not in text.partition("What is asked")[2][:200]
        assert "\u202e" not in text
        assert "\u200b" not in text
    assert "⟨U+202E⟩" in page.text
    assert "\\u202e" in page.text
    assert page.text.count("\\u200b") >= 10_000


async def test_x67_x74_x76_the_pages_allow_nothing_but_themselves(cam: Browser, run_id: str):
    page = await cam.get(f"/run/{run_id}/approve")

    policy = page.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "script-src 'self'" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert "form-action 'self'" in policy
    assert page.headers["X-Frame-Options"] == "DENY"
    assert page.headers["Cache-Control"] == "no-store"
    assert page.headers["Referrer-Policy"] == "same-origin"
    assert page.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize(
    "path",
    [
        "/static/../../harbor.db",
        "/static/..%2f..%2fharbor.db",
        "/static/%2e%2e",
        "/static/page.css%00",
        "/static/C:%5C",
        "/static/",
        "/static/routes.py",
    ],
)
async def test_x75_there_is_nothing_but_the_named_files(browser: Browser, path: str):
    answered = await browser.get(path)

    assert answered.status_code == 404


@pytest.mark.parametrize("name", ["page.css", "page.js", "icon.svg"])
async def test_the_named_files_are_there_for_everybody(browser: Browser, name: str):
    answered = await browser.get(f"/static/{name}")

    assert answered.status_code == 200
    assert answered.headers["X-Content-Type-Options"] == "nosniff"


async def test_the_story_of_a_run_names_who_did_what(acme: Town, cam: Browser, run_id: str):
    await cam.decide(f"/run/{run_id}/approve")
    await acme.sandbox.until(lambda: acme.sandbox.issues)
    await acme.card_says("Approved by")
    await until_run(acme, run_id, RunStatus.COMPLETED)

    story = words(await cam.get(f"/run/{run_id}"))

    assert "bo U000000BO started it" in story
    assert "Asked people: decision" in story
    assert "cam U00000CAM approved" in story
    assert "Done: linear.create_issue" in story
    assert "Completed" in story


async def test_a_run_that_moves_is_looked_at_again_and_one_that_ended_is_not(
    acme: Town, cam: Browser, run_id: str
):
    moving = await cam.get(f"/run/{run_id}")
    await acme.harbor.engine.cancel(run_id, by="operator:ops", via="test", force=True)

    ended = await cam.get(f"/run/{run_id}")

    assert "data-refresh" in moving.text
    assert "data-refresh" not in ended.text


async def test_the_pages_of_a_rejected_request_say_no_more_than_that_its_run_has_ended_g9(
    acme: Town, cam: Browser, run_id: str
):
    await cam.decide(f"/run/{run_id}/reject", note="Too dear")
    await until_run(acme, run_id, RunStatus.COMPLETED)

    request, run = await cam.get(f"/run/{run_id}/approve"), await cam.get(f"/run/{run_id}")

    for page in (request, run):
        assert "Rejected; the run has ended." in words(page)
        assert "complete." not in words(page)
    assert 'class="state completed"' not in run.text
