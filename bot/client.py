"""HarborClient: the HTTP API from Python, with typed answers.

    with HarborClient("http://127.0.0.1:3000", token) as harbor:
        run = harbor.start("approve-and-act", {"context": "Refund 42"})
        run = harbor.wait(run.id, timeout=timedelta(hours=24))

What is read, and what carries a key (a start, an event), may be sent again without harm: where it
got no answer, 502, 503 or 504, that is done. What got 429 was not looked at, and is sent again
when it is time, if that is soon.

ClientError
├── Unreachable      nobody answered
├── StillRunning     `wait` has waited as long as it was told to
└── Refused          Harbor has answered, and said no; `code` says why
"""

import secrets
import time
from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from typing import Any, Self, TypeVar

import httpx
from pydantic import BaseModel

from bot.web.shapes import Job, Jobs, Receipt, Run, Runs
from workflows.engine.base import RunStatus

__all__ = [
    "ClientError",
    "HarborClient",
    "Job",
    "Receipt",
    "Refused",
    "Run",
    "RunStatus",
    "StillRunning",
    "Unreachable",
]

ATTEMPTS = 4
LONGEST_PAUSE_S = 10.0  # who is to come back later than that is told so instead
FIRST_PAUSE_S = 0.25
LOOK_AGAIN_S = (0.2, 2.0)  # the first pause of `wait`, and the longest
TIMEOUT_S = 30.0
AGAIN = frozenset({502, 503, 504})
TOO_MANY = 429

M = TypeVar("M", bound=BaseModel)


class ClientError(Exception):
    """A call did not do what was asked."""


class Unreachable(ClientError):
    """Nobody answered at this address."""


class StillRunning(ClientError):
    """The run has not ended in time; `run` is how it stood last."""

    def __init__(self, run: Run) -> None:
        super().__init__(f"run {run.id} is still {run.status.value}")
        self.run = run


class Refused(ClientError):
    """Harbor said no. *code* is for programs; *problem* holds every member of the answer."""

    def __init__(self, status: int, problem: Mapping[str, Any]) -> None:
        self.status = status
        self.code = str(problem.get("code", "unknown"))
        self.detail = str(problem.get("detail") or problem.get("title") or f"HTTP {status}")
        self.problem = problem
        super().__init__(f"{self.code}: {self.detail}")


class HarborClient:
    """One connection to one Harbor. Close it, or use it in a ``with`` block.

    *token* may be a function that answers one, for tokens that do not live long. *sleep* and
    *transport* are for tests.
    """

    def __init__(
        self,
        url: str,
        token: str | Callable[[], str],
        *,
        timeout: timedelta = timedelta(seconds=TIMEOUT_S),
        transport: httpx.BaseTransport | None = None,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._sleep = sleep
        self._token = token
        self._http = httpx.Client(
            base_url=url,
            timeout=timeout.total_seconds(),
            transport=transport,
            # A proxy of the environment's is not asked to carry the token to this machine.
            trust_env=False,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let the connection go."""
        self._http.close()

    def jobs(self) -> list[Job]:
        """Answer the jobs that may be run."""
        return self.ask(Jobs, "GET", "/jobs").items

    def start(
        self, job: str, arguments: Mapping[str, Any] | None = None, *, key: str | None = None
    ) -> Run:
        """Start a run; with a *key* that was used before, answer the run it started."""
        body = {
            "job": job,
            "input": dict(arguments or {}),
            "idempotency_key": key or secrets.token_hex(16),
        }
        return self.ask(Run, "POST", "/runs", json=body)

    def get(self, run_id: str) -> Run:
        """Answer a run with its waits and its timeline."""
        return self.ask(Run, "GET", f"/runs/{run_id}")

    def list(
        self, *, status: str | None = None, job: str | None = None, limit: int = 50
    ) -> Iterator[Run]:
        """Answer runs, newest first, page by page for as long as they are taken."""
        given = {"status": status, "job": job, "limit": limit}
        query = {name: value for name, value in given.items() if value is not None}
        while True:
            page = self.ask(Runs, "GET", "/runs", params=query)
            yield from page.items
            if page.next is None:
                return
            query["cursor"] = page.next

    def wait(
        self,
        run_id: str,
        timeout: timedelta,
        progress: Callable[[Run], None] = lambda run: None,
    ) -> Run:
        """Answer the run once it has ended; *progress* is called whenever it has changed.

        Raises StillRunning after *timeout*. A blocked run has not ended: somebody may retry it.
        """
        until = time.monotonic() + timeout.total_seconds()
        pause, longest = LOOK_AGAIN_S
        seen: Run | None = None
        while True:
            run = self.get(run_id)
            if run != seen:
                progress(run)
            if run.is_over:
                return run
            seen = run
            if time.monotonic() >= until:
                raise StillRunning(run)
            self._sleep(pause)
            pause = min(pause * 1.5, longest)

    def deliver(
        self,
        run_id: str,
        name: str,
        payload: Mapping[str, Any],
        *,
        key: str | None = None,
        must_be_open: bool = False,
    ) -> Receipt:
        """Deliver an event; *payload* has a ``kind``.

        *name*: as the job calls the wait, in whatever branch. With *must_be_open* it is refused
        where nothing waits for it yet.
        """
        body: dict[str, Any] = {"name": name, "payload": dict(payload)}
        if must_be_open:
            body["must_be_open"] = True
        return self.ask(
            Receipt,
            "POST",
            f"/runs/{run_id}/events",
            json=body,
            headers={"Idempotency-Key": key or secrets.token_hex(16)},
        )

    def cancel(self, run_id: str, *, force: bool = False) -> Run:
        """Ask a run to end; *force*: end it now, without its closing code."""
        path, body = f"/runs/{run_id}/cancel", {"force": force}
        return self.ask(Run, "POST", path, json=body, may_repeat=False)

    def retry(self, run_id: str, **said: Any) -> Run:
        """Continue a blocked run, or a failed one at the step that ended it.

        *said*: where a person's word is asked for, `ask_again=True`; `answers_stand=True` with a
        `note`; `happened=True` with a `result`, or `happened=False`, and the `step` where there
        are several. See `RetryRun`.
        """
        return self.ask(Run, "POST", f"/runs/{run_id}/retry", json=said, may_repeat=False)

    def ask(
        self, shape: type[M], method: str, path: str, *, may_repeat: bool = True, **more: Any
    ) -> M:
        """Send a request, and answer its body as *shape*."""
        response = self.send(method, path, may_repeat=may_repeat, **more)
        return shape.model_validate_json(response.content)

    def send(
        self, method: str, path: str, *, may_repeat: bool = True, **more: Any
    ) -> httpx.Response:
        """Send a request, and again where that can help. Raises Unreachable or Refused."""
        for attempt in range(1, ATTEMPTS):
            response = self._attempt(method, path, is_last=not may_repeat, **more)
            pause = _pause(attempt, response, may_repeat=may_repeat)
            if pause is None:
                return _checked(response)
            self._sleep(pause)
        return _checked(self._attempt(method, path, is_last=True, **more))

    def _attempt(
        self, method: str, path: str, *, is_last: bool, headers: Any = None, **more: Any
    ) -> httpx.Response | None:
        """Send once; None: no answer came, and it may be tried again."""
        token = self._token if isinstance(self._token, str) else self._token()
        sent = {"Authorization": f"Bearer {token}", **(headers or {})}
        try:
            return self._http.request(method, path, headers=sent, **more)
        except httpx.TransportError as error:
            if is_last:
                raise Unreachable(f"{self._http.base_url} does not answer: {error}") from error
            return None


def _pause(attempt: int, response: httpx.Response | None, *, may_repeat: bool) -> float | None:
    """Answer how long to wait before sending again, in seconds; None: that is no use."""
    pause = FIRST_PAUSE_S * 2.0 ** (attempt - 1)
    if response is None:
        return pause
    if response.status_code != TOO_MANY and not (may_repeat and response.status_code in AGAIN):
        return None
    after = response.headers.get("Retry-After", "")
    if after.isascii() and after.isdecimal():
        pause = float(after)
    return pause if pause <= LONGEST_PAUSE_S else None


def _checked(response: httpx.Response | None) -> httpx.Response:
    if response is None:
        raise Unreachable("no answer came")
    if not response.is_success:
        raise Refused(response.status_code, _problem(response))
    return response


def _problem(response: httpx.Response) -> Mapping[str, Any]:
    """Answer the problem's members; a proxy in between may answer something else."""
    try:
        found = response.json()
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
