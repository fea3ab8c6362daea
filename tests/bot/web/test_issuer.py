"""The issuer, asked over real HTTP: which tokens and documents are believed."""

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from aiohttp import web

from bot.web.id_token import Claims, TokenRefused
from bot.web.issuer import CodeRefused
from bot.web.issuer import Issuer as Client
from bot.web.kept import AGAIN, AT_MOST_EVERY, GOOD_FOR, Unavailable
from tests.bot.web.issuer import CLIENT_ID, CLIENT_SECRET, KEY, OTHER_KEY, Issuer
from tests.journeys.town import MovedClock

BACK = "http://127.0.0.1:1/auth/slack/callback"
NONCE = "the-nonce-of-this-sign-in"


@pytest.fixture
async def issuer(moved_clock: MovedClock) -> AsyncIterator[Issuer]:
    found = Issuer(moved_clock, "T0ACME000")
    found.user = "U00000CAM"
    await found.start()
    yield found
    await found.stop()


@pytest.fixture
async def client(issuer: Issuer, moved_clock: MovedClock) -> AsyncIterator[Client]:
    found = Client(issuer.url, CLIENT_ID, CLIENT_SECRET, BACK, moved_clock)
    yield found
    await found.close()


async def code(client: Client) -> str:
    """Go to the issuer, and come back with a code."""
    address = await client.where_to_sign_in("state", NONCE, "T0ACME000")
    async with httpx.AsyncClient() as browser:
        back = (await browser.get(address)).headers["Location"]
    return parse_qs(urlsplit(back).query)["code"][0]


async def who(client: Client) -> Claims:
    return await client.who(await code(client), NONCE)


async def test_a_token_that_is_as_it_has_to_be_says_who_signed_in(client: Client):
    said = await who(client)

    assert (said.user_id, said.team_id) == ("U00000CAM", "T0ACME000")


async def test_x78_a_code_serves_once(client: Client):
    used = await code(client)
    await client.who(used, NONCE)

    with pytest.raises(CodeRefused):
        await client.who(used, NONCE)


@pytest.mark.parametrize(
    "header",
    [
        {"alg": "none"},
        {"alg": "NONE"},
        {"alg": "HS256"},
        {"alg": "RS512"},
        {"kid": "unknown"},
        {"kid": 7},
        {"kid": None},
        {"kid": "other", "jku": "https://evil.example/keys"},
        {"crit": ["b64"], "b64": False},
        {"crit": ["exp"]},
    ],
    ids=str,
)
async def test_x79_a_token_that_is_signed_in_another_way_is_refused(
    client: Client, issuer: Issuer, header: dict[str, Any]
):
    issuer.header = header

    with pytest.raises(TokenRefused):
        await who(client)


async def test_x79_a_token_that_brings_its_own_key_is_refused(client: Client, issuer: Issuer):
    issuer.signing_key = OTHER_KEY
    issuer.header = {"kid": "first", "jwk": OTHER_KEY.as_dict(private=False)}

    with pytest.raises(TokenRefused):
        await who(client)


@pytest.mark.parametrize("address", ["jku", "x5u"])
async def test_x79_where_a_token_says_that_keys_are_is_never_looked_at(
    client: Client, issuer: Issuer, address: str
):
    issuer.header = {address: f"{issuer.url}/evil"}

    said = await who(client)

    assert said.user_id == "U00000CAM"
    assert issuer.asked == ["discovery", "token", "keys"]


@pytest.mark.parametrize(
    "token",
    [" ", "a.b", "a.b.", "a.b.c.d", "....", "xoxp-1", "é.é.é", f"{'a' * 100_000}.b.c"],
    ids=["blank", "two", "unsigned", "four", "dots", "access token", "letters", "100 kB"],
)
async def test_x79_x84_what_has_not_the_form_of_a_token_is_refused(
    client: Client, issuer: Issuer, token: str
):
    issuer.token = token

    with pytest.raises(TokenRefused):
        await who(client)


async def test_x79_a_token_larger_than_sixteen_kib_is_refused(client: Client, issuer: Issuer):
    issuer.changes = {"picture": "x" * 17_000}

    with pytest.raises(TokenRefused):
        await who(client)


async def test_x79_an_answer_of_five_megabytes_is_not_read_to_its_end(
    client: Client, issuer: Issuer
):
    issuer.token = f"{'a' * 5_000_000}.b.c"

    with pytest.raises(Unavailable):
        await who(client)


@pytest.mark.parametrize(
    "changes",
    [
        {"iss": "https://slack.com.evil"},
        {"iss": "https://slack.com/"},
        {"iss": ...},
        {"aud": "another"},
        {"aud": [CLIENT_ID, "another"]},
        {"aud": [CLIENT_ID]},
        {"aud": ...},
        {"azp": "another"},
        {"sub": ...},
        {"at_hash": "of another access token"},
    ],
    ids=str,
)
async def test_x80_x84_a_token_from_or_for_somebody_else_is_refused(
    client: Client, issuer: Issuer, changes: dict[str, Any]
):
    issuer.changes = changes

    with pytest.raises(TokenRefused):
        await who(client)


@pytest.mark.parametrize(
    "of",
    [
        lambda now: {"exp": now - 61, "iat": now - 300},
        lambda now: {"exp": ...},
        lambda now: {"exp": str(now + 300)},
        lambda now: {"exp": float(now + 300) + 0.5},
        lambda now: {"exp": 10**30},
        lambda now: {"exp": True},
        lambda now: {"exp": now + 25 * 3600},
        lambda now: {"iat": ...},
        lambda now: {"iat": now + 120},
        lambda now: {"iat": now + 120, "exp": now + 60},
        lambda now: {"nbf": now + 120},
    ],
    ids=[
        "expired",
        "no exp",
        "exp is text",
        "exp is a fraction",
        "exp is huge",
        "exp is true",
        "lives for 25 hours",
        "no iat",
        "iat to come",
        "ends before it begins",
        "nbf to come",
    ],
)
async def test_x81_a_token_of_another_time_is_refused(
    client: Client, issuer: Issuer, moved_clock: MovedClock, of: Callable[[int], dict[str, Any]]
):
    issuer.changes = of(int(moved_clock.timestamp()))

    with pytest.raises(TokenRefused):
        await who(client)


@pytest.mark.parametrize("nonce", [..., "", "of-another-sign-in", None])
async def test_x82_a_token_of_another_sign_in_is_refused(
    client: Client, issuer: Issuer, nonce: Any
):
    issuer.changes = {"nonce": nonce}

    with pytest.raises(TokenRefused):
        await who(client)


@pytest.mark.parametrize(
    "changes",
    [
        {"https://slack.com/team_id": ...},
        {"https://slack.com/user_id": ...},
        {"https://slack.com/user_id": "U00000ANA"},
        {"sub": "cam"},
    ],
    ids=str,
)
async def test_x83_a_token_that_does_not_say_who_it_is_of_is_refused(
    client: Client, issuer: Issuer, changes: dict[str, Any]
):
    issuer.changes = changes

    with pytest.raises(TokenRefused):
        await who(client)


@pytest.mark.parametrize(
    "answer",
    [
        lambda: web.Response(status=500),
        lambda: web.Response(text="<html>", content_type="text/html"),
        lambda: web.Response(body=b" " * 10_000_000, content_type="application/json"),
        lambda: web.json_response([]),
        lambda: web.json_response({"keys": {}}),
        lambda: web.Response(text="[" * 100_000, content_type="application/json"),
        lambda: web.Response(body=b"x", headers={"Content-Encoding": "gzip"}),
    ],
    ids=["500", "HTML", "10 MB", "a list", "no list", "deep", "compressed"],
)
async def test_x85_without_keys_nobody_is_believed(
    client: Client, issuer: Issuer, answer: Callable[[], web.Response]
):
    issuer.keys_answer = answer()

    with pytest.raises(Unavailable):
        await who(client)


@pytest.mark.parametrize(
    "listed",
    [
        {"kty": "oct", "k": "AAAA", "kid": "first"},
        {"kty": "RSA", "kid": "first", "use": "enc"},
        {"kty": "RSA", "kid": "first", "alg": "RS512"},
        {"kty": "RSA", "kid": "first", "n": "AQAB", "e": "AQAB"},
        {"kty": "RSA", "kid": "first", "n": "not base64!", "e": 3},
        "a string",
    ],
    ids=str,
)
async def test_x85_a_listed_key_that_cannot_sign_id_tokens_is_passed_over(
    client: Client, issuer: Issuer, listed: Any
):
    issuer.keys_answer = web.json_response({"keys": [listed]})

    with pytest.raises(TokenRefused):
        await who(client)


async def test_x85_cached_keys_serve_while_the_issuer_does_not_answer_for_them(
    client: Client, issuer: Issuer, moved_clock: MovedClock
):
    await who(client)
    issuer.keys_answer = web.Response(text="<html>down</html>", content_type="text/html")
    moved_clock.move(seconds=2 * GOOD_FOR.total_seconds())

    said = await who(client)

    assert said.user_id == "U00000CAM"


async def test_x85_a_flood_of_unknown_keys_asks_the_issuer_once_a_minute(
    client: Client, issuer: Issuer, moved_clock: MovedClock
):
    await who(client)
    issuer.header = {"kid": "unknown"}
    moved_clock.move(seconds=AT_MOST_EVERY.total_seconds())

    for _ in range(5):
        with pytest.raises(TokenRefused):
            await who(client)

    assert issuer.asked.count("keys") == 2


async def test_a_key_that_is_newer_than_what_we_have_is_fetched(
    client: Client, issuer: Issuer, moved_clock: MovedClock
):
    await who(client)
    issuer.keys, issuer.signing_key = [KEY, OTHER_KEY], OTHER_KEY
    moved_clock.move(seconds=AT_MOST_EVERY.total_seconds())

    said = await who(client)

    assert said.user_id == "U00000CAM"


async def test_the_discovery_document_is_asked_for_once(client: Client, issuer: Issuer):
    await asyncio.gather(*(client.where_to_sign_in("s", "n", "T0") for _ in range(5)))

    assert issuer.asked == ["discovery"]


async def test_an_issuer_that_was_down_is_asked_again_soon(
    client: Client, issuer: Issuer, moved_clock: MovedClock
):
    issuer.discovery = {"jwks_uri": None}
    for _ in range(3):
        with pytest.raises(Unavailable):
            await client.where_to_sign_in("s", "n", "T0")
    issuer.discovery = {}
    moved_clock.move(seconds=AGAIN.total_seconds())

    address = await client.where_to_sign_in("s", "n", "T0")

    assert address.startswith(f"{issuer.url}/authorize?")
    assert issuer.asked == ["discovery", "discovery"]


@pytest.mark.parametrize(
    "changed",
    [
        {"issuer": "https://slack.com.evil"},
        {"jwks_uri": "http://evil.example/keys"},
        {"token_endpoint": "file:///etc/passwd"},
        {"authorization_endpoint": "https:///nowhere"},
        {"jwks_uri": None},
    ],
    ids=str,
)
async def test_a_discovery_document_that_leads_elsewhere_is_not_followed(
    client: Client, issuer: Issuer, changed: dict[str, Any]
):
    issuer.discovery = changed

    with pytest.raises(Unavailable):
        await client.where_to_sign_in("s", "n", "T0")
