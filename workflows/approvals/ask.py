"""ask: what `ctx.approval` does, in terms of one wait."""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from pydantic import BaseModel

from workflows.actors import decider
from workflows.approvals.digest import digest, question
from workflows.approvals.gate import (
    Approved,
    Card,
    Cast,
    Choice,
    Decision,
    Expired,
    Policy,
    Rejected,
)
from workflows.approvals.gates import Question
from workflows.duration import Duration
from workflows.errors import StepMisused
from workflows.event import Event, Silence
from workflows.named import NOBODY, Ids, ids, within
from workflows.plain import dumps, plain
from workflows.step import Step

LONGEST_WORDS = 10_000  # characters of a title or a reason; Slack shows their beginning
LARGEST_SHOWN = 256 * 1024  # characters of JSON, as for a run's input
CHANNEL = re.compile(r"#[\w-]{1,79}|[CGD][A-Z0-9]{2,20}")
KINDS = tuple(choice.value for choice in Choice)


async def ask(
    step: Step,
    name: str,
    title: str,
    *,
    show: BaseModel | Mapping[str, Any] | None,
    why: str | None,
    channel: str | None,
    default_channel: str,
    policy: Policy,
    timeout: Duration,
    job: str,
    requested_by: str,
    known: Ids = NOBODY,
) -> Decision:
    """Open a gate, park, and answer what people decided.

    *known* are the ids of those whom the job has met by a type: its input, who decided before.
    """
    asked_in = default_channel if channel is None else channel
    _check(name, title, why, asked_in, policy)
    shown = _shown(name, show)
    drawn = fields(show, shown)
    card = Card(
        title=title.strip(),
        why=why,
        fields=drawn,
        shown=shown,
        channel=asked_in,
        job=job,
        requested_by=requested_by,
        named=_named(known | ids(show), title, why, drawn),
    )
    event = await step.wait_for_event(
        name,
        timeout=timeout,
        expected=KINDS,
        opening=Question(card, policy, digest(card.title, shown)),
        asked=question(card, policy, channel=channel, labels=_labels(show)),
    )
    return decision(event)


def _check(name: str, title: object, why: object, channel: object, policy: object) -> None:
    """Raise StepMisused, naming the argument: nothing that cannot be shown is asked."""
    if not isinstance(title, str) or not title.strip():
        raise StepMisused(f"the approval {name!r} needs a title: what are people asked?")
    _check_words(name, "title", title)
    if why is not None:
        _check_words(name, "why", why)
    if not isinstance(channel, str) or not CHANNEL.fullmatch(channel):
        raise StepMisused(
            f"the approval {name!r}: channel={channel!r:.80} is no channel: write #name or its id"
        )
    if not isinstance(policy, Policy):
        raise StepMisused(f"the approval {name!r} needs policy=Policy(…): who may decide?")


def _check_words(name: str, argument: str, words: object) -> None:
    if not isinstance(words, str):
        raise StepMisused(f"the approval {name!r}: {argument}= takes text, not {words!r:.80}")
    if len(words) > LONGEST_WORDS:
        raise StepMisused(
            f"the approval {name!r}: {argument}= has {len(words)} characters; {LONGEST_WORDS} at"
            " the most: put the rest into show="
        )
    if any("\ud800" <= character <= "\udfff" for character in words):
        raise StepMisused(f"the approval {name!r}: {argument}= holds half a surrogate pair")


def _shown(name: str, show: BaseModel | Mapping[str, Any] | None) -> Any:
    """Answer what is shown, plain. Raises StepMisused where it is more than anybody can read."""
    shown = plain(show, "show")
    if (size := len(dumps(shown))) > LARGEST_SHOWN:
        raise StepMisused(
            f"the approval {name!r}: show= is {size} characters of JSON; {LARGEST_SHOWN} at the"
            " most: show what people decide on, and where the rest is"
        )
    return shown


def _named(known: Ids, title: str, why: str | None, drawn: tuple[tuple[str, str], ...]) -> Ids:
    """Answer those of *known* whom the words of a card name."""
    if not known:
        return NOBODY
    return within(" ".join((title, why or "", *(value for _, value in drawn))), known)


def fields(show: BaseModel | Mapping[str, Any] | None, shown: Any) -> tuple[tuple[str, str], ...]:
    """Answer pairs of label and text for what is shown, in its own order."""
    if shown is None:
        return ()
    if not isinstance(shown, dict):
        raise StepMisused(f"show= takes a model or a mapping, not {type(show).__name__}")
    return tuple((_label(show, name), _text(value)) for name, value in shown.items())


def decision(event: Event | Silence) -> Decision:
    """Answer the event that ended the wait as a decision."""
    if isinstance(event, Silence) or event.kind not in KINDS:
        return Expired()
    kind = Approved if event.kind == Choice.APPROVED else Rejected
    votes = tuple(
        Cast(decider(vote["person"]), Choice(vote["choice"]), vote["note"], _time(vote["at"]))
        for vote in event.payload["votes"]
    )
    if event.actor is None or event.at is None:
        raise TypeError(f"the event that ended {event.name!r} does not say who and when")
    return kind(by=decider(event.actor), note=event.payload["note"], at=event.at, votes=votes)


def _time(text: str) -> datetime:
    return datetime.fromisoformat(text)


def _labels(show: BaseModel | Mapping[str, Any] | None) -> dict[str, str]:
    """Answer the labels that an author has given to fields."""
    if not isinstance(show, BaseModel):
        return {}
    return {name: f.title for name, f in type(show).model_fields.items() if f.title}


def _label(show: BaseModel | Mapping[str, Any] | None, name: str) -> str:
    if isinstance(show, BaseModel):
        field = type(show).model_fields.get(name)
        if field is not None and field.title:
            return field.title
    return name.replace("_", " ").strip().capitalize() or name


def _text(value: Any) -> str:
    match value:
        case None:
            return "-"
        case bool():
            return "yes" if value else "no"
        case str():
            return value
        case _:
            return dumps(value)
