"""The id token: believed only if every part of it is exactly as it has to be (RFC 7519, OIDC).

What a token's own header says about keys (jku, jwk, x5u) is never looked at: a key comes from the
issuer that is configured, or there is none.
"""

import re
from base64 import urlsafe_b64encode
from datetime import datetime
from hashlib import sha256
from hmac import compare_digest
from typing import Annotated

from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import RSAKey
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

ALGORITHM = "RS256"
LARGEST = 16 * 1024  # characters
SHORTEST_KEY = 2048  # bits
LONGEST_LIFE_S = 24 * 3600
SKEW_S = 60  # how far apart the issuer's clock and ours may be
FORM = re.compile(r"[\w-]+\.[\w-]+\.[\w-]+", re.ASCII)

User = Annotated[str, StringConstraints(pattern=r"^[UW][A-Z0-9]{2,20}$")]
Team = Annotated[str, StringConstraints(pattern=r"^[TE][A-Z0-9]{2,20}$")]


class TokenRefused(Exception):
    """An id token that is not believed; the message says why, for the log alone."""


class Claims(BaseModel):
    """What a token of Slack's says. Strict: a number written as text is no number.

    E-mail and name are not among them: they identify nobody.
    """

    model_config = ConfigDict(frozen=True, strict=True, extra="ignore")

    iss: str
    sub: User
    aud: str
    exp: int
    iat: int
    nonce: str = Field(min_length=1)
    nbf: int | None = None
    azp: str | None = None
    at_hash: str | None = None
    user_id: User = Field(alias="https://slack.com/user_id")
    team_id: Team = Field(alias="https://slack.com/team_id")


def key_id(token: str) -> str:
    """Answer which key a token names. Raises TokenRefused for what is no token of ours."""
    if len(token) > LARGEST or not FORM.fullmatch(token):
        raise TokenRefused("it has not the form of a signed token")
    try:
        header = jws.extract_compact(token.encode()).headers()
    except (JoseError, ValueError, RecursionError) as error:
        raise TokenRefused("its header cannot be read") from error
    kid = header.get("kid")
    if header.get("alg") != ALGORITHM or not isinstance(kid, str):
        raise TokenRefused(f"it must be signed with {ALGORITHM} and name its key")
    return kid


def claims(token: str, key: RSAKey) -> Claims:
    """Answer what a token says, its signature checked. Raises TokenRefused."""
    try:
        signed = jws.deserialize_compact(token.encode(), key, algorithms=[ALGORITHM])
    except (JoseError, ValueError) as error:
        raise TokenRefused(f"its signature does not hold: {type(error).__name__}") from error
    try:
        return Claims.model_validate_json(signed.payload or b"")
    except ValidationError as error:
        wrong = {str(part) for problem in error.errors() for part in problem["loc"]}
        raise TokenRefused(f"claims are missing or wrong: {', '.join(sorted(wrong))}") from error


def check(said: Claims, *, issuer: str, client_id: str, nonce: str, now: datetime) -> None:
    """Raise TokenRefused unless the token is from *issuer*, for us, for this sign-in, for now."""
    at = now.timestamp()
    wrong = {
        "iss": said.iss != issuer,
        "aud": said.aud != client_id,
        "azp": said.azp is not None and said.azp != client_id,
        "nonce": not compare_digest(said.nonce.encode(), nonce.encode()),
        "exp": said.exp + SKEW_S <= at or not 0 < said.exp - said.iat <= LONGEST_LIFE_S,
        "iat": said.iat > at + SKEW_S,
        "nbf": said.nbf is not None and said.nbf > at + SKEW_S,
        "user_id": said.user_id != said.sub,
    }
    if found := [name for name, is_wrong in wrong.items() if is_wrong]:
        raise TokenRefused(f"not what it has to be: {', '.join(found)}")


def check_access_token(said: Claims, access_token: object) -> None:
    """Raise TokenRefused where the token was made together with another access token."""
    if said.at_hash is None:
        return
    digest = sha256(str(access_token).encode()).digest()
    if said.at_hash != urlsafe_b64encode(digest[:16]).rstrip(b"=").decode():
        raise TokenRefused("not what it has to be: at_hash")
