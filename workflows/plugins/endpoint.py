"""Where an MCP server is: at an address, or in a process of our own."""

from dataclasses import dataclass, field
from typing import Any

MASK = "[token]"
LONGEST_WORDS = 500  # characters of the other side's own words that an error repeats


@dataclass(frozen=True, slots=True)
class Remote:
    """A server behind streamable HTTP; the token goes to its origin only, as a bearer token."""

    url: str
    token: str | None = field(default=None, repr=False)

    def __str__(self) -> str:
        # Without the query: some servers are given their key there.
        return self.url.partition("?")[0]


@dataclass(frozen=True, slots=True)
class Local:
    """A server we start and speak to over stdio; it finds its token in *token_env*."""

    command: tuple[str, ...]
    token_env: str | None = None
    token: str | None = field(default=None, repr=False)

    @property
    def environment(self) -> dict[str, str]:
        return {self.token_env: self.token} if self.token_env and self.token else {}

    def __str__(self) -> str:
        return self.command[0]


Endpoint = Remote | Local


def quoted(endpoint: Endpoint, words: str) -> str:
    """Answer the other side's *words* as an error may repeat them: one bounded line, no token."""
    # Masked before it is cut: half a token is still a secret.
    line = " ".join(redacted(endpoint, words).split())
    return line if len(line) <= LONGEST_WORDS else f"{line[:LONGEST_WORDS]}…"


def redacted(endpoint: Endpoint, value: Any) -> Any:
    """Answer JSON *value* without the token: a server may quote the request it got."""
    if not endpoint.token:
        return value
    match value:
        case str():
            return value.replace(endpoint.token, MASK)
        case list():
            return [redacted(endpoint, item) for item in value]
        case dict():
            return {redacted(endpoint, k): redacted(endpoint, item) for k, item in value.items()}
        case _:
            return value
