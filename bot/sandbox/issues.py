"""Issues filed in the Linear-shaped server, one per idempotency key."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from uuid import uuid4

from bot.sandbox.wire import Json

TEAMS = {"OPS": "Operations", "ENG": "Engineering"}
FIRST_NUMBER = 12


class UnknownTeam(ValueError):
    """No team of that key or name; says which there are."""


@dataclass(frozen=True, kw_only=True)
class Issue:
    id: str
    identifier: str  # "OPS-12"
    title: str
    team: str
    url: str
    created_at: str  # RFC 3339, UTC
    description: str | None = None
    key: str | None = None  # the caller's idempotency key

    def as_linear(self) -> Json:
        return {name: value for name, value in asdict(self).items() if name != "key"}


def known(issues: Sequence[Issue], key: str | None) -> Issue | None:
    """Find what was filed under *key* before; without a key nothing was."""
    return next((each for each in issues if key and each.key == key), None)


def drafted(
    issues: Sequence[Issue],
    *,
    title: str,
    team: str,
    description: str | None,
    key: str | None,
    site: str,
    now: float,
) -> Issue:
    """Write the next issue of a team; storing it is the caller's."""
    code = _team(team)
    count = sum(each.team == code for each in issues)
    identifier = f"{code}-{FIRST_NUMBER + count}"
    return Issue(
        id=str(uuid4()),
        identifier=identifier,
        title=title,
        team=code,
        url=f"{site}/?at=linear#{identifier}",
        created_at=datetime.fromtimestamp(now, UTC).isoformat().replace("+00:00", "Z"),
        description=description,
        key=key,
    )


def _team(asked: str) -> str:
    for code, name in TEAMS.items():
        if asked.casefold() in {code.casefold(), name.casefold()}:
            return code
    teams = ", ".join(f"{code} ({name})" for code, name in TEAMS.items())
    raise UnknownTeam(f"no team {asked!r}; teams: {teams}")
