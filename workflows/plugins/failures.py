"""Which failures of a call are final, and which may pass: one function over what was seen."""

from collections.abc import Iterator

from mcp import MCPError
from mcp_types import CONNECTION_CLOSED, INTERNAL_ERROR, PARSE_ERROR, REQUEST_TIMEOUT
from pydantic import ValidationError

from workflows.errors import HarborError, StepFailed
from workflows.plugins.base import PluginUnavailable
from workflows.plugins.endpoint import Endpoint, quoted
from workflows.plugins.exchange import ERROR, Exchange, spoken

SERVER_ERROR = 500
# Statuses below 500 that say "not now": a proxy lost patience, or there were too many requests.
PASSING_STATUSES = frozenset({408, 429})
# JSON-RPC codes that say the same: the connection ended, the answer was cut or is no JSON at
# all (a proxy's page), or the server broke down.
PASSING_CODES = frozenset({CONNECTION_CLOSED, REQUEST_TIMEOUT, PARSE_ERROR, INTERNAL_ERROR})


class SessionLost(HarborError):
    """The server forgot our session before it looked at the call: a new session may have it."""


def verdict(
    plugin: str, endpoint: Endpoint, error: Exception, seen: Exchange, last_words: str
) -> HarborError:
    """Answer what a failed call means: StepFailed, PluginUnavailable or SessionLost.

    *seen* is what HTTP answered, *last_words* what a server process wrote before it ended.
    """
    first = next(leaves(error))
    words = quoted(endpoint, said(first, seen))
    if seen.lost_session:
        return SessionLost(f"{plugin} does not know our session any more: {words}")
    if seen.status is not None and seen.status >= ERROR:
        return by_status(plugin, seen, words)
    if may_pass(first):
        ending = f" (its last words: {last_words})" if last_words else ""
        return PluginUnavailable(f"{plugin} at {endpoint} cannot be reached: {words}{ending}")
    return StepFailed(f"{plugin} at {endpoint} refused the call: {words}")


def by_status(plugin: str, seen: Exchange, words: str) -> HarborError:
    message = f"{plugin} answered {seen.status}: {words}"
    if seen.status in PASSING_STATUSES or (seen.status or 0) >= SERVER_ERROR:
        return PluginUnavailable(message, seen.retry_after)
    return StepFailed(message)


def may_pass(error: BaseException) -> bool:
    """Whether a failure without an HTTP error may be gone at the next attempt."""
    match error:
        case MCPError():
            return error.code in PASSING_CODES
        # The command is not there; or the answer is not what the protocol or the schema allows.
        case FileNotFoundError() | PermissionError() | ValidationError() | RuntimeError():
            return False
        case _:
            return True


def said(error: BaseException, seen: Exchange) -> str:
    """Answer the other side's own words, else what the error says."""
    heard = spoken(seen.body) if seen.status is not None else ""
    return heard or str(error) or type(error).__name__


def leaves(error: BaseException) -> Iterator[BaseException]:
    """Answer the errors inside nested groups; task groups wrap whatever they raise."""
    if isinstance(error, BaseExceptionGroup):
        for inner in error.exceptions:
            yield from leaves(inner)
    else:
        yield error
