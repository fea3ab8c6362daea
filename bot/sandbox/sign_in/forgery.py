"""What can be wrong with an id_token, each in one word."""

from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from bot.sandbox.wire import Json

# Which key makes the signature: ours, somebody else's, the public half of ours as if it were a
# shared secret, the client's secret, or none at all.
Signer: TypeAlias = Literal["issuer", "stranger", "public_key", "client_secret", "nobody"]


@dataclass(frozen=True, kw_only=True)
class Forgery:
    """How an id_token differs from a good one; made with the functions below.

    `claims` and `header` replace members; None leaves one out. `segments` is how many of the
    token's three parts are sent. `token` is sent in its place.
    """

    name: str = "none"
    claims: Json = field(default_factory=dict)
    header: Json = field(default_factory=dict)
    signer: Signer = "issuer"
    segments: int = 3
    padding_bytes: int = 0
    token: str | None = None
    is_access_token: bool = False
    is_key_inside: bool = False

    @staticmethod
    def unsigned(algorithm: str = "none") -> "Forgery":
        """No signature, and a header that says so: "none", "NONE", "nOnE"."""
        return Forgery(name="unsigned", header={"alg": algorithm}, signer="nobody")

    @staticmethod
    def empty_signature() -> "Forgery":
        """The header promises RS256; the signature is empty."""
        return Forgery(name="empty_signature", signer="nobody")

    @staticmethod
    def with_public_key() -> "Forgery":
        """HS256, the public key taken as the shared secret."""
        return Forgery(name="with_public_key", header={"alg": "HS256"}, signer="public_key")

    @staticmethod
    def with_client_secret() -> "Forgery":
        """HS256 with the client's secret: allowed by OpenID Connect, and nothing Slack does."""
        return Forgery(name="with_client_secret", header={"alg": "HS256"}, signer="client_secret")

    @staticmethod
    def another_key() -> "Forgery":
        """The kid is ours, the signature somebody else's."""
        return Forgery(name="another_key", signer="stranger")

    @staticmethod
    def unknown_key_id(key_id: str | None = "unknown") -> "Forgery":
        """Somebody else's signature under a kid that the key set does not have; None: no kid."""
        return Forgery(name="unknown_key_id", header={"kid": key_id}, signer="stranger")

    @staticmethod
    def key_inside() -> "Forgery":
        """Somebody else's signature, and their public key in the header (`jwk`)."""
        return Forgery(name="key_inside", signer="stranger", is_key_inside=True)

    @staticmethod
    def with_header(**members: str) -> "Forgery":
        """Somebody else's signature, and a header that says where to find the key: jku, x5u."""
        return Forgery(name="with_header", header=dict(members), signer="stranger")

    @staticmethod
    def cut(segments: int = 2) -> "Forgery":
        return Forgery(name="cut", segments=segments)

    @staticmethod
    def huge(size: int = 5 * 1024 * 1024) -> "Forgery":
        """Rightly signed, with so many more bytes in it."""
        return Forgery(name="huge", padding_bytes=size)

    @staticmethod
    def instead(token: str) -> "Forgery":
        """Any text in the place of the id_token."""
        return Forgery(name="instead", token=token)

    @staticmethod
    def access_token() -> "Forgery":
        """The access token once more, presented as id_token."""
        return Forgery(name="access_token", is_access_token=True)
