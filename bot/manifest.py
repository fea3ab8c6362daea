"""The Slack app's manifest: manifest.yml with an installation's own addresses, comments kept."""

import re
from pathlib import Path

from bot import config
from workflows.errors import ConfigurationError

EXAMPLE = "https://harbor.example.com"
CALLBACK = "/auth/slack/callback"
# Beside the package in a checkout, inside it where it was installed from a wheel.
PLACES = (Path(__file__).parents[1] / "manifest.yml", Path(__file__).with_name("manifest.yml"))
HOST = r"(?:[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?|\[[0-9a-f:.]+\])(?::[0-9]{1,5})?"
ADDRESS = re.compile(rf"https://{HOST}", re.IGNORECASE | re.ASCII)
HEAD = """\
# The Slack app of Harbor, {how}.
# Create it at api.slack.com/apps → Create New App → From a manifest, and paste this.
"""


def filled(url: str | None, *, socket_mode: bool) -> str:
    """Answer the manifest for *url*, or else for HARBOR_PUBLIC_URL. Raises ConfigurationError.

    No other setting is read: the tokens exist only once the app does.
    """
    found = config.given().get("HARBOR_PUBLIC_URL")
    known = found.value if found is not None and found.value else None
    if socket_mode:
        return over_sockets(known)
    if url is None and known is None:
        raise ConfigurationError(
            "where does Slack reach the bot? Say it with --url https://…, or with"
            " HARBOR_PUBLIC_URL; where Slack cannot reach it: harbor manifest --socket-mode"
        )
    return over_http(url if url is not None else str(known))


def over_http(url: str) -> str:
    """Answer the manifest of a bot that Slack reaches at *url*. Raises ConfigurationError."""
    address = checked(url)
    text = _with_callback(_body().replace(EXAMPLE, address), address)
    return HEAD.format(how=f"which listens at {address}/slack/events") + text


def over_sockets(public_url: str | None = None) -> str:
    """Answer the manifest of a bot that Slack need not reach.

    Browsers come back to *public_url* after they have signed in, where it is https.
    """
    kept = [line for line in _body().splitlines(keepends=True) if EXAMPLE not in line]
    text = "".join(kept).replace("socket_mode_enabled: false", "socket_mode_enabled: true")
    if public_url is not None and public_url.startswith("https://"):
        text = _with_callback(text, checked(public_url))
    return HEAD.format(how="over Socket Mode: it needs no address that Slack can reach") + text


def scopes() -> frozenset[str]:
    """Answer the bot scopes that the manifest asks for."""
    _, _, rest = _body().partition("    bot:\n")
    listed = re.match(r"(?:      - .*\n)+", rest)
    return frozenset(re.findall(r"- ([\w:.]+)", listed[0] if listed else ""))


def checked(url: str) -> str:
    """Answer an address as Slack takes it. Raises ConfigurationError that says why it does not."""
    address = url.strip().removesuffix("/")
    shown = re.sub("//[^/]*@", "//…@", address)
    if not address.lower().startswith("https:"):
        raise ConfigurationError(
            f"{shown!r:.80} does not begin with https://, and Slack calls nothing else. For a bot"
            " that Slack cannot reach: harbor manifest --socket-mode"
        )
    if not ADDRESS.fullmatch(address):
        raise ConfigurationError(
            f"{shown!r:.80} must be https:// and a host, like {EXAMPLE}: no user, no path, no"
            " query. The paths below it are Harbor's own"
        )
    return address.lower()


def _with_callback(text: str, address: str) -> str:
    """Add where Slack sends browsers back to after Sign in with Slack."""
    redirect = f"oauth_config:\n  redirect_urls: # Sign in with Slack\n    - {address}{CALLBACK}\n"
    return text.replace("oauth_config:\n", redirect)


def _body() -> str:
    """Answer manifest.yml without its first comment, which says how to fill it in by hand."""
    lines = _path().read_text(encoding="utf-8").splitlines(keepends=True)
    first = next(number for number, line in enumerate(lines) if not line.startswith("#"))
    return "".join(lines[first:])


def _path() -> Path:
    found = next((path for path in PLACES if path.is_file()), None)
    if found is None:
        raise ConfigurationError(f"{PLACES[0]} is missing; install Harbor again")
    return found
