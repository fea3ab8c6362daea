"""Faults on request: what a test or a curious person makes the workspace do wrong."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any

from bot.sandbox.wire import Json

EVERYTHING = "*"  # every Web API method
# What is no Web API method has a name of its own: tools of the MCP server ("linear.TOOL"), and
# the two documents of the OpenID Connect issuer ("openid.discovery", "openid.keys").
APART = ("linear.", "openid.discovery", "openid.keys")


@dataclass(frozen=True, kw_only=True)
class Fault:
    """What happens instead of a good answer.

    `is_processed` says whether the call takes effect before things go wrong; `reset` ends the
    connection; `seconds` is how long nothing is said first; `padding_bytes` of blanks follow a good
    answer. Made with the functions below.
    """

    name: str
    http_status: int = 200
    body: str = ""
    content_type: str = "application/json"
    headers: dict[str, str] = field(default_factory=dict)
    slack_error: str | None = None
    seconds: float = 0.0
    is_processed: bool = False
    is_reset: bool = False
    is_answered_well: bool = False
    padding_bytes: int = 0

    @staticmethod
    def rate_limited(retry_after: float | str | None = 1) -> "Fault":
        headers = {} if retry_after is None else {"Retry-After": str(retry_after)}
        body = '{"ok":false,"error":"ratelimited"}'
        return Fault(name="rate_limited", http_status=429, body=body, headers=headers)

    @staticmethod
    def status(status: int, body: str = "", headers: dict[str, str] | None = None) -> "Fault":
        return Fault(
            name="status",
            http_status=status,
            body=body,
            content_type="text/plain",
            headers=headers or {},
        )

    @staticmethod
    def error(error: str) -> "Fault":
        return Fault(name="error", slack_error=error, body=f'{{"ok":false,"error":"{error}"}}')

    @staticmethod
    def html() -> "Fault":
        page = "<!doctype html><title>Maintenance</title><h1>We will be back soon</h1>"
        return Fault(name="html", body=page, content_type="text/html")

    @staticmethod
    def bad_json() -> "Fault":
        return Fault(name="bad_json", body='{"ok": tru')

    @staticmethod
    def empty() -> "Fault":
        return Fault(name="empty")

    @staticmethod
    def answer(body: str, *, status: int = 200, is_processed: bool = False) -> "Fault":
        """Answer any text as JSON: a list, `ok` without a ts."""
        return Fault(name="answer", body=body, http_status=status, is_processed=is_processed)

    @staticmethod
    def redirect(location: str) -> "Fault":
        return Fault(name="redirect", http_status=302, headers={"Location": location})

    @staticmethod
    def hang(seconds: float) -> "Fault":
        """Say nothing for so long, then end the connection; the call takes no effect."""
        return Fault(name="hang", seconds=seconds, is_reset=True)

    @staticmethod
    def hang_after(seconds: float) -> "Fault":
        """Take effect at once, say nothing for so long, then end the connection."""
        return Fault(name="hang_after", seconds=seconds, is_processed=True, is_reset=True)

    @staticmethod
    def slow(seconds: float) -> "Fault":
        """Wait, then take effect and answer as if nothing had been wrong."""
        return Fault(name="slow", seconds=seconds, is_answered_well=True)

    @staticmethod
    def huge(size: int = 10 * 1024 * 1024) -> "Fault":
        """Take effect and answer rightly, with so many blanks after it."""
        return Fault(name="huge", padding_bytes=size, is_answered_well=True)

    @staticmethod
    def reset_before() -> "Fault":
        return Fault(name="reset_before", is_reset=True)

    @staticmethod
    def reset_after() -> "Fault":
        return Fault(name="reset_after", is_reset=True, is_processed=True)


@dataclass(frozen=True, kw_only=True)
class Planned:
    method: str
    fault: Fault
    times: int | None  # None: until cleared


class Faults:
    """What is planned to go wrong; the oldest plan for a method is used up first."""

    def __init__(self) -> None:
        self._planned: list[Planned] = []

    def add(self, method: str, fault: Fault, times: int | None = 1) -> None:
        self._planned.append(Planned(method=method, fault=fault, times=times))

    def clear(self) -> None:
        self._planned.clear()

    def planned(self) -> Iterable[Planned]:
        return tuple(self._planned)

    def take(self, method: str) -> Fault | None:
        """Use up one of the faults planned for *method*, if there is one."""
        wanted = {method} if method.startswith(APART) else {method, EVERYTHING}
        for index, plan in enumerate(self._planned):
            if plan.method in wanted:
                self._use(index, plan)
                return plan.fault
        return None

    def _use(self, index: int, plan: Planned) -> None:
        if plan.times is None:
            return
        if plan.times <= 1:
            del self._planned[index]
        else:
            self._planned[index] = replace(plan, times=plan.times - 1)


def parse(wish: Json) -> Planned:
    """Read a fault from JSON, as `POST /sandbox/faults` takes it.

    `{"method": "chat.postMessage", "fault": "rate_limited", "arguments": {"retry_after": 1},
    "times": 2}`; raises ValueError that says what is known.
    """
    name, method = wish.get("fault"), wish.get("method")
    if not isinstance(method, str) or not method:
        raise ValueError(
            "method: name a Web API method, linear.TOOL, openid.keys, openid.discovery or *"
        )
    if name not in KINDS:
        raise ValueError(f"fault: one of {', '.join(sorted(KINDS))}")
    try:
        fault = KINDS[name](**wish.get("arguments", {}))
    except TypeError as error:
        raise ValueError(f"arguments: {error}") from error
    return Planned(method=method, fault=fault, times=wish.get("times", 1))


# Any: each takes other arguments, and parse() reports those that do not fit.
KINDS: dict[str, Any] = {
    "rate_limited": Fault.rate_limited,
    "status": Fault.status,
    "error": Fault.error,
    "html": Fault.html,
    "bad_json": Fault.bad_json,
    "empty": Fault.empty,
    "answer": Fault.answer,
    "redirect": Fault.redirect,
    "hang": Fault.hang,
    "hang_after": Fault.hang_after,
    "huge": Fault.huge,
    "slow": Fault.slow,
    "reset_before": Fault.reset_before,
    "reset_after": Fault.reset_after,
}
