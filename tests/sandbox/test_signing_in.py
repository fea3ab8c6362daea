"""Signing in, from the bot's page to the consent page and back, as browsers do it."""

from dataclasses import dataclass, field
from urllib.parse import parse_qs, urlencode, urlsplit

import aiohttp
import pytest
from aiohttp import web

from bot.sandbox import NothingThere, Sandbox
from tests.page import nameless, sticks_out

pytest_plugins = ["tests.browser"]

FORM = '<form method="post" action="/approve"><input type="hidden" name="csrf" value="c-1"></form>'


@dataclass
class WebDoor:
    """The web side of a bot: a page for those signed in, a login, a callback."""

    sandbox: Sandbox = None
    url: str = ""
    callbacks: list[dict[str, str]] = field(default_factory=list)
    posts: list[dict[str, str]] = field(default_factory=list)

    def asking(self, **changed):
        """Write the authorization request of this bot; None leaves a parameter out."""
        values = {
            "client_id": self.sandbox.credentials.sign_in_client_id,
            "redirect_uri": f"{self.url}/auth/slack/callback",
            "response_type": "code",
            "scope": "openid profile email",
            "state": "s & 1",
            "nonce": "n-1",
        }
        kept = {name: each for name, each in (values | changed).items() if each is not None}
        return f"{self.sandbox.url}/openid/connect/authorize?{urlencode(kept)}"

    async def page(self, request):
        if "session" not in request.cookies:
            raise web.HTTPSeeOther("/auth/slack/login")
        return web.Response(text=f"secret {FORM}", content_type="text/html")

    async def login(self, request):
        raise web.HTTPSeeOther(self.asking())

    async def callback(self, request):
        self.callbacks.append(dict(request.query))
        if "code" not in request.query:
            return web.Response(status=400, text="not signed in")
        response = web.HTTPSeeOther("/page")
        response.set_cookie("session", "of somebody", httponly=True)
        raise response

    async def approve(self, request):
        self.posts.append({**dict(request.headers), **dict(await request.post())})
        raise web.HTTPSeeOther("/page")


@pytest.fixture
async def door():
    door = WebDoor()
    application = web.Application()
    application.router.add_get("/page", door.page)
    application.router.add_get("/auth/slack/login", door.login)
    application.router.add_get("/auth/slack/callback", door.callback)
    application.router.add_post("/approve", door.approve)
    runner = web.AppRunner(application, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    door.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    yield door
    await runner.cleanup()


@pytest.fixture
async def sandbox(door):
    sandbox = await Sandbox.start(bot_url=door.url)
    door.sandbox = sandbox
    yield sandbox
    await sandbox.stop()


# --- the whole way


async def test_a_person_signs_in_and_lands_where_they_wanted_to_go(sandbox, door):
    browser = await sandbox.member("bo").sign_in(f"{door.url}/page")

    assert (browser.page.status, browser.page.url) == (200, f"{door.url}/page")
    assert browser.page.text.startswith("secret")
    (callback,) = door.callbacks
    assert callback["state"] == "s & 1"
    assert callback["code"]


async def test_the_browser_keeps_its_cookies_and_sends_forms_as_browsers_do(sandbox, door):
    browser = await sandbox.member("bo").sign_in(f"{door.url}/page")

    await browser.submit(browser.page.form("/approve"), note="fine")

    (post,) = door.posts
    assert (post["csrf"], post["note"]) == ("c-1", "fine")
    assert (post["Origin"], post["Sec-Fetch-Site"]) == (door.url, "same-origin")
    assert browser.page.url == f"{door.url}/page"


async def test_another_site_can_be_played(sandbox, door):
    browser = await sandbox.member("bo").sign_in(f"{door.url}/page")

    await browser.post("/approve", {"csrf": "c-1"}, headers={"Origin": "https://evil.example"})

    assert door.posts[0]["Origin"] == "https://evil.example"


async def test_a_browser_that_is_signed_in_is_not_asked_again(sandbox, door):
    browser = await sandbox.member("bo").sign_in(f"{door.url}/page")

    await browser.get(f"{door.url}/page")

    assert len(door.callbacks) == 1


async def test_a_test_may_stop_before_the_callback(sandbox, door):
    bo = sandbox.member("bo")
    browser = bo.browser()
    await browser.get(f"{door.url}/auth/slack/login")

    target = await bo.consent(browser, follow=False)

    assert door.callbacks == []
    assert target.startswith(f"{door.url}/auth/slack/callback?")
    assert parse_qs(urlsplit(target).query).keys() == {"code", "state"}


@pytest.mark.parametrize("name", ["gus", "sol", "eve"])
async def test_guests_and_externals_get_a_code_for_the_bot_to_judge(sandbox, door, name):
    await sandbox.member(name).sign_in(f"{door.url}/page")

    assert "code" in door.callbacks[0]


@pytest.mark.parametrize("name", ["fin", "preview-bot"])
async def test_who_has_left_and_who_is_no_person_is_denied(sandbox, door, name):
    browser = await sandbox.member(name).sign_in(f"{door.url}/page")

    assert door.callbacks == [{"error": "access_denied", "state": "s & 1"}]
    assert browser.page.status == 400


async def test_a_page_without_sign_in_is_just_shown(sandbox, door):
    browser = await sandbox.member("bo").sign_in(f"{door.url}/nothing")

    assert browser.page.status == 404
    with pytest.raises(NothingThere, match="no form"):
        browser.page.form("/approve")


# --- the request


async def show(url, **headers):
    async with (
        aiohttp.ClientSession() as session,
        session.get(url, headers=headers, allow_redirects=False) as response,
    ):
        return response.status, await response.text(), response.headers


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"client_id": "1.2"}, "invalid_client_id"),
        ({"client_id": None}, "invalid_client_id"),
        ({"redirect_uri": "https://evil.example/<script>"}, "bad_redirect_uri"),
        ({"redirect_uri": None}, "bad_redirect_uri"),
        ({"response_mode": "form_post"}, "unsupported_response_mode"),
    ],
)
async def test_a_request_that_cannot_be_trusted_leads_nowhere(sandbox, door, changed, says):
    status, text, headers = await show(door.asking(**changed))

    assert status == 400
    assert says in text
    assert "<script>" not in text
    assert "Location" not in headers


@pytest.mark.parametrize(
    ("changed", "error"),
    [
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"response_type": None}, "unsupported_response_type"),
        ({"scope": "profile"}, "invalid_scope"),
        ({"scope": None}, "invalid_scope"),
    ],
)
async def test_a_request_for_the_wrong_thing_is_answered_at_the_callback(
    sandbox, door, changed, error
):
    status, _, headers = await show(door.asking(**changed))

    answer = parse_qs(urlsplit(headers["Location"]).query)
    assert status == 302
    assert answer == {"error": [error], "state": ["s & 1"]}


async def test_a_state_that_was_not_given_is_not_returned(sandbox, door):
    bo = sandbox.member("bo")
    browser = bo.browser()
    await browser.get(door.asking(state=None))

    target = await bo.consent(browser, follow=False)

    assert parse_qs(urlsplit(target).query).keys() == {"code"}


async def test_redirect_urls_can_be_registered_and_then_count_exactly(sandbox, door):
    sandbox.redirect_urls = (f"{door.url}/elsewhere?tab=1",)

    refused, _, _ = await show(door.asking())
    bo = sandbox.member("bo")
    browser = bo.browser()
    await browser.get(door.asking(redirect_uri=f"{door.url}/elsewhere?tab=1"))
    target = await bo.consent(browser, follow=False)

    assert refused == 400
    assert target.startswith(f"{door.url}/elsewhere?tab=1&code=")


async def test_consent_given_for_a_changed_request_is_checked_again(sandbox, door):
    async with aiohttp.ClientSession() as session:
        url = f"{sandbox.url}/openid/connect/authorize"
        values = {"client_id": sandbox.credentials.sign_in_client_id, "as": "bo"}
        values["redirect_uri"] = "https://evil.example/"
        async with session.post(url, data=values, allow_redirects=False) as response:
            assert response.status == 400
        values["redirect_uri"] = f"{door.url}/auth/slack/callback"
        async with session.post(url, data=values, allow_redirects=False) as response:
            assert "error=unsupported_response_type" in response.headers["Location"]


async def test_another_site_cannot_consent(sandbox, door):
    browser = sandbox.member("bo").browser()

    page = await browser.post(
        door.asking(), {"as": "bo"}, headers={"Origin": "https://evil.example"}
    )

    assert page.status == 403


# --- the page


async def test_the_page_lets_the_form_lead_to_the_asking_app_only(sandbox, door):
    _, _, headers = await show(door.asking())

    policy = headers["Content-Security-Policy"]
    assert f"form-action 'self' {door.url}" in policy
    assert "default-src 'none'" in policy
    assert headers["Cache-Control"] == "no-store"


async def test_everybody_has_a_button_with_what_they_are(sandbox, door):
    _, text, _ = await show(door.asking())

    for name in ("ana", "bo", "gus", "sol", "eve", "fin"):
        assert f'data-testid="sign-in-{name}"' in text
    for badge in ("admin", "guest", "external", "deactivated"):
        assert f'<span class="badge">{badge}</span>' in text
    assert "sign-in-preview-bot" not in text


async def test_the_address_or_the_workspaces_page_preselects_somebody(sandbox, door):
    async with aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as session:
        async with session.get(f"{sandbox.url}/?as=cam"):
            pass
        async with session.get(door.asking()) as response:
            by_cookie = await response.text()
        async with session.get(door.asking() + "&as=bo") as response:
            by_address = await response.text()

    def chosen(text):
        return text[: text.index("aria-current")].rpartition('data-testid="sign-in-')[2][:3]

    assert (chosen(by_cookie), chosen(by_address)) == ("cam", 'bo"')
    assert by_address.count("aria-current") == 1
    assert 'name="as" value="bo">' not in by_address


# --- a real browser


async def test_a_real_browser_goes_all_the_way_by_keyboard(sandbox, door, browser):
    page = await browser.new_page()
    await page.goto(door.asking() + "&as=dee")
    await page.locator("button:focus").wait_for()

    await page.keyboard.press("Enter")
    await page.wait_for_url(f"{door.url}/page")

    assert "code" in door.callbacks[0]
    assert (await page.text_content("body")).startswith("secret")


async def test_a_real_browser_can_cancel(sandbox, door, browser):
    page = await browser.new_page()
    await page.goto(door.asking())

    await page.get_by_role("button", name="Cancel").click()
    await page.wait_for_url("**/auth/slack/callback**")

    assert door.callbacks == [{"error": "access_denied", "state": "s & 1"}]


async def test_every_control_has_a_name_and_nothing_sticks_out_of_a_phone(sandbox, door, browser):
    page = await browser.new_page(viewport={"width": 320, "height": 640})
    await page.goto(door.asking())

    assert await nameless(page) == []
    assert await sticks_out(page) == []
