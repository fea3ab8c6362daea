"""What people consented to: codes that are good once, and the access tokens they become."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass

from bot.sandbox import limits
from bot.sandbox.refusal import Refused

KEPT = 1000


@dataclass(frozen=True, kw_only=True)
class Grant:
    """Who let whom know what; `granted_at` is in seconds since the epoch."""

    user_id: str
    client_id: str
    redirect_uri: str
    scopes: tuple[str, ...]
    nonce: str | None
    granted_at: float


class Grants:
    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._codes: dict[str, Grant] = {}
        self._tokens: dict[str, Grant] = {}

    def code(self, grant: Grant) -> str:
        code = f"{secrets.randbelow(10**12):012d}.{secrets.token_hex(32)}"
        _put(self._codes, code, grant)
        return code

    def redeem(self, code: str, client_id: str, redirect_uri: str) -> Grant:
        """Use a code up; raises Refused for one that is used, too old or not this client's."""
        grant = self._codes.get(code)
        if grant is None or grant.client_id != client_id:
            raise Refused("invalid_code")
        del self._codes[code]
        if self._now() - grant.granted_at > limits.SIGN_IN_CODE_SECONDS:
            raise Refused("invalid_code")
        if grant.redirect_uri != redirect_uri:
            raise Refused("bad_redirect_uri")
        return grant

    def access_token(self, grant: Grant) -> str:
        token = f"xoxp-{secrets.randbelow(10**12):012d}-{secrets.token_hex(16)}"
        _put(self._tokens, token, grant)
        return token

    def of(self, access_token: str) -> Grant | None:
        return self._tokens.get(access_token)


def _put(grants: dict[str, Grant], name: str, grant: Grant) -> None:
    grants[name] = grant
    while len(grants) > KEPT:
        grants.pop(next(iter(grants)))
