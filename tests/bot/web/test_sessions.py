"""Sessions and forms: what a cookie is worth, and which forms are believed."""

from collections.abc import Callable

import pytest

from bot.sessions import IDLE, LONGEST, MOST
from bot.web.sessions import Cookie
from store import sessions
from tests.bot.web.browser import CSRF, LOGIN, Browser, words
from tests.journeys.town import Town

COOKIE = "harbor"


async def is_signed_in(browser: Browser) -> bool:
    return "Signed in as" in words(await browser.get("/"))


def logout_token(text: str) -> str:
    found = CSRF.search(text)
    assert found
    return found[1]


async def test_the_cookie_is_out_of_reach_of_scripts_and_of_other_sites(browser: Browser):
    answered = await browser.sign_in("cam")

    (cookie,) = [
        line for line in answered.headers.get_list("Set-Cookie") if line.startswith("harbor=")
    ]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Path=/" in cookie
    assert "Domain" not in cookie


def test_over_https_the_cookie_is_bound_to_the_host():
    assert Cookie("harbor", is_secure=True).full_name == "__Host-harbor"
    assert Cookie("harbor", is_secure=False).full_name == "harbor"


async def test_the_store_knows_the_hash_of_an_id_alone(acme: Town, cam: Browser):
    identity = cam.http.cookies[COOKIE]

    found = await acme.harbor.db.read(sessions.get, identity)

    assert found is None


async def test_x69_signing_in_begins_a_new_session_and_ends_the_one_before(
    cam: Browser, browsers: Callable[[], Browser]
):
    before = cam.http.cookies[COOKIE]

    await cam.sign_in("cam")

    other = browsers()
    other.http.cookies.set(COOKIE, before, domain="127.0.0.1")
    assert cam.http.cookies[COOKIE] != before
    assert not await is_signed_in(other)


async def test_x69_an_id_that_was_set_before_signing_in_is_not_taken(browser: Browser):
    browser.http.cookies.set(COOKIE, "A" * 43, domain="127.0.0.1")

    await browser.sign_in("cam")

    assert browser.http.cookies.get(COOKIE, domain="127.0.0.1") != "A" * 43
    assert await is_signed_in(browser)


@pytest.mark.parametrize("worth", ["", "x", "A" * 43, "A" * 10_000, "\x7f", "a b; c"])
async def test_x70_a_cookie_that_we_did_not_make_is_nobody(browser: Browser, worth: str):
    answered = await browser.get("/", Cookie=f"{COOKIE}={worth}")

    assert answered.status_code in {200, 400, 431}
    assert "Signed in as" not in answered.text


async def test_x70_a_session_ends_after_half_an_hour_without_use(acme: Town, cam: Browser):
    acme.clock.move(seconds=IDLE.total_seconds())

    assert not await is_signed_in(cam)


async def test_x70_a_session_that_is_used_lives_on_but_not_beyond_eight_hours(
    acme: Town, cam: Browser
):
    alive = []
    for _ in range(24):
        acme.clock.move(minutes=20)
        alive.append(await is_signed_in(cam))

    assert alive == [True] * 23 + [False]
    assert LONGEST.total_seconds() == 24 * 20 * 60


async def test_x70_who_signs_out_is_signed_out_everywhere_this_cookie_went(
    cam: Browser, browsers: Callable[[], Browser]
):
    identity = cam.http.cookies[COOKIE]
    token = logout_token((await cam.get("/")).text)

    left = await cam.post("/auth/logout", {"csrf": token})

    other = browsers()
    other.http.cookies.set(COOKIE, identity, domain="127.0.0.1")
    assert left.status_code == 303
    assert COOKIE not in cam.http.cookies
    assert not await is_signed_in(other)


async def test_x65_nobody_is_signed_out_by_a_form_of_somebody_else(cam: Browser):
    left = await cam.post("/auth/logout", {"csrf": "forged"})

    assert left.status_code == 403
    assert await is_signed_in(cam)


async def test_x71_the_sessions_of_who_leaves_the_workspace_end(
    acme: Town, cam: Browser, browsers: Callable[[], Browser]
):
    await acme.asked("bo")
    await acme.harbor.dispatcher.drain()
    (run,) = await acme.harbor.engine.list()
    elsewhere = browsers()
    await elsewhere.sign_in("cam")
    form = await cam.form(f"/run/{run.id}/approve")
    acme.sandbox.deactivate("cam")

    answered = await cam.post(f"/run/{run.id}/approve", form)

    assert answered.status_code == 403
    assert not await is_signed_in(cam)
    assert not await is_signed_in(elsewhere)
    (gate,) = await acme.harbor.gates.of_run(run.id)
    assert gate.votes == ()


async def test_x71_who_became_a_guest_is_not_let_in_any_more(acme: Town, cam: Browser):
    await acme.asked("bo")
    (run,) = await acme.harbor.engine.list()
    acme.sandbox.make_guest("cam")
    acme.clock.move(seconds=61)

    answered = await cam.get(f"/run/{run.id}")

    assert answered.status_code == 403


async def test_x72_a_user_has_ten_sessions_at_most_and_the_oldest_end(
    acme: Town, browsers: Callable[[], Browser]
):
    opened = []
    for _ in range(MOST + 1):
        opened.append(browsers())
        acme.clock.move(seconds=1)
        await opened[-1].sign_in("cam")

    alive = [await is_signed_in(each) for each in opened]

    assert alive == [False] + [True] * MOST


async def test_x72_nothing_is_kept_about_who_has_not_signed_in(acme: Town, browser: Browser):
    for _ in range(20):
        await browser.get(LOGIN)

    rows = await acme.harbor.db.read(
        lambda tx: tx._connection.execute("SELECT 1 FROM sessions").fetchall()
    )

    assert rows == []


async def test_x73_a_thousand_cookies_with_impossible_names_are_passed_over(cam: Browser):
    noise = "; ".join(f"({number}=1" for number in range(1_000))
    answered = await cam.get("/", Cookie=f"{noise}; {COOKIE}={cam.http.cookies[COOKIE]}")

    assert answered.status_code in {200, 400, 431}
