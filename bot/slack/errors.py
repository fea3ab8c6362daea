"""What went wrong at Slack, in one table: try later, find out first, give up, or disconnected."""

from dataclasses import dataclass
from enum import StrEnum

import aiohttp
from slack_sdk.errors import SlackApiError, SlackRequestError

DEFAULT_PAUSE_S = 5.0
LONGEST_PAUSE_S = 3_600.0
TOO_MANY = 429


class Trouble(StrEnum):
    """What to do about a call that did not succeed."""

    LATER = "later"  # Slack did not do it: try again
    UNCLEAR = "unclear"  # Slack may have done it: look before doing it again
    MENDABLE = "mendable"  # somebody has to invite or allow us: try again, slowly, and say so
    FINAL = "final"  # this message will never be taken
    DISCONNECTED = "disconnected"  # the token is no longer good: nothing will be taken


MENDABLE = frozenset(
    {
        "channel_not_found",
        "not_in_channel",
        "is_archived",
        "restricted_action",
        "restricted_action_read_only_channel",
        "missing_scope",
        "no_permission",
        "ekm_access_denied",
        "team_access_not_granted",
    }
)
DISCONNECTED = frozenset(
    {
        "invalid_auth",
        "not_authed",
        "account_inactive",
        "token_revoked",
        "token_expired",
        "org_login_required",
    }
)
LATER = frozenset({"ratelimited", "rate_limited", "message_limit_exceeded"})
UNCLEAR = frozenset(
    {
        "internal_error",
        "fatal_error",
        "service_unavailable",
        "request_timeout",
        "team_added_to_org",
    }
)


@dataclass(frozen=True, slots=True)
class Failure:
    """A call that did not succeed: what to do, Slack's word for it, how long it asks to wait."""

    trouble: Trouble
    code: str
    retry_after: float | None = None


class NoTimestamp(Exception):
    """Slack said ok without saying where the message is."""


def failure(error: Exception) -> Failure:
    """Say what an error of a Slack call means; raises it again when it is none of Slack's."""
    match error:
        case SlackApiError():
            return _refused(error)
        case aiohttp.ClientConnectorError():
            return Failure(Trouble.LATER, "unreachable")
        case aiohttp.ClientError() | TimeoutError() | SlackRequestError() | NoTimestamp():
            return Failure(Trouble.UNCLEAR, type(error).__name__)
        case _:
            raise error


def _refused(error: SlackApiError) -> Failure:
    status = getattr(error.response, "status_code", None)
    if status == TOO_MANY:
        return Failure(Trouble.LATER, "ratelimited", _retry_after(error))
    code = _code(error)
    if code is None or code in UNCLEAR:
        return Failure(Trouble.UNCLEAR, code or f"http_{status}")
    if code in LATER:
        return Failure(Trouble.LATER, code, DEFAULT_PAUSE_S)
    if code in DISCONNECTED:
        return Failure(Trouble.DISCONNECTED, code)
    return Failure(Trouble.MENDABLE if code in MENDABLE else Trouble.FINAL, code)


def _code(error: SlackApiError) -> str | None:
    """Answer Slack's word for the error; None: the answer was not Slack's JSON."""
    answer = getattr(error.response, "data", None)
    code = answer.get("error") if isinstance(answer, dict) else None
    return code if isinstance(code, str) and code else None


def _retry_after(error: SlackApiError) -> float:
    headers = getattr(error.response, "headers", None) or {}
    asked = next((value for name, value in headers.items() if name.lower() == "retry-after"), "")
    words = str(asked[0] if isinstance(asked, list) and asked else asked)
    # Whole seconds, as Slack sends them: "nan", "inf" and dates are garbage.
    if not (words.isascii() and words.isdigit()):
        return DEFAULT_PAUSE_S
    return min(float(words[:9]), LONGEST_PAUSE_S)
