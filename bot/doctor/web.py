"""The pages: the address that browsers use, the server behind it, and where people sign in."""

import json
from collections.abc import Iterator
from typing import Any

import aiohttp

from bot.config import Settings, is_loopback
from bot.doctor.finding import Finding, bad, good, warning
from bot.manifest import CALLBACK
from bot.metrics import GIVEN_UP

ADDRESS, SERVER, SIGN_IN, THREADS = "public address", "server", "sign-in", "step threads"
LARGEST_ANSWER = 64 * 1024
OK = 200
ANY = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}  # noqa: S104  compared, not bound
NEEDED = ("authorization_endpoint", "token_endpoint", "jwks_uri")


class Strange(Exception):
    """What answered is not what was expected there."""


async def server(session: aiohttp.ClientSession, settings: Settings) -> list[Finding]:
    """Ask the server on this machine how it is, if it runs."""
    url = f"http://{ANY.get(settings.host, settings.host)}:{settings.port}"
    try:
        status, found = await _fetched(session, f"{url}/readyz")
    except (aiohttp.ClientConnectorError, TimeoutError):
        return [good(SERVER, f"does not run at {url}", "harbor serve")]
    except (aiohttp.ClientError, Strange):
        status, found = 0, {}
    if "ready" not in found:
        said = f"what listens at {url} is not Harbor"
        return [bad(SERVER, said, "stop it, or set HARBOR_PORT to another port")]
    if status != OK:
        said = f"runs at {url} and is not ready: Slack {found.get('slack')}"
        return [bad(SERVER, f"{said}, scheduler {found.get('scheduler')}", "see its log")]
    return [good(SERVER, f"runs at {url} and is ready"), *await _hanging(session, url)]


async def _hanging(session: aiohttp.ClientSession, url: str) -> list[Finding]:
    """Ask the server on this machine which jobs have step functions that hang."""
    try:
        async with session.get(f"{url}/metrics", allow_redirects=False) as answer:
            drawn = (await answer.content.read(LARGEST_ANSWER)).decode(errors="replace")
        found = {job: n for job, n in _by_job(drawn) if n}
    except (aiohttp.ClientError, TimeoutError, ValueError):
        return [warning(THREADS, "could not be asked for", f"look at {url}/metrics")]
    if not found:
        return []
    listed = ", ".join(f"{job}: {n:g}" for job, n in sorted(found.items()))
    said = f"step functions hang beyond their timeout, by job: {listed}"
    return [warning(THREADS, said, "give what they call a timeout of its own; a restart ends them")]


def _by_job(drawn: str) -> Iterator[tuple[str, float]]:
    """Answer the threads that were given up on. Raises ValueError where there are no figures."""
    from prometheus_client.parser import text_string_to_metric_families  # noqa: PLC0415

    for family in text_string_to_metric_families(drawn):
        if family.name == GIVEN_UP:
            for sample in family.samples:
                yield sample.labels["job"], sample.value


async def address(session: aiohttp.ClientSession, settings: Settings) -> list[Finding]:
    """Look at where browsers find the pages. (Plain http elsewhere is refused as a setting.)"""
    url = settings.public_url
    if is_loopback(url):
        if is_loopback(settings.slack_api_base_url):
            return [good(ADDRESS, f"{url}, for the workspace on this machine")]
        said = f"{url} leads whoever presses a link to their own machine"
        return [warning(ADDRESS, said, "set HARBOR_PUBLIC_URL to an https:// address")]
    try:
        status, found = await _fetched(session, f"{url}/healthz")
    except (aiohttp.ClientError, TimeoutError, Strange) as error:
        said = f"{url} does not lead to Harbor, as seen from here ({type(error).__name__})"
        return [_unreached(said)]
    if status != OK or "status" not in found:
        return [_unreached(f"{url} does not lead to Harbor, as seen from here (HTTP {status})")]
    return [good(ADDRESS, f"{url} leads to Harbor")]


def _unreached(said: str) -> Finding:
    step = "start the server; let the proxy in front hand everything on to HARBOR_HOST:HARBOR_PORT"
    return warning(ADDRESS, said, step)


async def sign_in(session: aiohttp.ClientSession, settings: Settings) -> list[Finding]:
    """Read the issuer's discovery document, where Sign in with Slack is set up."""
    if settings.sign_in_client_id is None:
        step = "set SLACK_SIGN_IN_CLIENT_ID and …SECRET: your app → Basic Information"
        return [warning(SIGN_IN, "not set up: the pages answer 503, cards carry no link", step)]
    issuer = settings.sign_in_issuer
    try:
        _, found = await _fetched(session, f"{issuer}/.well-known/openid-configuration")
    except (aiohttp.ClientError, TimeoutError, Strange) as error:
        step = "check the network and SLACK_SIGN_IN_ISSUER"
        return [bad(SIGN_IN, f"{issuer} does not say how ({type(error).__name__})", step)]
    missing = [name for name in NEEDED if not isinstance(found.get(name), str)]
    if found.get("issuer") != issuer or missing:
        said = f"{issuer} describes itself as {found.get('issuer')!s:.80}"
        said += f", without {', '.join(missing)}" if missing else ""
        return [bad(SIGN_IN, said, "set SLACK_SIGN_IN_ISSUER to the issuer's own name")]
    return [_returning(settings)]


def _returning(settings: Settings) -> Finding:
    callback = f"{settings.public_url}{CALLBACK}"
    if is_loopback(settings.public_url) and not is_loopback(settings.sign_in_issuer):
        said = f"Slack sends nobody back to {callback}: it must be https"
        return bad(SIGN_IN, said, "set HARBOR_PUBLIC_URL to an https:// address")
    step = f"its redirect URLs must hold {callback}: your app → OAuth & Permissions"
    return good(SIGN_IN, f"through {settings.sign_in_issuer}", step)


async def _fetched(session: aiohttp.ClientSession, url: str) -> tuple[int, dict[str, Any]]:
    """Answer the status and the JSON object at *url*; raises Strange for anything else."""
    async with session.get(url, allow_redirects=False) as answer:
        raw = await answer.content.read(LARGEST_ANSWER)
    try:
        found = json.loads(raw)
    except (ValueError, RecursionError) as error:
        raise Strange from error
    if not isinstance(found, dict):
        raise Strange
    return answer.status, found
