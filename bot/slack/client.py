"""Slack's client as the bot uses it: one attempt, no redirects, and errors of two kinds only.

Whatever goes wrong is a SlackClientError, or what aiohttp, the system or a deadline raises.
"""

from contextlib import AbstractAsyncContextManager
from types import SimpleNamespace
from typing import Any

import aiohttp
from slack_sdk.errors import SlackRequestError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

TIMEOUT_S = 10.0


class Redirected(aiohttp.ClientError):
    """Slack never sends us elsewhere: whoever does so must not get token or words."""


class Client(AsyncWebClient):
    """`AsyncWebClient`, except that an answer which is no JSON object is an error, not a crash."""

    async def api_call(self, api_method: str, **arguments: Any) -> AsyncSlackResponse:
        """See `AsyncBaseClient.api_call`."""
        try:
            return await super().api_call(api_method, **arguments)
        except AttributeError as error:
            # slack_sdk 3.47 looks for "ok" in whatever JSON or text came back.
            raise SlackRequestError(f"{api_method} was answered with no JSON object") from error


def session() -> AbstractAsyncContextManager[aiohttp.ClientSession]:
    """Answer a session that gives up in time and follows no redirect."""
    trace = aiohttp.TraceConfig()
    trace.on_request_redirect.append(_refuse)
    # Here, since slack_sdk leaves its own `timeout` aside where it is given a session.
    timeout = aiohttp.ClientTimeout(total=TIMEOUT_S)
    return aiohttp.ClientSession(timeout=timeout, trace_configs=[trace])


def client(token: str, base_url: str, over: aiohttp.ClientSession) -> Client:
    """Answer a client that makes every call once."""
    # By default a post is sent again after a reset: two cards. The outbox looks first.
    return Client(token=token, base_url=base_url, session=over, retry_handlers=[])


async def _refuse(
    over: aiohttp.ClientSession,
    context: SimpleNamespace,
    redirect: aiohttp.TraceRequestRedirectParams,
) -> None:
    raise Redirected(f"{redirect.url.host} answered with a redirect")
