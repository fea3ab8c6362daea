"""What a run came to, in words: its status, its result, its error, and why it is stuck."""

import json
from collections.abc import Mapping
from typing import Any, assert_never

from bot.slack.views import kit, text
from bot.slack.views.kit import Block
from workflows.approvals.view import GateStatus, GateView, RunStatus
from workflows.engine.base import RunView
from workflows.named import NOBODY, Ids

MOST_PAIRS = 20
BUDGET = 6_000  # characters of a result; the rest is on the page
LONGEST_VALUE = 1_000
LONGEST_ERROR = 1_000
LONGEST_TITLE = 200
LONGEST_JOB = 150

STATUSES = {
    RunStatus.READY: "○ ready",
    RunStatus.RUNNING: "▶ running",
    RunStatus.WAITING: "◷ waiting",
    RunStatus.BLOCKED: "⚠ blocked",
    RunStatus.COMPLETED: "● completed",  # no tick: what people said to it is not known in a list
    RunStatus.FAILED: "✕ failed",
    RunStatus.CANCELLED: "⊘ cancelled",
}
_BLOCKED = {
    "job_missing": (
        "The job cannot continue yet: its code is missing. It goes on by itself when the code is"
        " back."
    ),
    "nondeterminism": (
        "The job's code has changed in a way that does not fit what has happened so far. Nothing"
        " was done. An admin can continue it on the new code, or cancel it."
    ),
    "poison": (
        "The run was stopped because the program died several times while working on it. An admin"
        " can try it again, or cancel it."
    ),
    "corrupt": "What was stored about this run cannot be read. An admin has to look at it.",
}
_NO = {
    GateStatus.REJECTED.value: "✕ Rejected",
    GateStatus.EXPIRED.value: "⊖ Nobody decided in time",
    GateStatus.CANCELLED.value: "⊘ The request was cancelled",
}
_BLOCKED_OTHERWISE = "The run cannot go on by itself. An admin can continue it, or cancel it."


def is_over(status: RunStatus) -> bool:
    return status in {RunStatus.COMPLETED, RunStatus.FAILED, RunStatus.CANCELLED}


def why_blocked(reason: str | None) -> str:
    """Say in human words why a run is blocked; *reason* is "code: detail"."""
    return _BLOCKED.get((reason or "").partition(":")[0].strip(), _BLOCKED_OTHERWISE)


def sentence(run: RunView) -> str:
    """Say how a run stands (mrkdwn), after what people decided in it."""
    return after(last_decided(run), run.status, run.blocked_reason)


def progress(status: RunStatus, blocked_reason: str | None) -> str:
    """Say how a run stands, in a sentence (mrkdwn)."""
    match status:
        case RunStatus.READY | RunStatus.RUNNING:
            return "▶ The run goes on."
        case RunStatus.WAITING:
            return "◷ The run waits for what comes next."
        case RunStatus.BLOCKED:
            return f"⚠ {why_blocked(blocked_reason)}"
        case RunStatus.COMPLETED:
            return "✓ The run is complete."
        case RunStatus.FAILED:
            return "✕ The run failed."
        case RunStatus.CANCELLED:
            return "⊘ The run was cancelled."
        case _:
            assert_never(status)


def after(decided: str | None, status: RunStatus, blocked_reason: str | None) -> str:
    """Do what `progress` does, in words that fit what people *decided* last, if they did.

    A run that ends after a "no" has done what it should; that is no reason for a tick.
    """
    if status is not RunStatus.COMPLETED or decided not in _NO:
        return progress(status, blocked_reason)
    return f"{_NO[decided]}; the run has ended."


def is_no(decided: str | None) -> bool:
    """Whether people decided something else than to approve."""
    return decided in _NO


def last_decided(run: RunView) -> str | None:
    """Answer what came of the request that a run asked last, "approved" or another of a gate's."""
    outcomes = [wait.outcome for wait in run.waits if wait.gate_id and wait.outcome]
    return outcomes[-1] if outcomes else None


def of_gate(gate: GateView, most: int = MOST_PAIRS, named: Ids = NOBODY) -> list[Block]:
    """Draw what a gate's run came to; at most *most* pairs of its result, which names *named*."""
    told = after(gate.status.value, gate.run_status, gate.blocked_reason)
    return _drawn(told, gate.run_status, gate.blocked_reason, gate.result, gate.error, most, named)


def of_run(run: RunView, most: int = MOST_PAIRS, named: Ids = NOBODY) -> list[Block]:
    """Draw what a run came to; at most *most* pairs of its result, which names *named*."""
    told = sentence(run)
    return _drawn(told, run.status, run.blocked_reason, run.result, run.error, most, named)


def _drawn(
    told: str,
    status: RunStatus,
    blocked_reason: str | None,
    result: Any,
    error: Mapping[str, Any] | None,
    most: int,
    named: Ids,
) -> list[Block]:
    """Draw how a run stands, and its result or error.

    What is cut is for the message to say (`kit.whole`).
    """
    blocks = [kit.section(told)]
    if status is RunStatus.COMPLETED:
        blocks += kit.table(pairs(result), BUDGET, LONGEST_VALUE, most, named)
    if status is RunStatus.FAILED:
        blocks.append(kit.said(complaint(error), LONGEST_ERROR))
    if status is RunStatus.BLOCKED and blocked_reason:
        blocks.append(kit.said(blocked_reason, LONGEST_ERROR))
    return blocks


def complaint(error: Mapping[str, Any] | None) -> str:
    """Say what went wrong: the message, and what kind of error it was."""
    if not error:
        return "No reason was recorded."
    kind, message = str(error.get("kind") or ""), str(error.get("message") or "")
    return f"{message} ({kind})" if message and kind else message or kind or "No reason given."


def pairs(result: Any) -> list[tuple[str, str]]:
    """Answer a result as labels and values, leaving out what is absent."""
    if isinstance(result, Mapping):
        return [(label(str(key)), shown(each)) for key, each in result.items() if each is not None]
    return [] if result is None else [("Result", shown(result))]


def label(name: str) -> str:
    """Answer the name of a field for people: "issue_url" is "Issue url"."""
    words = " ".join(name.replace("_", " ").split())
    return words[:1].upper() + words[1:] if words else name


def shown(value: Any) -> str:
    """Answer a plain JSON value for people."""
    match value:
        case True:
            return "yes"
        case False:
            return "no"
        case None:
            return "none"
        case str():
            return value
        case _:
            return json.dumps(value, ensure_ascii=False)


def in_a_line(run: RunView, title: str | None = None) -> str:
    """Answer a run in mrkdwn: what it asked, if that is known; then status, job, when."""
    return kit.whole_line(lambda: _line(run, title), kit.page(None, run.id))


def _line(run: RunView, title: str | None) -> str:
    at = text.moment(run.finished_at or run.created_at)
    if title is None:
        return f"{STATUSES[run.status]} · {text.bold(run.job)} · {at}"
    job = text.inline(run.job, LONGEST_JOB)
    return f"{_titled(title)}\n{STATUSES[run.status]} · {job} · {at}"


def _titled(title: str) -> str:
    """Draw a title in bold; one that says so (`Title`) names people and channels."""
    named = getattr(title, "named", NOBODY)
    if text.names(title, named):
        return f"*{text.line(title, LONGEST_TITLE - 2, named)}*"
    return text.bold(title, LONGEST_TITLE)
