"""A record of what the bot asked for, for tests and for the curious."""

from dataclasses import dataclass

from bot.sandbox.wire import Json

KEPT = 5000


@dataclass(kw_only=True)
class Call:
    """One call; changes once, when it is answered.

    `answered` and `at` are seconds since the epoch. A call whose connection was reset has no
    `status`; `error` is what an `ok: false` said.
    """

    method: str
    arguments: Json
    at: float
    answered: float | None = None
    status: int | None = None
    error: str | None = None
