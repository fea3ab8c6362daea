"""Retrying: what an admin is asked before a run goes on, where that takes a person's word."""

import json
from collections.abc import Iterable, Sequence

from bot.slack.views import inputs, kit, text
from bot.slack.views.kit import Block
from workflows.engine.base import ChangedQuestion, RunView

STEP, HAPPENED, RESULT = "step", "happened", "result"  # block ids
CHANGED, NOTE = "changed", "note"
YES, NO = "yes", "no"
AGAIN, STAND = "again", "stand"
LONGEST_STEPS = 2_500  # characters of what a view carries along
LONGEST_SIDE = 1_200
LOOK = (
    "It may be begun at most once, it has begun, and nobody knows whether it happened. Look there"
    " first: what you say is on record under your name."
)


def buttons(run: RunView) -> list[Block]:
    """Answer the buttons by which a person's word is given, where a run needs one."""
    found = []
    if run.unknown:
        found += [
            kit.button("It happened", "it_happened", run.id, spoken="Say that the step happened"),
            kit.button("It did not", "it_did_not", run.id, spoken="Say that it did not happen"),
        ]
    if run.changed:
        question = "The old question is closed, and today's is asked instead."
        sure = kit.confirm("Ask again?", question, "Ask again", "Leave it", "primary")
        found += [
            kit.button(
                "Ask again", "ask_again", run.id, spoken="Ask today's question", confirm=sure
            ),
            kit.button("Answers stand", "answers_stand", run.id, spoken="Let the answers stand"),
        ]
    return found


def word(run_id: str, steps: Sequence[str], *, happened: bool | None) -> Block:
    """Ask whether a step happened. callback_id ``retry_word``; read by `said_of_a_step`."""
    shown = _that_fit(steps)
    known = [kit.option("It happened", YES), kit.option("It did not happen", NO)]
    chosen = "" if happened is None else YES if happened else NO
    result = {"type": "plain_text_input", "action_id": inputs.ACTION, "multiline": True}
    hint = "JSON, such as 42, “sent” in quotes or {…}; null where it answers nothing."
    blocks = [
        kit.said(f"Did it happen? {', '.join(shown)}"),
        kit.section(LOOK),
        *_which(shown),
        kit.asked(HAPPENED, "What happened", kit.select(inputs.ACTION, "Choose", known, chosen)),
        kit.asked(RESULT, "If it happened: what it answered", result, hint=hint, optional=True),
    ]
    view = kit.modal("Retry a run", blocks, close="Cancel", submit="Retry")
    carried = json.dumps({"run": run_id, "steps": shown})
    return view | {"callback_id": "retry_word", "private_metadata": carried}


def changed(run_id: str, questions: Iterable[ChangedQuestion], chosen: str = "") -> Block:
    """Show what was asked and what is asked now. callback_id ``retry_changed``."""
    ways = [kit.option("Ask again", AGAIN), kit.option("Let the answers stand", STAND)]
    note = {"type": "plain_text_input", "action_id": inputs.ACTION, "multiline": True}
    note |= {"max_length": text.INPUT_TEXT}
    hint = "Passes by those who decide: it is audited, and shown on the card."
    blocks = [
        *(block for each in questions for block in _both(each)),
        kit.asked(CHANGED, "How it goes on", kit.select(inputs.ACTION, "Choose", ways, chosen)),
        kit.asked(NOTE, "Why the answers stand", note, hint=hint, optional=True),
    ]
    view = kit.modal("Retry a run", blocks, close="Cancel", submit="Retry")
    carried = json.dumps({"run": run_id})
    return view | {"callback_id": "retry_changed", "private_metadata": carried}


def _both(question: ChangedQuestion) -> list[Block]:
    return [
        kit.section(f"*{text.inline(question.name, 150)}* was asked:"),
        kit.said(question.asked, LONGEST_SIDE),
        kit.section("and asks now:"),
        kit.said(question.asks, LONGEST_SIDE),
    ]


def _which(steps: Sequence[str]) -> list[Block]:
    if len(steps) == 1:
        return []
    options = [kit.option(step, str(place)) for place, step in enumerate(steps)]
    return [kit.asked(STEP, "Which step", kit.select(inputs.ACTION, "Choose", options))]


def _that_fit(steps: Sequence[str]) -> list[str]:
    """Answer as many as a view can carry; of the others somebody is asked at the next retry."""
    shown: list[str] = []
    for step in steps[: text.OPTIONS]:
        if shown and len(json.dumps([*shown, step])) > LONGEST_STEPS:
            break
        shown.append(step)
    return shown
