"""The timeline: what happened to a run, as lines of a page. What it does not know it shows raw."""

from dataclasses import dataclass
from datetime import datetime

from workflows.approvals.policy import Reason
from workflows.engine.base import Objection, RunView, TimelineView

ACTED = {"decide", "deliver", "cancel", "retry"}
DECIDED = {
    "approved": "approved",
    "rejected": "rejected",
    "counted": "approved; more people are needed",
    "repeated": "gave the same answer again",
    "misplaced": "used a button that was not the card's own",
}
DELIVERED = {
    "resolved": "sent the answer it waited for",
    "counted": "sent an answer; more are needed",
    "buffered": "sent an answer before it was waited for",
}
REFUSED: dict[str, str] = {
    Reason.DEACTIVATED: "Their account is deactivated.",
    Reason.BOT: "Bots cannot decide.",
    Reason.EXTERNAL: "They are not of this workspace.",
    Reason.GUEST: "Guests cannot decide this.",
    Reason.REQUESTER: "They asked for it themselves.",
    Reason.NOT_NAMED: "They are not among those who may decide.",
    Reason.REASON_REQUIRED: "They gave no reason, and one is needed.",
    Reason.UNKNOWN: "Slack could not tell whether they may decide.",
    Reason.HUMAN_REQUIRED: "Only people can decide this.",
}
NOT_RETRIED: dict[str, str] = {
    Objection.ACTED_ON: "Something had been done about its failure already.",
    Objection.OUTCOME_UNKNOWN: "Somebody has to say first whether a step happened.",
    Objection.QUESTION_CHANGED: "What people were asked is another question in today's code.",
    Objection.INVALID: "What was said with it did not fit.",
}
# What happened, in the words of the run's view.
PHRASES = {
    "approval opened": "Asked people: {}",
    "approval resolved": "Decided: {}",
    "approval timed out": "Nobody decided in time: {}",
    "approval cancelled": "No longer asked: {}",
    "event opened": "Waits for: {}",
    "event resolved": "Arrived: {}",
    "event timed out": "Did not come in time: {}",
    "event cancelled": "No longer waited for: {}",
    "sleep opened": "Pauses: {}",
    "sleep timed out": "The pause is over: {}",
    "sleep cancelled": "The pause was cut short: {}",
    "child opened": "Started another run: {}",
    "child resolved": "The other run ended: {}",
    "child timed out": "The other run took too long: {}",
    "child cancelled": "The other run was asked to end: {}",
    "step started": "Under way: {}",
    "step done": "Done: {}",
    "step failed": "Failed: {}",
    "step retrying": "Will be tried again: {}",
    "step superseded": "Failed, and taken up again: {}",
    "told to end": "Told to end",
    "pruned": "Tidied up",
}
LOOKS = {
    "started": "begin",
    "completed": "good",
    "approved": "good",
    "failed": "bad",
    "rejected": "bad",
    "cancelled": "bad",
    "approval opened": "wait",
    "event opened": "wait",
    "sleep opened": "wait",
    "child opened": "wait",
    "step done": "good",
    "step failed": "bad",
    "step retrying": "warn",
    "step superseded": "warn",
    "approval timed out": "bad",
    "event timed out": "bad",
    "child timed out": "bad",
}


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that happened; *look* is the class of its mark. *actor* begins the sentence."""

    at: datetime
    title: str
    detail: str | None
    look: str
    actor: str | None = None


def lines(run: RunView) -> list[Line]:
    """Answer a run's timeline, oldest first."""
    return [_line(happened) for happened in run.timeline]


def actors(run: RunView) -> list[str]:
    """Answer everybody a run's timeline names."""
    return [run.requested_by, *(line.name for line in run.timeline if _is_act(line) and line.name)]


def _is_act(happened: TimelineView) -> bool:
    return happened.what in ACTED


def _line(happened: TimelineView) -> Line:
    if _is_act(happened):
        return _act(happened)
    if happened.what == "started" and happened.detail:
        return Line(happened.at, "started it", None, "begin", happened.detail)
    what, tried, attempt = happened.what.replace("_", " ").partition(" (")
    title = PHRASES.get(what, f"{what.capitalize()}: {{}}" if happened.name else what.capitalize())
    words = f"{title.format(happened.name)}{tried}{attempt}"
    return Line(happened.at, words, happened.detail, LOOKS.get(what, "plain"))


def _act(happened: TimelineView) -> Line:  # noqa: PLR0911  one per row of a table
    """Somebody did or tried something: *name* is who, *detail* what came of it."""
    who, came = happened.name, happened.detail or ""
    verdict, _, why = came.partition(":")
    match happened.what, verdict:
        case "decide", "refused":
            return Line(
                happened.at, "answered, which did not count", REFUSED.get(why, why), "warn", who
            )
        case "decide", "outdated":
            words = "answered an earlier version of the question"
            return Line(happened.at, words, "It did not count.", "warn", who)
        case "decide", "late":
            return Line(happened.at, "answered too late", f"It was {why} already.", "warn", who)
        case "decide", _:
            return Line(happened.at, DECIDED.get(came, came), None, LOOKS.get(came, "plain"), who)
        case "retry", _:
            return _retried(happened, why.strip(), is_refused=verdict == "refused")
        case "deliver", _:
            return Line(happened.at, DELIVERED.get(came, came), None, "plain", who)
        case _:
            return Line(happened.at, f"asked to {happened.what} the run", None, "plain", who)


def _retried(happened: TimelineView, why: str, *, is_refused: bool) -> Line:
    """Somebody wanted the run to go on, and said more with that, or was refused."""
    code, _, said = why.partition(": ") if is_refused else ("", "", why)
    words = f"{NOT_RETRIED.get(code, code)} {said}".strip() or None
    look = "warn" if is_refused else "plain"
    return Line(happened.at, "asked to retry the run", words, look, happened.name)
