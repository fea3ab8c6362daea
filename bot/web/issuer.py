"""The issuer: where people sign in, asked by its discovery document. An OpenID Connect client."""

import asyncio
import logging
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any
from urllib.parse import urlsplit

import httpx2
from authlib.integrations.httpx_client import (  # type: ignore[import-untyped]
    AsyncOAuth2Client,
    OAuthError,
)
from joserfc.errors import JoseError
from joserfc.jwk import RSAKey
from pydantic import BaseModel, ConfigDict, ValidationError

from bot.web import id_token
from bot.web.id_token import Claims, TokenRefused
from bot.web.kept import Kept, Unavailable
from workflows.clock import Clock

log = logging.getLogger(__name__)

TIMEOUT_S = 10.0
LARGEST_ANSWER = 256 * 1024  # bytes
MOST_KEYS = 50
SCOPE = "openid profile"
# The issuer's own troubles, and ours with it: nothing that the person could mend.
ITS_TROUBLE = frozenset({"ratelimited", "internal_error", "fatal_error", "service_unavailable"})
OUR_TROUBLE = frozenset({"invalid_client_id", "bad_client_secret", "invalid_client"})

Keys = Mapping[str, RSAKey]


class CodeRefused(Exception):
    """The issuer does not take the code: used before, too old, or never issued to us."""


class Discovered(BaseModel):
    """What the discovery document says."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str


@dataclass(frozen=True)
class Issuer:
    """Sends people to sign in, and learns who they are. *address* is the issuer's name as well."""

    address: str
    client_id: str
    client_secret: str = field(repr=False)
    redirect_uri: str
    clock: Clock

    async def where_to_sign_in(self, state: str, nonce: str, team: str) -> str:
        """Answer the address of the issuer's own page. Raises Unavailable."""
        known = await self._discovered.get()
        address, _ = self._oauth.create_authorization_url(
            known.authorization_endpoint, state=state, nonce=nonce, team=team
        )
        return str(address)

    async def who(self, code: str, nonce: str) -> Claims:
        """Answer who signed in. Raises Unavailable, CodeRefused, TokenRefused."""
        answer = await self._exchange(code)
        token = answer.get("id_token")
        if not isinstance(token, str):
            raise TokenRefused("there is none")
        said = id_token.claims(token, await self._key(id_token.key_id(token)))
        id_token.check(
            said,
            issuer=self.address,
            client_id=self.client_id,
            nonce=nonce,
            now=self.clock.now(),
        )
        id_token.check_access_token(said, answer.get("access_token"))
        return said

    async def close(self) -> None:
        """Let go of the connections."""
        await self._oauth.aclose()

    # -- parts --------------------------------------------------------------------------------

    @cached_property
    def _oauth(self) -> Any:  # Any: the library declares no types
        return AsyncOAuth2Client(
            client_id=self.client_id,
            client_secret=self.client_secret,
            token_endpoint_auth_method="client_secret_post",  # noqa: S106  a method's name
            redirect_uri=self.redirect_uri,
            scope=SCOPE,
            timeout=TIMEOUT_S,
            headers={"Accept": "application/json", "Accept-Encoding": "identity"},
            # Plain http is on this machine, and no proxy leads back to it.
            trust_env=self.address.startswith("https:"),
            event_hooks={"response": [_bound]},
        )

    @cached_property
    def _discovered(self) -> Kept[Discovered]:
        return Kept(self._discover, self.clock)

    @cached_property
    def _keys(self) -> Kept[Keys]:
        return Kept(self._fetch_keys, self.clock)

    async def _discover(self) -> Discovered:
        try:
            found = Discovered.model_validate(
                await self._document(f"{self.address}/.well-known/openid-configuration")
            )
        except ValidationError as error:
            raise Unavailable("its discovery document is incomplete") from error
        if found.issuer != self.address:
            raise Unavailable(f"its discovery document names another issuer: {found.issuer:.200}")
        for endpoint in (found.authorization_endpoint, found.token_endpoint, found.jwks_uri):
            if not self._may_be_asked(endpoint):
                raise Unavailable(f"its endpoint is not safe to ask: {endpoint:.200}")
        return found

    def _may_be_asked(self, endpoint: str) -> bool:
        """Only https, or plain http where the issuer itself is: on this machine."""
        theirs, ours = urlsplit(endpoint), urlsplit(self.address)
        if theirs.scheme == "https":
            return bool(theirs.hostname)
        return (theirs.scheme, theirs.netloc) == (ours.scheme, ours.netloc)

    async def _exchange(self, code: str) -> Mapping[str, Any]:
        known = await self._discovered.get()
        try:
            async with asyncio.timeout(TIMEOUT_S):
                answer = await self._oauth.fetch_token(
                    known.token_endpoint, code=code, grant_type="authorization_code"
                )
        except OAuthError as error:
            raise _refusal(str(error.error)) from error
        except (httpx2.HTTPError, ValueError, TimeoutError) as error:
            raise Unavailable(f"its token endpoint: {type(error).__name__}") from error
        if not isinstance(answer, Mapping):
            raise Unavailable("its token endpoint answers no object")
        return answer

    async def _key(self, kid: str) -> RSAKey:
        """Answer a key by its name; one that is unknown may be newer than what we have."""
        if kid not in await self._keys.get():
            await self._keys.renew()
        key = (await self._keys.get()).get(kid)
        if key is None:
            raise TokenRefused(f"the issuer has no key {kid!r:.100}")
        return key

    async def _fetch_keys(self) -> Keys:
        known = await self._discovered.get()
        listed = (await self._document(known.jwks_uri)).get("keys")
        if not isinstance(listed, list):
            raise Unavailable("its keys are no list")
        return dict(filter(None, map(_usable, listed[:MOST_KEYS])))

    async def _document(self, address: str) -> dict[str, Any]:
        """Fetch a JSON object, bounded in size and time. Raises Unavailable."""
        try:
            async with asyncio.timeout(TIMEOUT_S):
                answer = await self._oauth.request("GET", address, withhold_token=True)
            answer.raise_for_status()
            found = answer.json()
        except (httpx2.HTTPError, ValueError, RecursionError, TimeoutError) as error:
            raise Unavailable(f"{address}: {type(error).__name__}") from error
        if not isinstance(found, dict):
            raise Unavailable(f"{address}: no object")
        return found


def _usable(listed: object) -> tuple[str, RSAKey] | None:
    """Answer a listed key under its name if it may sign id tokens."""
    if not isinstance(listed, dict) or not isinstance(listed.get("kid"), str):
        return None
    is_for_signing = listed.get("use", "sig") == "sig"
    if listed.get("kty") != "RSA" or not is_for_signing:
        return None
    if listed.get("alg", id_token.ALGORITHM) != id_token.ALGORITHM:
        return None
    try:
        # Nothing but the public numbers: what else is listed is none of our business.
        key = RSAKey.import_key({name: listed[name] for name in ("kty", "n", "e")})
        is_long = key.public_key.key_size >= id_token.SHORTEST_KEY
    except (JoseError, KeyError, ValueError, TypeError):
        return None
    return (listed["kid"], key) if is_long else None


def _refusal(code: str) -> Exception:
    if code in OUR_TROUBLE:
        log.error("sign-in: the issuer does not know our client id and secret (%.100s)", code)
        return Unavailable("it does not know us")
    if code in ITS_TROUBLE:
        return Unavailable(code)
    return CodeRefused(code[:100])


async def _bound(answer: httpx2.Response) -> None:
    """Let an answer be read only so far, and only as it is: nothing that unpacks to gigabytes."""
    if "Content-Encoding" in answer.headers:
        raise httpx2.RemoteProtocolError("the answer is compressed, though nobody asked for that")
    answer.stream = Bounded(answer.stream)


class Bounded(httpx2.AsyncByteStream):
    """An answer's bytes, up to a limit; past it, reading fails."""

    def __init__(self, stream: Any) -> None:
        self._stream = stream

    async def __aiter__(self) -> AsyncIterator[bytes]:
        read = 0
        async for part in self._stream:
            read += len(part)
            if read > LARGEST_ANSWER:
                raise httpx2.RemoteProtocolError("the answer is too large")
            yield part

    async def aclose(self) -> None:
        await self._stream.aclose()
