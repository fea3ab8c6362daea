"""The issuer's keys: what signs, and what everybody may know of it."""

import secrets
from dataclasses import dataclass, field
from functools import cache

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.rsa import (
    RSAPrivateKey,
    RSAPublicKey,
    generate_private_key,
)
from jwt.algorithms import RSAAlgorithm

from bot.sandbox.wire import Json

RS256 = RSAAlgorithm(RSAAlgorithm.SHA256)
EXPONENT, BITS = 65537, 2048


@dataclass(frozen=True, kw_only=True)
class SigningKey:
    """As the state file keeps it: the private key is PEM (PKCS 8, not encrypted)."""

    id: str
    private_pem: str = field(repr=False)


def fresh() -> SigningKey:
    """Make a key; takes some 50 ms."""
    pem = generate_private_key(EXPONENT, BITS).private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    return SigningKey(id=secrets.token_hex(16), private_pem=pem.decode())


@cache
def private(key: SigningKey) -> RSAPrivateKey:
    loaded = RS256.prepare_key(key.private_pem)
    if not isinstance(loaded, RSAPrivateKey):
        raise TypeError("a signing key holds a private RSA key")
    return loaded


def public(key: SigningKey) -> RSAPublicKey:
    return private(key).public_key()


def public_pem(key: SigningKey) -> bytes:
    return public(key).public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )


def jwk(key: SigningKey) -> Json:
    """Draw the public half as an entry of the key set, with the members that Slack's has."""
    drawn = RSAAlgorithm.to_jwk(public(key), as_dict=True)
    kept = {name: drawn[name] for name in ("kty", "n", "e")}
    return kept | {"alg": "RS256", "use": "sig", "kid": key.id}


@cache
def stranger() -> SigningKey:
    """The key of somebody else, for forgeries; one per process is enough."""
    return fresh()
