"""The issuer: its two documents, its two methods, and what a test may make go wrong."""

import asyncio
import hmac
from collections import deque
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import orjson
from aiohttp import web

from bot.sandbox import finding
from bot.sandbox.api.door import suffer
from bot.sandbox.api.methods import Method
from bot.sandbox.arguments import Arguments
from bot.sandbox.calls import KEPT, Call
from bot.sandbox.faults import Faults
from bot.sandbox.people import Person
from bot.sandbox.refusal import Refused
from bot.sandbox.sign_in import claims, keys, tokens
from bot.sandbox.sign_in.consent import PATH as AUTHORIZE_PATH
from bot.sandbox.sign_in.consent import Consent
from bot.sandbox.sign_in.forgery import Forgery
from bot.sandbox.sign_in.grants import Grant, Grants
from bot.sandbox.sign_in.keys import SigningKey
from bot.sandbox.wire import Json
from bot.sandbox.workspace import Workspace

DISCOVERY_PATH = "/.well-known/openid-configuration"
KEYS_PATH = "/openid/connect/keys"
CALLBACK = "/auth/slack/callback"
# By what a keyword can be called: the names of these claims are addresses.
SHORT = {"team_id": claims.TEAM_ID, "user_id": claims.USER_ID}


class SignIn:
    """Sign in with Slack. `calls` are the requests for its two documents, oldest first."""

    def __init__(self, workspace: Workspace, faults: Faults, bot_url: Callable[[], str]) -> None:
        self.calls: deque[Call] = deque(maxlen=KEPT)
        self._workspace = workspace
        self._faults = faults
        self._bot_url = bot_url
        self._registered = workspace.credentials.redirect_urls
        self._grants = Grants(workspace.now)
        self._forgeries: deque[Forgery] = deque()
        self._consent = Consent(workspace, self._grants, lambda: self.redirect_urls)
        self._closing = asyncio.Event()

    def add_routes(self, application: web.Application) -> None:
        application.router.add_get(DISCOVERY_PATH, self._handle_discovery)
        application.router.add_get(KEYS_PATH, self._handle_keys)
        self._consent.add_routes(application)

    def methods(self) -> dict[str, Method]:
        return {"openid.connect.token": self._token, "openid.connect.userInfo": self._user_info}

    def close(self) -> None:
        """End every planned silence, so that the server can stop."""
        self._closing.set()

    # --- what a test sees and does

    @property
    def redirect_urls(self) -> tuple[str, ...]:
        """Where people may be sent back to: those registered, else the bot's own callback."""
        return self._registered or (self._bot_url().rstrip("/") + CALLBACK,)

    @redirect_urls.setter
    def redirect_urls(self, urls: tuple[str, ...]) -> None:
        self._registered = tuple(urls)

    # Any: what is wrong with a claim may be its type.
    def next_token(self, forgery: Forgery | None = None, /, **changed: Any) -> None:
        """Make the next id_token wrong; calls add up, one for each token to come.

        A claim given replaces the right one, None leaves it out; `team_id` and `user_id` stand
        for Slack's claims of those names.
        """
        wrong = forgery or Forgery(name="claims")
        named = {SHORT.get(name, name): value for name, value in changed.items()}
        self._forgeries.append(replace(wrong, claims=wrong.claims | named))

    def rotate(self, *, keep_old: bool = True) -> str:
        """Sign with a new key from now on; answers its id. The old ones stay published."""
        known = self._keys() if keep_old else []
        self._workspace.put_signing_keys([*known, keys.fresh()])
        return self._keys()[-1].id

    def code(
        self,
        name: str,
        *,
        client_id: str | None = None,
        redirect_uri: str | None = None,
        nonce: str | None = None,
        scope: str = "openid email profile",
    ) -> str:
        """Make a code as if somebody had consented; *client_id* may be another app's."""
        grant = Grant(
            user_id=finding.person(self._workspace, name).id,
            client_id=client_id or self._workspace.credentials.sign_in_client_id,
            redirect_uri=redirect_uri or self.redirect_urls[0],
            scopes=tuple(scope.split()),
            nonce=nonce,
            granted_at=self._workspace.now(),
        )
        return self._grants.code(grant)

    # --- documents

    async def _handle_discovery(self, request: web.Request) -> web.StreamResponse:
        return await self._document(request, "openid.discovery", self._discovery)

    async def _handle_keys(self, request: web.Request) -> web.StreamResponse:
        return await self._document(request, "openid.keys", self._key_set)

    async def _document(
        self, request: web.Request, name: str, draw: Callable[[], Json]
    ) -> web.StreamResponse:
        self.calls.append(Call(method=name, arguments={}, at=self._workspace.now()))
        self._workspace.changed()
        fault = self._faults.take(name)
        if fault is None:
            return web.json_response(body=orjson.dumps(draw()))
        return await suffer(request, fault, draw, self._closing)

    def _discovery(self) -> Json:
        url = self._workspace.url
        return {
            "issuer": url,
            "authorization_endpoint": url + AUTHORIZE_PATH,
            "token_endpoint": f"{url}/api/openid.connect.token",
            "userinfo_endpoint": f"{url}/api/openid.connect.userInfo",
            "jwks_uri": url + KEYS_PATH,
        } | ABILITIES

    def _key_set(self) -> Json:
        return {"keys": [keys.jwk(each) for each in self._keys()]}

    def _keys(self) -> list[SigningKey]:
        """Answer the keys, making the first when it is first asked for: most tests never do."""
        if not self._workspace.signing_keys:
            self._workspace.put_signing_keys([keys.fresh()])
        return self._workspace.signing_keys

    # --- methods

    def _token(self, arguments: Arguments) -> Json:
        client_id = self._authenticated(arguments)
        if arguments.optional("grant_type", "authorization_code") != "authorization_code":
            raise Refused("invalid_grant_type")
        code, redirect_uri = arguments.optional("code"), arguments.optional("redirect_uri")
        grant = self._grants.redeem(code, client_id, redirect_uri)
        access_token = self._grants.access_token(grant)
        return {
            "access_token": access_token,
            "token_type": "Bearer",
            "id_token": self._id_token(grant, access_token),
        }

    def _authenticated(self, arguments: Arguments) -> str:
        credentials = self._workspace.credentials
        client_id, secret = arguments.optional("client_id"), arguments.optional("client_secret")
        if client_id != credentials.sign_in_client_id:
            raise Refused("invalid_client_id")
        if not hmac.compare_digest(secret.encode(), credentials.sign_in_client_secret.encode()):
            raise Refused("bad_client_secret")
        return client_id

    def _id_token(self, grant: Grant, access_token: str) -> str:
        person = self._workspace.people[grant.user_id]
        return tokens.written(
            self._keys()[-1],
            claims.of_token(self._workspace, person, grant, access_token),
            self._forgeries.popleft() if self._forgeries else Forgery(),
            access_token=access_token,
            client_secret=self._workspace.credentials.sign_in_client_secret,
        )

    def _user_info(self, arguments: Arguments) -> Json:
        token = arguments.optional("token")
        if not token:
            raise Refused("not_authed")
        grant = self._grants.of(token)
        if grant is None:
            raise Refused("invalid_auth")
        return claims.about(self._workspace, self._active(grant), grant.scopes)

    def _active(self, grant: Grant) -> Person:
        person = self._workspace.people[grant.user_id]
        if person.deleted:
            raise Refused("account_inactive")
        return person


# What Slack's own document says of itself.
ABILITIES: Json = {
    "scopes_supported": ["openid", "profile", "email"],
    "response_types_supported": ["code"],
    "response_modes_supported": ["form_post"],
    "grant_types_supported": ["authorization_code"],
    "subject_types_supported": ["public"],
    "id_token_signing_alg_values_supported": ["RS256"],
    "claims_supported": ["sub", "auth_time", "iss"],
    "claims_parameter_supported": False,
    "request_parameter_supported": False,
    "request_uri_parameter_supported": True,
    "token_endpoint_auth_methods_supported": ["client_secret_post", "client_secret_basic"],
}
