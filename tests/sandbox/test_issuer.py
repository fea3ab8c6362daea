"""The OpenID Connect issuer: documents, codes, tokens, claims, and Slack's way to refuse."""

import asyncio
import base64
import hashlib
from urllib.parse import quote

import aiohttp
import jwt
import pytest
from slack_sdk.errors import SlackApiError

from bot.sandbox import Credentials, Fault, Sandbox

CALLBACK = "http://127.0.0.1:3000/auth/slack/callback"
TEAM_ID, USER_ID = "https://slack.com/team_id", "https://slack.com/user_id"


@pytest.fixture
async def sandbox(clock):
    sandbox = await Sandbox.start(bot_url="http://127.0.0.1:3000", now=clock)
    yield sandbox
    await sandbox.stop()


@pytest.fixture
async def web():
    async with aiohttp.ClientSession() as session:
        yield session


@pytest.fixture
def fetch(sandbox, web):
    async def fetch(path):
        async with web.get(sandbox.url + path) as response:
            return await response.json()

    return fetch


@pytest.fixture
def redeem(sandbox, web):
    async def redeem(code, **changed):
        known = sandbox.credentials
        values = {
            "client_id": known.sign_in_client_id,
            "client_secret": known.sign_in_client_secret,
            "code": code,
            "redirect_uri": CALLBACK,
            "grant_type": "authorization_code",
        }
        values = {name: each for name, each in (values | changed).items() if each is not None}
        async with web.post(f"{sandbox.url}/api/openid.connect.token", data=values) as response:
            assert response.status == 200
            return await response.json()

    return redeem


def verified(token, key_set, sandbox, clock):
    """Check the signature as a client would; times are checked against the moved clock."""
    kid = jwt.get_unverified_header(token)["kid"]
    (key,) = [each for each in key_set["keys"] if each["kid"] == kid]
    claims = jwt.decode(
        token,
        jwt.PyJWK(key).key,
        algorithms=["RS256"],
        audience=sandbox.credentials.sign_in_client_id,
        issuer=sandbox.url,
        options={"verify_exp": False, "verify_iat": False, "strict_aud": True},
    )
    assert claims["iat"] <= clock() < claims["exp"]
    return claims


# --- documents


async def test_the_discovery_document_names_every_endpoint_of_this_workspace(sandbox, fetch):
    found = await fetch("/.well-known/openid-configuration")

    assert found["issuer"] == sandbox.url
    assert found["authorization_endpoint"] == f"{sandbox.url}/openid/connect/authorize"
    assert found["token_endpoint"] == f"{sandbox.url}/api/openid.connect.token"
    assert found["userinfo_endpoint"] == f"{sandbox.url}/api/openid.connect.userInfo"
    assert found["jwks_uri"] == f"{sandbox.url}/openid/connect/keys"
    assert found["id_token_signing_alg_values_supported"] == ["RS256"]


async def test_the_key_set_holds_public_keys_only(fetch):
    (key,) = (await fetch("/openid/connect/keys"))["keys"]

    assert key.keys() == {"kty", "n", "e", "alg", "use", "kid"}
    assert (key["kty"], key["alg"], key["use"]) == ("RSA", "RS256", "sig")


async def test_requests_for_documents_are_counted(sandbox, fetch):
    await fetch("/.well-known/openid-configuration")
    await fetch("/openid/connect/keys")

    assert [each.method for each in sandbox.sign_in.calls] == ["openid.discovery", "openid.keys"]


# --- the exchange


async def test_a_code_becomes_an_id_token_with_slacks_claims(sandbox, fetch, redeem, clock):
    code = sandbox.sign_in.code("bo", nonce="n-1")

    answer = await redeem(code)
    claims = verified(answer["id_token"], await fetch("/openid/connect/keys"), sandbox, clock)

    assert answer.keys() == {"ok", "access_token", "token_type", "id_token"}
    assert (answer["ok"], answer["token_type"]) == (True, "Bearer")
    assert claims["sub"] == claims[USER_ID] == sandbox.member("bo").id
    assert claims[TEAM_ID] == sandbox.credentials.team_id
    assert claims["nonce"] == "n-1"
    assert (claims["name"], claims["email"]) == ("Bo Lindqvist", "bo@example.com")
    assert (claims["email_verified"], claims["locale"]) == (True, "en-US")
    assert claims["picture"].startswith(sandbox.url)
    assert claims["auth_time"] == claims["iat"] == int(clock())


async def test_at_hash_is_half_of_the_access_tokens_hash(sandbox, redeem):
    answer = await redeem(sandbox.sign_in.code("bo"))

    digest = hashlib.sha256(answer["access_token"].encode()).digest()[:16]
    expected = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
    claims = jwt.decode(answer["id_token"], options={"verify_signature": False})
    assert claims["at_hash"] == expected


async def test_claims_go_as_far_as_the_scopes(sandbox, redeem):
    answer = await redeem(sandbox.sign_in.code("bo", scope="openid"))

    claims = jwt.decode(answer["id_token"], options={"verify_signature": False})
    assert not claims.keys() & {"email", "name", "picture", "nonce"}
    assert {"sub", USER_ID, TEAM_ID} <= claims.keys()


async def test_an_external_person_has_their_own_team(sandbox, redeem):
    answer = await redeem(sandbox.sign_in.code("eve"))

    claims = jwt.decode(answer["id_token"], options={"verify_signature": False})
    assert claims[TEAM_ID] == "T0GLOBEX0"


async def test_a_client_may_prove_itself_with_basic_authentication(sandbox, redeem, web):
    known = sandbox.credentials
    pair = f"{quote(known.sign_in_client_id)}:{known.sign_in_client_secret}"
    headers = {"Authorization": "Basic " + base64.b64encode(pair.encode()).decode()}
    values = {"code": sandbox.sign_in.code("bo"), "redirect_uri": CALLBACK}

    url = f"{sandbox.url}/api/openid.connect.token"
    async with web.post(url, headers=headers, data=values) as response:
        answer = await response.json()

    assert answer["ok"]


async def test_a_code_is_good_once(sandbox, redeem):
    code = sandbox.sign_in.code("bo")

    first, second = await redeem(code), await redeem(code)

    assert first["ok"]
    assert second == {"ok": False, "error": "invalid_code"}


async def test_a_code_is_good_for_ten_minutes(sandbox, redeem, clock):
    young, old = sandbox.sign_in.code("bo"), sandbox.sign_in.code("bo")

    clock.move(600)
    in_time = await redeem(young)
    clock.move(1)

    assert in_time["ok"]
    assert (await redeem(old))["error"] == "invalid_code"


@pytest.mark.parametrize(
    ("changed", "error"),
    [
        ({"code": "forged"}, "invalid_code"),
        ({"code": None}, "invalid_code"),
        ({"client_id": "1.2"}, "invalid_client_id"),
        ({"client_id": None}, "invalid_client_id"),
        ({"client_secret": "guessed"}, "bad_client_secret"),
        ({"client_secret": "gues\u015fed"}, "bad_client_secret"),
        ({"client_secret": None}, "bad_client_secret"),
        ({"redirect_uri": CALLBACK + "/"}, "bad_redirect_uri"),
        ({"redirect_uri": None}, "bad_redirect_uri"),
        ({"grant_type": "refresh_token"}, "invalid_grant_type"),
    ],
)
async def test_an_exchange_that_does_not_fit_is_refused_in_slacks_words(
    sandbox, redeem, changed, error
):
    code = sandbox.sign_in.code("bo")

    assert await redeem(**{"code": code, **changed}) == {"ok": False, "error": error}


async def test_a_code_of_another_app_is_no_code(sandbox, redeem):
    code = sandbox.sign_in.code("bo", client_id="000000000001.000000000002")

    assert (await redeem(code))["error"] == "invalid_code"


async def test_a_broken_basic_header_is_an_unknown_client(sandbox, web):
    headers = {"Authorization": "Basic !"}
    url = f"{sandbox.url}/api/openid.connect.token"

    async with web.post(url, headers=headers, data={"code": "x"}) as response:
        assert (await response.json())["error"] == "invalid_client_id"


async def test_the_clients_secret_stays_out_of_the_record_of_calls(sandbox, redeem):
    await redeem(sandbox.sign_in.code("bo"))

    assert sandbox.calls[-1].method == "openid.connect.token"
    assert "client_secret" not in sandbox.calls[-1].arguments


# --- userInfo


async def test_the_access_token_opens_user_info(sandbox, redeem, kit):
    answer = await redeem(sandbox.sign_in.code("bo"))

    info = await kit.client(sandbox, answer["access_token"]).openid_connect_userInfo()

    assert info["ok"]
    assert info["sub"] == info[USER_ID] == sandbox.member("bo").id
    assert info[TEAM_ID] == sandbox.credentials.team_id
    assert info["email"] == "bo@example.com"


async def test_other_tokens_do_not_open_user_info(slack):
    with pytest.raises(SlackApiError, match="invalid_auth"):
        await slack.openid_connect_userInfo()


async def test_the_access_token_opens_nothing_else(sandbox, redeem, kit):
    answer = await redeem(sandbox.sign_in.code("bo"))

    with pytest.raises(SlackApiError, match="invalid_auth"):
        await kit.client(sandbox, answer["access_token"]).auth_test()


async def test_who_has_left_since_has_no_user_info(sandbox, redeem, kit):
    answer = await redeem(sandbox.sign_in.code("bo"))
    sandbox.deactivate("bo")

    with pytest.raises(SlackApiError, match="account_inactive"):
        await kit.client(sandbox, answer["access_token"]).openid_connect_userInfo()


# --- keys over time


async def test_a_rotated_key_signs_and_the_old_one_still_verifies(sandbox, fetch, redeem, clock):
    before = await redeem(sandbox.sign_in.code("bo"))
    key_id = sandbox.sign_in.rotate()
    after = await redeem(sandbox.sign_in.code("bo"))
    key_set = await fetch("/openid/connect/keys")

    assert jwt.get_unverified_header(after["id_token"])["kid"] == key_id
    assert verified(before["id_token"], key_set, sandbox, clock)
    assert verified(after["id_token"], key_set, sandbox, clock)


async def test_a_key_can_be_withdrawn(sandbox, fetch, redeem):
    before = await redeem(sandbox.sign_in.code("bo"))

    key_id = sandbox.sign_in.rotate(keep_old=False)
    key_set = await fetch("/openid/connect/keys")

    assert [each["kid"] for each in key_set["keys"]] == [key_id]
    assert jwt.get_unverified_header(before["id_token"])["kid"] != key_id


async def test_the_key_survives_a_restart_and_is_not_shown_around(tmp_path, web):
    async def key_set(sandbox):
        async with web.get(f"{sandbox.url}/openid/connect/keys") as response:
            return await response.json()

    credentials = Credentials(redirect_urls=(CALLBACK,))
    first = await Sandbox.start(state=tmp_path / "state.json", credentials=credentials)
    before = await key_set(first)
    async with web.get(f"{first.url}/sandbox/state") as response:
        shown = await response.text()
    await first.stop()

    second = await Sandbox.start(state=tmp_path / "state.json")
    after = await key_set(second)
    await second.stop()

    assert before == after
    assert second.credentials == credentials
    assert second.redirect_urls == (CALLBACK,)
    assert "PRIVATE KEY" not in shown
    assert credentials.sign_in_client_secret not in shown


# --- faults


@pytest.mark.parametrize("name", ["openid.keys", "openid.discovery"])
async def test_a_document_can_be_down_or_a_web_page(sandbox, web, name):
    paths = {
        "openid.keys": "/openid/connect/keys",
        "openid.discovery": "/.well-known/openid-configuration",
    }
    sandbox.faults.add(name, Fault.status(503))
    sandbox.faults.add(name, Fault.html())

    seen = []
    for _ in range(3):
        async with web.get(sandbox.url + paths[name]) as response:
            seen.append((response.status, response.content_type))

    assert seen == [(503, "text/plain"), (200, "text/html"), (200, "application/json")]


async def test_the_key_set_can_be_huge(sandbox, web):
    sandbox.faults.add("openid.keys", Fault.huge(1_000_000))

    async with web.get(f"{sandbox.url}/openid/connect/keys") as response:
        raw = await response.read()

    assert len(raw) > 1_000_000
    assert b'"kid"' in raw


async def test_the_key_set_can_be_slow(sandbox, fetch):
    sandbox.faults.add("openid.keys", Fault.slow(0.05))

    assert len((await fetch("/openid/connect/keys"))["keys"]) == 1


async def test_a_fault_for_every_method_leaves_the_documents_alone(sandbox, fetch, redeem):
    sandbox.faults.add("*", Fault.error("internal_error"))

    key_set = await fetch("/openid/connect/keys")
    answer = await redeem(sandbox.sign_in.code("bo"))

    assert key_set["keys"]
    assert answer["error"] == "internal_error"


async def test_the_answer_of_an_exchange_can_get_lost(sandbox, redeem):
    code = sandbox.sign_in.code("bo")
    sandbox.faults.add("openid.connect.token", Fault.reset_after())

    with pytest.raises(aiohttp.ClientConnectionError):
        await redeem(code)

    assert (await redeem(code))["error"] == "invalid_code"


async def test_a_silence_of_a_document_ends_with_the_sandbox(sandbox, fetch):
    sandbox.faults.add("openid.keys", Fault.hang(60))
    fetching = asyncio.create_task(fetch("/openid/connect/keys"))
    await sandbox.until(lambda: not list(sandbox.faults.planned()))

    await asyncio.wait_for(sandbox.stop(), 2)

    with pytest.raises(aiohttp.ClientError):
        await fetching


def test_the_clients_secret_stays_out_of_the_repr():
    credentials = Credentials()

    assert credentials.sign_in_client_secret not in repr(credentials)
    assert credentials.sign_in_client_id in repr(credentials)
