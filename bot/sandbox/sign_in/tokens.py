"""Writing id_tokens, good ones and forged ones.

They are put together by hand: PyJWT, rightly, refuses to write most of what a forger would.
"""

import base64
import hashlib
import hmac
import json
from typing import assert_never

from bot.sandbox.sign_in import keys
from bot.sandbox.sign_in.forgery import Forgery, Signer
from bot.sandbox.sign_in.keys import SigningKey
from bot.sandbox.wire import Json


def written(
    key: SigningKey, claims: Json, forgery: Forgery, *, access_token: str, client_secret: str
) -> str:
    """Write an id_token with these claims, signed by *key*, and as wrong as *forgery* says."""
    if forgery.token is not None or forgery.is_access_token:
        return access_token if forgery.token is None else forgery.token
    head = _changed(
        {"typ": "JWT", "alg": "RS256", "kid": key.id} | _inside(forgery), forgery.header
    )
    body = _changed(claims, forgery.claims)
    if forgery.padding_bytes:
        body["padding"] = "x" * forgery.padding_bytes
    signed = f"{_encoded(_json(head))}.{_encoded(_json(body))}"
    signature = _signature(forgery.signer, key, client_secret, signed.encode())
    return ".".join([*signed.split("."), _encoded(signature)][: forgery.segments])


def half_hash(access_token: str) -> str:
    """Make `at_hash`: the left half of the SHA-256 (OpenID Connect Core, 3.1.3.6)."""
    digest = hashlib.sha256(access_token.encode()).digest()
    return _encoded(digest[: len(digest) // 2])


def _inside(forgery: Forgery) -> Json:
    return {"jwk": keys.jwk(keys.stranger())} if forgery.is_key_inside else {}


def _changed(members: Json, changes: Json) -> Json:
    return {name: value for name, value in (members | changes).items() if value is not None}


def _signature(signer: Signer, key: SigningKey, client_secret: str, message: bytes) -> bytes:
    match signer:
        case "issuer":
            return keys.RS256.sign(message, keys.private(key))
        case "stranger":
            return keys.RS256.sign(message, keys.private(keys.stranger()))
        case "public_key":
            return hmac.new(keys.public_pem(key), message, hashlib.sha256).digest()
        case "client_secret":
            return hmac.new(client_secret.encode(), message, hashlib.sha256).digest()
        case "nobody":
            return b""
        case _:
            assert_never(signer)


def _json(claims: Json) -> bytes:
    """Write claims; numbers beyond 64 bits, which a forger may like, are not orjson's business."""
    return json.dumps(claims, separators=(",", ":")).encode()


def _encoded(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).rstrip(b"=").decode()
