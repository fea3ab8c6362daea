"""Sign in with Slack: the way there and back, and who is let in."""

import asyncio
from collections.abc import Callable
from urllib.parse import parse_qs, urlsplit

import pytest
from aiohttp import web

from bot.sandbox import Fault
from bot.web.kept import GOOD_FOR
from tests.bot.web.browser import LOGIN, Browser, words
from tests.bot.web.issuer import CLIENT_ID, Issuer
from tests.journeys.town import Town

RUN = "0123456789abcdefghjkmnpqrs"
GATE = "0123456789abcdef" * 2
UNREACHABLE = "Slack's sign-in cannot be reached"


async def is_signed_in(browser: Browser) -> bool:
    return "Signed in as" in words(await browser.get("/"))


async def refused(browser: Browser, status: int = 400) -> str:
    """Sign in as cam, which must fail; answer the page's words."""
    answered = await browser.sign_in("cam")
    assert answered.status_code == status, words(answered)
    assert "harbor=" not in answered.headers.get("Set-Cookie", "").replace("harbor-sign-in=", "")
    assert not await is_signed_in(browser)
    return words(answered)


async def test_a_member_who_signs_in_lands_where_they_were_going(browser: Browser):
    answered = await browser.sign_in("cam", f"/run/{RUN}/approve")

    assert answered.status_code == 303
    assert answered.headers["Location"] == f"/run/{RUN}/approve"
    assert "Signed in as cam" in words(await browser.get("/"))


async def test_the_way_to_the_issuer_says_who_we_are_and_asks_for_no_more_than_who_they_are(
    acme: Town, browser: Browser
):
    sent = await browser.get(LOGIN)

    asked = {
        name: value for name, (value,) in parse_qs(urlsplit(sent.headers["Location"]).query).items()
    }
    assert asked["client_id"] == CLIENT_ID
    assert asked["redirect_uri"] == f"{acme.settings.public_url}/auth/slack/callback"
    assert asked["scope"] == "openid profile"
    assert asked["team"] == acme.sandbox.credentials.team_id
    assert len(asked["state"]) >= 43
    assert len(asked["nonce"]) >= 43
    assert "code_challenge" not in asked


async def test_what_is_remembered_until_the_return_is_in_a_short_lived_cookie_of_the_browser(
    browser: Browser,
):
    cookie = (await browser.get(LOGIN)).headers["Set-Cookie"]

    assert cookie.startswith("harbor-sign-in=")
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Max-Age=600" in cookie


@pytest.mark.parametrize("target", ["https://evil.example", "//evil.example"])
async def test_x68_only_a_page_of_ours_is_gone_to_after_signing_in(browser: Browser, target: str):
    answered = await browser.sign_in("cam", target)

    assert answered.headers["Location"] == "/"


async def test_x77_a_return_without_its_state_signs_nobody_in(browser: Browser):
    back = await browser.begin()

    answered = await browser.get(back.partition("&state=")[0])

    assert answered.status_code == 400
    assert not await is_signed_in(browser)


async def test_x77_a_return_with_another_browsers_state_signs_nobody_in(
    browsers: Callable[[], Browser],
):
    mine, theirs = browsers(), browsers()
    theirs.issuer.user = theirs.town.member("cam").id
    await mine.begin()

    answered = await mine.get(await theirs.begin())

    assert answered.status_code == 400
    assert "not begun in this browser" in words(answered)
    assert not await is_signed_in(mine)


async def test_x77_a_state_serves_one_return(browser: Browser):
    browser.issuer.user = browser.town.member("cam").id
    back = await browser.begin()
    await browser.get(back)

    again = await browser.get(back)

    assert again.status_code == 400


async def test_x77_a_state_that_is_ten_minutes_old_is_too_old(acme: Town, browser: Browser):
    browser.issuer.user = acme.member("cam").id
    back = await browser.begin()
    acme.clock.move(minutes=10)

    answered = await browser.get(back)

    assert answered.status_code == 400


async def test_x77_a_cookie_that_was_tampered_with_is_none(browser: Browser):
    back = await browser.begin()
    cookie = browser.http.cookies["harbor-sign-in"]
    browser.http.cookies.clear()
    browser.http.cookies.set("harbor-sign-in", cookie[:-3] + "AAA", domain="127.0.0.1")

    answered = await browser.get(back)

    assert answered.status_code == 400


async def test_x78_a_code_that_was_used_or_made_up_signs_nobody_in(browser: Browser):
    back = await browser.begin()

    answered = await browser.get(back.replace("code=", "code=0"))

    assert answered.status_code == 400
    assert not await is_signed_in(browser)


async def test_x78_a_refusal_of_the_issuer_is_shown_as_text(browser: Browser):
    back = await browser.begin()
    state = parse_qs(urlsplit(back).query)["state"][0]
    query = {
        "error": "server_error",
        "error_description": "<script>alert(1)</script>",
        "state": state,
    }

    answered = await browser.http.get("/auth/slack/callback", params=query)

    assert answered.status_code == 400
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in answered.text
    assert "<script>alert" not in answered.text


async def test_x78_who_does_not_allow_it_is_told_that_they_are_not_signed_in(browser: Browser):
    back = await browser.begin()
    state = parse_qs(urlsplit(back).query)["state"][0]

    answered = await browser.get(f"/auth/slack/callback?error=access_denied&state={state}")

    assert answered.status_code == 400
    assert "Slack was not allowed to tell us who you are" in words(answered)


async def test_x79_a_token_that_is_not_believed_signs_nobody_in(browser: Browser, issuer: Issuer):
    issuer.header = {"alg": "none"}

    assert "could not be trusted" in await refused(browser)


async def test_x83_a_member_of_another_workspace_is_refused(browser: Browser, issuer: Issuer):
    issuer.changes = {"https://slack.com/team_id": "T0GLOBEX0"}

    assert "For members of this workspace" in await refused(browser, 403)


@pytest.mark.parametrize("name", ["gus", "sol", "eve", "fin", "preview-bot"])
async def test_x63_guests_outsiders_bots_and_who_has_left_are_not_let_in(
    browser: Browser, name: str
):
    answered = await browser.sign_in(name)

    assert answered.status_code == 403
    assert "For members of this workspace" in words(answered)
    assert not await is_signed_in(browser)


async def test_x85_cached_keys_serve_while_the_issuer_does_not_answer_for_them(
    acme: Town, browsers: Callable[[], Browser], issuer: Issuer
):
    await browsers().sign_in("cam")
    issuer.keys_answer = web.Response(text="<html>down</html>", content_type="text/html")
    acme.clock.move(seconds=2 * GOOD_FOR.total_seconds())

    answered = await browsers().sign_in("cam")

    assert answered.status_code == 303


async def test_x85_without_keys_nobody_signs_in_and_the_page_says_so(
    browser: Browser, issuer: Issuer
):
    issuer.keys_answer = web.Response(status=500)

    assert UNREACHABLE in await refused(browser, 503)


async def test_the_discovery_document_is_asked_for_once(
    browsers: Callable[[], Browser], issuer: Issuer
):
    await asyncio.gather(*(browsers().get(LOGIN) for _ in range(5)))

    assert issuer.asked == ["discovery"]


async def test_x86_an_email_that_is_anothers_changes_nothing(
    acme: Town, browser: Browser, issuer: Issuer
):
    issuer.changes = {"email": "ana@example.com", "name": "Ana Almeida"}

    await browser.sign_in("cam")

    assert "Signed in as cam" in words(await browser.get("/"))


async def test_while_slack_does_not_answer_nobody_new_is_let_in(acme: Town, browser: Browser):
    acme.sandbox.faults.add("users.info", Fault.status(500), times=None)

    answered = await browser.sign_in("cam")

    assert answered.status_code == 503
    assert answered.headers["Retry-After"]
