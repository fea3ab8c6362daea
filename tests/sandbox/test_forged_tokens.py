"""Forged id_tokens: each is wrong in the way its name says, once, and then all is well again.

Each forgery is shown to a careful reader, and to see that nothing else is wrong with it, to one
who overlooks just that.
"""

import json
from base64 import urlsafe_b64decode

import aiohttp
import jwt
import pytest
from jwt.algorithms import RSAAlgorithm

from bot.sandbox import Forgery, Sandbox

TEAM_ID, USER_ID = "https://slack.com/team_id", "https://slack.com/user_id"


@pytest.fixture
async def sandbox():
    sandbox = await Sandbox.start(bot_url="http://127.0.0.1:3000")
    yield sandbox
    await sandbox.stop()


@pytest.fixture
async def token(sandbox):
    """Sign bo in, and answer what came as id_token and as access token."""
    async with aiohttp.ClientSession() as session:

        async def token():
            known = sandbox.credentials
            values = {
                "client_id": known.sign_in_client_id,
                "client_secret": known.sign_in_client_secret,
                "code": sandbox.sign_in.code("bo", nonce="n-1"),
                "redirect_uri": sandbox.redirect_urls[0],
            }
            url = f"{sandbox.url}/api/openid.connect.token"
            async with session.post(url, data=values) as response:
                answer = await response.json()
            return answer["id_token"], answer["access_token"]

        yield token


@pytest.fixture
async def key(sandbox):
    async with (
        aiohttp.ClientSession() as session,
        session.get(f"{sandbox.url}/openid/connect/keys") as response,
    ):
        return jwt.PyJWK((await response.json())["keys"][0]).key


@pytest.fixture
def read(sandbox, key):
    """Read a token as a careful client does."""

    def read(token, **options):
        return jwt.decode(
            token,
            key,
            algorithms=["RS256"],
            audience=sandbox.credentials.sign_in_client_id,
            issuer=sandbox.url,
            options={"require": ["exp", "iat"], "strict_aud": True, **options},
        )

    return read


def header(token):
    return jwt.get_unverified_header(token)


def claims(token):
    body = token.split(".")[1]
    return json.loads(urlsafe_b64decode(body + "=" * (-len(body) % 4)))


@pytest.mark.parametrize("algorithm", ["none", "NONE", "nOnE"])
async def test_a_token_can_be_unsigned(sandbox, token, read, algorithm):
    sandbox.sign_in.next_token(Forgery.unsigned(algorithm))

    forged, _ = await token()

    assert header(forged)["alg"] == algorithm
    assert forged.endswith(".")
    with pytest.raises(jwt.InvalidTokenError):
        read(forged)


async def test_a_token_can_promise_a_signature_and_have_none(sandbox, token, read):
    sandbox.sign_in.next_token(Forgery.empty_signature())

    forged, _ = await token()

    assert (header(forged)["alg"], forged[-1]) == ("RS256", ".")
    with pytest.raises(jwt.InvalidSignatureError):
        read(forged)


async def test_a_token_can_be_signed_with_the_public_key_as_a_secret(sandbox, token, read):
    sandbox.sign_in.next_token(Forgery.with_public_key())

    forged, _ = await token()

    assert header(forged)["alg"] == "HS256"
    with pytest.raises(jwt.InvalidAlgorithmError):
        read(forged)


async def test_a_token_can_be_signed_with_the_clients_secret(sandbox, token, read):
    sandbox.sign_in.next_token(Forgery.with_client_secret())

    forged, _ = await token()

    secret = sandbox.credentials.sign_in_client_secret
    options = {"verify_aud": False}
    assert jwt.decode(forged, secret, algorithms=["HS256"], options=options)["nonce"] == "n-1"
    with pytest.raises(jwt.InvalidAlgorithmError):
        read(forged)


async def test_a_token_can_be_signed_with_another_key_under_our_key_id(sandbox, token, read):
    good, _ = await token()
    sandbox.sign_in.next_token(Forgery.another_key())

    forged, _ = await token()

    assert header(forged) == header(good)
    with pytest.raises(jwt.InvalidSignatureError):
        read(forged)


@pytest.mark.parametrize("key_id", ["unknown", None])
async def test_a_token_can_name_an_unknown_key_or_none(sandbox, token, read, key_id):
    sandbox.sign_in.next_token(Forgery.unknown_key_id(key_id))

    forged, _ = await token()

    assert header(forged).get("kid") == key_id
    with pytest.raises(jwt.InvalidSignatureError):
        read(forged)


async def test_a_token_can_bring_its_own_key(sandbox, token, read):
    sandbox.sign_in.next_token(Forgery.key_inside())

    forged, _ = await token()

    inside = RSAAlgorithm.from_jwk(header(forged)["jwk"])
    options = {"verify_aud": False}
    assert jwt.decode(forged, inside, algorithms=["RS256"], options=options)["nonce"] == "n-1"
    with pytest.raises(jwt.InvalidSignatureError):
        read(forged)


async def test_a_token_can_say_where_its_key_is(sandbox, token, read):
    url = "http://127.0.0.1:9/keys"
    sandbox.sign_in.next_token(Forgery.with_header(jku=url, x5u=url))

    forged, _ = await token()

    assert (header(forged)["jku"], header(forged)["x5u"]) == (url, url)
    with pytest.raises(jwt.InvalidSignatureError):
        read(forged)


@pytest.mark.parametrize("segments", [1, 2])
async def test_a_token_can_be_cut(sandbox, token, read, segments):
    sandbox.sign_in.next_token(Forgery.cut(segments))

    forged, _ = await token()

    assert len(forged.split(".")) == segments
    with pytest.raises(jwt.DecodeError):
        read(forged)


async def test_a_token_can_be_huge_and_else_right(sandbox, token, read):
    sandbox.sign_in.next_token(Forgery.huge(1_000_000))

    forged, _ = await token()

    assert len(forged) > 1_000_000
    assert read(forged)["nonce"] == "n-1"


async def test_an_access_token_or_anything_can_stand_in_the_tokens_place(sandbox, token):
    sandbox.sign_in.next_token(Forgery.access_token())
    sandbox.sign_in.next_token(Forgery.instead("x"))

    first, access_token = await token()
    second, _ = await token()

    assert (first, second) == (access_token, "x")


@pytest.mark.parametrize(
    "changed",
    [
        {"iss": "https://slack.com.evil"},
        {"iss": None},
        {"aud": "000000000001.000000000002"},
        {"aud": ["ours", "000000000001.000000000002"]},
        {"aud": None},
        {"exp": 1},
        {"exp": None},
        {"exp": "soon"},
        {"nbf": 4_000_000_000},
        {"iat": 4_000_000_000},
        {"iat": None},
    ],
    ids=str,
)
async def test_a_claim_can_be_wrong_so_that_a_careful_reader_refuses(sandbox, token, read, changed):
    sandbox.sign_in.next_token(**changed)

    forged, _ = await token()

    for name, value in changed.items():
        assert claims(forged).get(name) == value
    with pytest.raises(jwt.InvalidTokenError):
        read(forged)


@pytest.mark.parametrize(
    ("changed", "name"),
    [
        ({"nonce": "of another login"}, "nonce"),
        ({"nonce": None}, "nonce"),
        ({"nonce": ""}, "nonce"),
        ({"at_hash": "wrong"}, "at_hash"),
        ({"sub": "U00000ANA"}, "sub"),
        ({"team_id": "T0GLOBEX0"}, TEAM_ID),
        ({"team_id": None}, TEAM_ID),
        ({"user_id": "U00000ANA"}, USER_ID),
        ({"azp": "000000000001.000000000002"}, "azp"),
        ({"exp": "4000000000"}, "exp"),
        ({"exp": 10**30}, "exp"),
        ({"email": "ana@example.com"}, "email"),
    ],
    ids=str,
)
async def test_a_claim_can_be_wrong_where_only_the_client_itself_can_tell(
    sandbox, token, read, changed, name
):
    sandbox.sign_in.next_token(**changed)

    forged, _ = await token()

    (value,) = changed.values()
    assert read(forged, verify_exp=False).get(name) == value


async def test_a_list_of_audiences_passes_a_reader_who_is_not_strict(sandbox, token, read):
    ours = sandbox.credentials.sign_in_client_id
    sandbox.sign_in.next_token(aud=[ours, "other"])

    forged, _ = await token()

    assert read(forged, strict_aud=False)["aud"] == [ours, "other"]
    with pytest.raises(jwt.InvalidAudienceError):
        read(forged)


async def test_claims_and_signature_can_be_wrong_together(sandbox, token):
    sandbox.sign_in.next_token(Forgery.unsigned(), sub="U00000ANA")

    forged, _ = await token()

    assert (header(forged)["alg"], claims(forged)["sub"]) == ("none", "U00000ANA")


async def test_each_forgery_strikes_once_in_the_order_of_asking(sandbox, token, read):
    sandbox.sign_in.next_token(nonce="first")
    sandbox.sign_in.next_token(nonce="second")

    tokens = [await token() for _ in range(3)]

    assert [read(each)["nonce"] for each, _ in tokens] == ["first", "second", "n-1"]
