"""What a bot needs to know to speak to this workspace, and the workspace to be believed by it."""

import secrets
import string
from dataclasses import dataclass, field

ALPHABET = string.ascii_uppercase + string.digits


def random_id(prefix: str, length: int = 9) -> str:
    """Make an id of Slack's shape: a letter that says what it is, then capitals and digits."""
    return prefix + "".join(secrets.choice(ALPHABET) for _ in range(length))


def _bot_token() -> str:
    return f"xoxb-{secrets.randbelow(10**12):012d}-{secrets.token_hex(12)}"


def _app_token() -> str:
    return f"xapp-1-{random_id('A')}-{secrets.randbelow(10**12):012d}-{secrets.token_hex(32)}"


def _client_id() -> str:
    return f"{secrets.randbelow(10**12):012d}.{secrets.randbelow(10**12):012d}"


@dataclass(frozen=True, kw_only=True)
class Credentials:
    """Random unless given; secrets are kept out of `repr`, so that logs may show the rest.

    `redirect_urls` are where Sign in with Slack may send people back to; while none is named, the
    bot's own callback is.
    """

    bot_token: str = field(default_factory=_bot_token, repr=False)
    signing_secret: str = field(default_factory=lambda: secrets.token_hex(16), repr=False)
    app_id: str = field(default_factory=lambda: random_id("A"))
    team_id: str = field(default_factory=lambda: random_id("T"))
    linear_token: str = field(
        default_factory=lambda: f"lin_api_{secrets.token_hex(16)}", repr=False
    )
    app_token: str = field(default_factory=_app_token, repr=False)
    sign_in_client_id: str = field(default_factory=_client_id)
    sign_in_client_secret: str = field(default_factory=lambda: secrets.token_hex(16), repr=False)
    redirect_urls: tuple[str, ...] = ()
