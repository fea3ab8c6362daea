"""Refusals: what the engine and the gates decline, as problems with the status that fits."""

from collections.abc import Mapping
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any, assert_never

from bot.web.problems import Problem, invalid
from workflows.approvals.gates import Answer, Closed, Misplaced, Missing, Outdated
from workflows.approvals.policy import Counted, Decides, NotAllowed, Repeated
from workflows.approvals.view import GateStatus, GateView
from workflows.engine.base import ChangedQuestion, NotCancelled, NotDone, NotRetried, Objection
from workflows.event import Declined, Refused

BUFFER_PAUSE_S = 60

_STATUS = {
    Declined.UNKNOWN_RUN: HTTPStatus.NOT_FOUND,
    Declined.KEY_REUSED: HTTPStatus.CONFLICT,
    Declined.ALREADY_DECIDED: HTTPStatus.CONFLICT,
    Declined.EXPIRED: HTTPStatus.GONE,
    Declined.RUN_OVER: HTTPStatus.GONE,
    Declined.UNEXPECTED_KIND: HTTPStatus.UNPROCESSABLE_ENTITY,
    Declined.HUMAN_REQUIRED: HTTPStatus.FORBIDDEN,
    Declined.NOT_ALLOWED: HTTPStatus.FORBIDDEN,
    Declined.QUESTION_CHANGED: HTTPStatus.CONFLICT,
    Declined.NOT_WAITING: HTTPStatus.CONFLICT,
    Declined.SEVERAL_OPEN: HTTPStatus.CONFLICT,
    Declined.INVALID: HTTPStatus.UNPROCESSABLE_ENTITY,
    Declined.RATE_LIMITED: HTTPStatus.TOO_MANY_REQUESTS,
}
_DETAIL = {
    Declined.UNKNOWN_RUN: "there is no such run",
    Declined.KEY_REUSED: "this Idempotency-Key came with another event before",
    Declined.ALREADY_DECIDED: "this has been decided",
    Declined.EXPIRED: "the deadline has passed",
    Declined.RUN_OVER: "the run has ended",
    Declined.UNEXPECTED_KIND: "the wait does not expect this kind",
    Declined.HUMAN_REQUIRED: "this is for a person to decide: a token needs the scope"
    " decisions:write, and a policy with tokens_may_decide=True",
    Declined.NOT_ALLOWED: "the policy of this approval does not allow it",
    Declined.QUESTION_CHANGED: "this answers an earlier version of the question; look at the one"
    " that is asked now",
    Declined.NOT_WAITING: "the run does not wait for this now; nothing was stored",
    Declined.SEVERAL_OPEN: "several approvals of this name are open: send it to one by its full"
    " name",
    Declined.INVALID: "the payload does not fit",
    Declined.RATE_LIMITED: "too many events are kept for a wait that the run has not reached",
}
_MEMBERS = {"expected": "allowed", "status": "run_status"}  # the engine's word: the API's
_TIMES = {"at", "deadline_at"}


def of_event(refused: Refused) -> Problem:
    """Answer why an event was not accepted."""
    code = refused.code
    headers = {"Retry-After": str(BUFFER_PAUSE_S)} if code is Declined.RATE_LIMITED else None
    more = {_MEMBERS.get(name, name): _zulu(name, value) for name, value in refused.detail.items()}
    return Problem(_STATUS[code], code.value, _DETAIL[code], more=more, headers=headers)


def of_run(refused: NotDone) -> Problem | None:
    """Answer why a run was not cancelled or retried; None: what is asked for is under way."""
    match refused:
        case NotDone.ALREADY_ASKED:
            return None
        case NotDone.UNKNOWN_RUN:
            return of_event(Refused(Declined.UNKNOWN_RUN))
        case NotDone.RUN_OVER:
            return of_event(Refused(Declined.RUN_OVER))
        case NotDone.NOTHING_TO_RETRY:
            return Problem(
                HTTPStatus.CONFLICT,
                refused.value,
                "only a blocked or a failed run can be retried",
            )
        case NotDone.PRUNED:
            return Problem(
                HTTPStatus.CONFLICT,
                refused.value,
                "this run ended so long ago that its journal was deleted: it would do everything"
                " again; start a new one",
            )
        case _:
            assert_never(refused)


def of_cancel(refused: NotCancelled) -> Problem:
    """Answer what stays done and undone of a blocked run, which takes `force` to be cancelled."""
    more = {"done": list(refused.done), "undone": list(refused.undone)}
    return Problem(HTTPStatus.CONFLICT, "blocked", refused.detail, more=more)


def of_retry(refused: NotRetried) -> Problem:
    """Answer what has to be said, or looked at, before a run is retried."""
    if refused.why is Objection.INVALID:
        return invalid("the body does not fit", {refused.where or "": refused.detail})
    more = {
        "steps": list(refused.steps) or None,
        "questions": [_question(each) for each in refused.questions] or None,
    }
    return Problem(HTTPStatus.CONFLICT, refused.why.value, refused.detail, more=more)


def _question(changed: ChangedQuestion) -> dict[str, str]:
    return {"name": changed.name, "asked": changed.asked, "asks": changed.asks}


def of_vote(answer: Answer) -> Problem | None:
    """Answer why an operator's vote changed nothing; None: it did, or it had before."""
    match answer.ruling:
        case Decides() | Counted() | Repeated():
            return None
        case NotAllowed(reason=reason):
            return of_event(Refused(Declined.NOT_ALLOWED, {"reason": reason.value}))
        case Closed():
            return closed(answer.gate)
        case Outdated(answered=answered, asked=asked):
            more = {"answered": answered, "version": asked}
            return of_event(Refused(Declined.QUESTION_CHANGED, more))
        case Missing() | Misplaced():
            return Problem(HTTPStatus.NOT_FOUND, "unknown_gate", "this run has no such approval")
        case _:
            assert_never(answer.ruling)


def closed(gate: GateView | None) -> Problem:
    """Answer how an approval ended that is no longer open."""
    if gate is None or gate.status is GateStatus.CANCELLED:
        return of_event(Refused(Declined.RUN_OVER))
    if gate.status is GateStatus.EXPIRED:
        more: Mapping[str, Any] = {"deadline_at": gate.deadline_at.isoformat()}
        return of_event(Refused(Declined.EXPIRED, more))
    at = gate.decided_at.isoformat() if gate.decided_at else None
    more = {"outcome": gate.status.value, "by": gate.decided_by, "at": at}
    return of_event(Refused(Declined.ALREADY_DECIDED, more))


def _zulu(name: str, value: Any) -> Any:
    """Answer times as the API writes them; everything else as it is."""
    if name not in _TIMES or not isinstance(value, str):
        return value
    return datetime.fromisoformat(value).astimezone(UTC).isoformat().replace("+00:00", "Z")
