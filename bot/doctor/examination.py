"""The examination: every check, side by side, each unable to stop the others."""

import asyncio
from collections.abc import Awaitable, Iterable
from dataclasses import dataclass

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot import config
from bot.config import Settings
from bot.doctor import code, database, places, slack, web
from bot.doctor.finding import Finding, Mark, bad, good, warning
from bot.doctor.settings import Setting, shown
from bot.slack.errors import failure
from workflows.clock import Clock, SystemClock
from workflows.errors import ConfigurationError
from workflows.registry import Registry

SETTINGS = "settings"
CALL_S = 10
LONGEST_S = 45.0  # a plugin's own patience is 30 s


@dataclass(frozen=True, slots=True)
class Report:
    """What the doctor says."""

    settings: tuple[Setting, ...]
    findings: tuple[Finding, ...]

    @property
    def is_good(self) -> bool:
        """Whether nothing is wrong; warnings are not."""
        return all(finding.mark is not Mark.BAD for finding in self.findings)


async def examine() -> Report:
    """Read the settings as the server would, and look at all they lead to. Raises nothing."""
    given = config.given()
    try:
        settings = config.load()
    except ConfigurationError as error:
        problems = (_as_finding(line) for line in str(error).splitlines())
        rest = warning("the rest", "is looked at once the settings are right")
        return Report(shown(given, None), (*problems, rest))
    sources = sorted({each.source for each in given.values()})
    found = good(SETTINGS, f"{len(given)} set, in {' and '.join(sources)}")
    return Report(shown(given, settings), (found, *await checkup(settings)))


def _as_finding(line: str) -> Finding:
    said, found, where = line.partition(" Find it at ")
    return bad(SETTINGS, said.rstrip("."), f"find it at {where}" if found else None)


async def checkup(settings: Settings, clock: Clock | None = None) -> tuple[Finding, ...]:
    """Look at everything the settings lead to, at the same time."""
    registry, loaded = code.jobs(settings)
    timeout = aiohttp.ClientTimeout(total=CALL_S)
    async with aiohttp.ClientSession(timeout=timeout) as session:
        client = AsyncWebClient(
            token=settings.bot_token.get_secret_value(),
            base_url=settings.slack_api_base_url,
            timeout=CALL_S,
            session=session,
            retry_handlers=[],
        )
        found = await asyncio.gather(
            _slack(client, settings, registry, clock or SystemClock()),
            _safely(web.SERVER, web.server(session, settings)),
            _safely(web.ADDRESS, web.address(session, settings)),
            _safely(web.SIGN_IN, web.sign_in(session, settings)),
            _safely(database.DATABASE, asyncio.to_thread(database.check, settings)),
            _safely(code.PLUGINS, code.plugins(settings, registry)),
        )
    return (loaded, *(finding for each in found for finding in each))


async def _slack(
    client: AsyncWebClient, settings: Settings, registry: Registry, clock: Clock
) -> list[Finding]:
    """Ask about places and people only where Slack knows us: else each would say the same."""
    found = await _safely(slack.TOKEN, slack.bot_token(client, settings, clock))
    found += await _safely(slack.WAY_IN, slack.way_in(client, settings))
    if any(each.about == slack.TOKEN and each.mark is Mark.BAD for each in found):
        return [*found, warning(places.CHANNELS, "are looked up once Slack takes the token")]
    wanted = places.wanted(settings, registry)
    found += await _safely(places.CHANNELS, places.channels(client, wanted))
    return found + await _safely(places.ADMINS, places.admins(client, settings))


async def _safely(about: str, check: Awaitable[Iterable[Finding]]) -> list[Finding]:
    """Answer what a check found, or that it could not be made: the last resort of a check."""
    try:
        async with asyncio.timeout(LONGEST_S):
            return list(await check)
    except Exception as error:  # noqa: BLE001  whatever it was, the other checks go on
        return [bad(about, f"could not be looked at: {_words(error)}")]


def _words(error: Exception) -> str:
    if isinstance(error, SlackApiError):
        return f"Slack says {failure(error).code}"
    return f"{type(error).__name__}: {error}".removesuffix(": ")
