"""An OpenID Connect issuer whose tokens can be wrong in any way, and that need not ask anybody."""

import hmac
import json
import secrets
from base64 import urlsafe_b64encode
from hashlib import sha256
from html import escape
from typing import Any
from urllib.parse import urlencode

from aiohttp import web
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256
from joserfc.jwk import RSAKey

CLIENT_ID = "1111.2222"
CLIENT_SECRET = "the-issuer-and-harbor-know-this"
KEY = RSAKey.generate_key(2048, {"kid": "first", "use": "sig", "alg": "RS256"})
OTHER_KEY = RSAKey.generate_key(2048, {"kid": "other", "use": "sig", "alg": "RS256"})


def encoded(part: bytes) -> str:
    return urlsafe_b64encode(part).rstrip(b"=").decode()


class Issuer:
    """Signs `user` of `team` in; `asks`: on a page first. What is set here is true at once."""

    def __init__(self, clock: Any, team: str) -> None:
        self.clock, self.team, self.user = clock, team, ""
        self.url = ""
        self.asks = False
        self.keys = [KEY]
        self.signing_key = KEY
        self.header: dict[str, Any] = {}
        self.changes: dict[str, Any] = {}
        self.token: str | None = None  # sent instead of a made one
        self.keys_answer: web.Response | None = None  # sent instead of the keys
        self.discovery: dict[str, Any] = {}
        self.asked: list[str] = []
        self._codes: dict[str, dict[str, str]] = {}

    async def start(self) -> None:
        app = web.Application()
        app.router.add_get("/.well-known/openid-configuration", self._discover)
        app.router.add_get("/authorize", self._authorize)
        app.router.add_post("/token", self._exchange)
        app.router.add_get("/keys", self._list_keys)
        self._runner = web.AppRunner(app, access_log=None)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}"

    async def stop(self) -> None:
        await self._runner.cleanup()

    async def _discover(self, request: web.Request) -> web.Response:
        self.asked.append("discovery")
        return web.json_response(
            {
                "issuer": self.url,
                "authorization_endpoint": f"{self.url}/authorize",
                "token_endpoint": f"{self.url}/token",
                "jwks_uri": f"{self.url}/keys",
            }
            | self.discovery
        )

    async def _authorize(self, request: web.Request) -> web.Response:
        assert request.query["client_id"] == CLIENT_ID
        assert request.query["response_type"] == "code"
        assert "openid" in request.query["scope"].split()
        code = secrets.token_hex(8)
        self._codes[code] = dict(request.query)
        query = urlencode({"code": code, "state": request.query["state"]})
        back = f"{request.query['redirect_uri']}?{query}"
        if not self.asks:
            raise web.HTTPFound(back)
        page = (
            f'<title>Slack</title><link rel="icon" href="data:,"><a href="{escape(back)}">Allow</a>'
        )
        return web.Response(text=f"<!doctype html>{page}", content_type="text/html")

    async def _exchange(self, request: web.Request) -> web.Response:
        self.asked.append("token")
        form = await request.post()
        if (form.get("client_id"), form.get("client_secret")) != (CLIENT_ID, CLIENT_SECRET):
            return web.json_response({"ok": False, "error": "bad_client_secret"})
        asked = self._codes.pop(str(form.get("code")), None)
        if asked is None or asked["redirect_uri"] != form.get("redirect_uri"):
            return web.json_response({"ok": False, "error": "invalid_code"})
        token = self.token or self.made(asked["nonce"])
        return web.json_response(
            {"ok": True, "access_token": "xoxp-1", "token_type": "Bearer", "id_token": token}
        )

    async def _list_keys(self, request: web.Request) -> web.Response:
        self.asked.append("keys")
        if self.keys_answer is not None:
            return self.keys_answer
        return web.json_response({"keys": [key.as_dict(private=False) for key in self.keys]})

    def claims(self, nonce: str) -> dict[str, Any]:
        now = int(self.clock.timestamp())
        whole = {
            "iss": self.url,
            "sub": self.user,
            "aud": CLIENT_ID,
            "exp": now + 300,
            "iat": now,
            "nonce": nonce,
            "at_hash": encoded(sha256(b"xoxp-1").digest()[:16]),
            "https://slack.com/user_id": self.user,
            "https://slack.com/team_id": self.team,
            "email": "somebody@example.com",
            "email_verified": True,
        }
        changed = {**whole, **self.changes}
        return {name: value for name, value in changed.items() if value is not ...}

    def made(self, nonce: str) -> str:
        header = {"alg": "RS256", "kid": self.signing_key.kid, "typ": "JWT"} | self.header
        parts = (json.dumps(header), json.dumps(self.claims(nonce)))
        signed = ".".join(encoded(part.encode()) for part in parts)
        return f"{signed}.{encoded(self._signature(header['alg'], signed.encode()))}"

    def _signature(self, algorithm: str, signed: bytes) -> bytes:
        """Sign by hand: a library would refuse to make most of what is tried here."""
        if algorithm.lower() == "none":
            return b""
        if algorithm == "HS256":  # the public key as the secret: an old mistake of verifiers
            return hmac.digest(KEY.as_pem(private=False), signed, "sha256")
        return self.signing_key.private_key.sign(signed, PKCS1v15(), SHA256())
