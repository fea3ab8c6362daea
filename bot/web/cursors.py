"""Cursors: where a page ended, signed, and good for the same question only."""

from dataclasses import dataclass

from itsdangerous import BadData, URLSafeSerializer

from bot.web.problems import Problem, invalid
from workflows.engine.base import RunStatus

SALT = "harbor.cursor"
DEFAULT_LIMIT = 50
LARGEST_LIMIT = 200
KNOWN = frozenset({"limit", "cursor", "status", "job"})


@dataclass(frozen=True, slots=True)
class Question:
    """What `GET /runs` asks for."""

    limit: int = DEFAULT_LIMIT
    status: RunStatus | None = None
    job: str | None = None
    before: str | None = None


class Cursors:
    """Reads the query of a list, and writes the cursor that goes on with it."""

    def __init__(self, key: str) -> None:
        self._signed = URLSafeSerializer(key, salt=SALT)

    def question(self, pairs: list[tuple[str, str]]) -> Question:
        """Answer what the query's *pairs* ask for. Raises Problem (422), naming the parameter."""
        names = [name for name, _ in pairs]
        if wrong := {name for name in names if name not in KNOWN or names.count(name) > 1}:
            raise _refused(min(wrong), f"known, once each: {', '.join(sorted(KNOWN))}")
        given = dict(pairs)
        status, job = _status(given.get("status")), given.get("job")
        return Question(
            _limit(given.get("limit")), status, job, self._before(given.get("cursor"), status, job)
        )

    def after(self, question: Question, last_id: str) -> str:
        """Answer the cursor that goes on after *last_id*."""
        return str(self._signed.dumps([last_id, question.status, question.job]))

    def _before(self, cursor: str | None, status: RunStatus | None, job: str | None) -> str | None:
        if cursor is None:
            return None
        try:
            before, *asked = self._signed.loads(cursor)
        except BadData:
            raise _refused("cursor", "is none that was handed out here") from None
        if asked != [status, job]:
            raise _refused("cursor", "belongs to a list with another status or job")
        return str(before)


def _limit(given: str | None) -> int:
    if given is None:
        return DEFAULT_LIMIT
    if not given.isascii() or not given.isdecimal() or len(given) > len(str(LARGEST_LIMIT)):
        raise _refused("limit", f"must be a number from 1 to {LARGEST_LIMIT}")
    if not 1 <= int(given) <= LARGEST_LIMIT:
        raise _refused("limit", f"must be from 1 to {LARGEST_LIMIT}")
    return int(given)


def _status(given: str | None) -> RunStatus | None:
    if given is None:
        return None
    if given not in list(RunStatus):
        raise _refused("status", f"must be one of {', '.join(RunStatus)}")
    return RunStatus(given)


def _refused(name: str, what: str) -> Problem:
    return invalid("the query does not fit", {name[:100]: what})
