"""Retrying: what an admin is asked before a run goes on, where that takes a person's word."""

import json
from collections.abc import Iterable, Mapping, Sequence

from bot.slack.views import inputs, kit, text
from bot.slack.views.kit import Block
from workflows.engine.base import BlockedRuns, ChangedQuestion, RunView

STEP, HAPPENED, RESULT = "step", "happened", "result"  # block ids
CHANGED, NOTE = "changed", "note"
YES, NO = "yes", "no"
AGAIN, STAND = "again", "stand"
LONGEST_STEPS = 2_500  # characters of what a view carries along
LONGEST_SIDE = 600
LONGEST_CARRIED = 2_000  # characters of a button's value; docs.slack.dev, button element
MOST_GROUPS = 2
NO_DETAIL = "No detail was recorded."
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


def several(groups: Sequence[BlockedRuns]) -> list[BlockedRuns]:
    """Answer those causes that have blocked more than one run."""
    return [group for group in groups if len(group.runs) > 1]


def together(groups: Sequence[BlockedRuns]) -> list[Block]:
    """Draw causes, each with one word for all the runs that it has blocked."""
    drawn = [block for group in groups[:MOST_GROUPS] for block in _group(group)]
    return [*drawn, *kit.more(len(groups), MOST_GROUPS)]


def _group(group: BlockedRuns) -> list[Block]:
    job, count = text.inline(group.job, 100), len(group.runs)
    cause = text.inline(group.cause, 200)
    told = [words for each in group.questions for words in _in_short(each)]
    return [
        kit.section(f"*{count} runs of {job} are blocked by the same* · `{cause}`"),
        *(kit.said(words, LONGEST_SIDE) for words in told or [group.reason or NO_DETAIL]),
        _for_all(group),
    ]


def _for_all(group: BlockedRuns) -> Block:
    value = json.dumps({"cause": group.cause, "job": group.job})
    if len(value) > LONGEST_CARRIED:
        return kit.context("No button can carry this cause: `harbor retry --blocked-by` does.")
    return kit.actions(*_buttons(group, value))


def _buttons(group: BlockedRuns, value: str) -> list[Block]:
    count = len(group.runs)
    if not group.questions:
        question = "Each goes on where it stopped, on today's code. Decisions stand."
        sure = kit.confirm(f"Retry all {count}?", question, "Retry all", "Leave them", "primary")
        return [kit.button("Retry all", "retry_all", value, spoken="Retry all", confirm=sure)]
    question = "The old questions are closed, and today's are asked instead."
    sure = kit.confirm(f"Ask all {count} again?", question, "Ask all", "Leave them", "primary")
    return [
        kit.button("Ask all again", "ask_all_again", value, spoken="Ask all again", confirm=sure),
        kit.button("All answers stand", "all_answers_stand", value, spoken="All answers stand"),
    ]


def word(run_id: str, steps: Sequence[str], *, happened: bool | None) -> Block:
    """Ask whether a step happened. callback_id ``retry_word``; read by `said_of_a_step`."""
    shown = _that_fit(steps)
    known = [kit.option("It happened", YES), kit.option("It did not happen", NO)]
    chosen = "" if happened is None else YES if happened else NO
    result = {"type": "plain_text_input", "action_id": inputs.ACTION, "multiline": True}
    hint = "JSON, such as 42, “sent” in quotes or {…}; null where it answers nothing."
    blocks = [
        kit.said(f"Did it happen? {', '.join(shown or steps[:1])}"),
        kit.section(LOOK),
        *_which(shown),
        kit.asked(HAPPENED, "What happened", kit.select(inputs.ACTION, "Choose", known, chosen)),
        kit.asked(RESULT, "If it happened: what it answered", result, hint=hint, optional=True),
    ]
    view = kit.modal("Retry a run", blocks, close="Cancel", submit="Retry")
    carried = json.dumps({"run": run_id, "steps": shown})
    return view | {"callback_id": "retry_word", "private_metadata": carried}


def changed(of: Mapping[str, str], questions: Iterable[ChangedQuestion], chosen: str = "") -> Block:
    """Show what was asked and what is asked now. callback_id ``retry_changed``.

    *of* says for which run it is asked, or for all of which cause and job.
    """
    ways = [kit.option("Ask again", AGAIN), kit.option("Let the answers stand", STAND)]
    note = {"type": "plain_text_input", "action_id": inputs.ACTION, "multiline": True}
    note |= {"max_length": text.INPUT_TEXT}
    hint = "Passes by those who decide: it is audited, and shown on the card."
    blocks = [
        *(block for each in questions for block in _both(each, text.SECTION_TEXT)),
        kit.asked(CHANGED, "How it goes on", kit.select(inputs.ACTION, "Choose", ways, chosen)),
        kit.asked(NOTE, "Why the answers stand", note, hint=hint, optional=True),
    ]
    view = kit.modal("Retry a run", blocks, close="Cancel", submit="Retry")
    carried = json.dumps(dict(of))
    return view | {"callback_id": "retry_changed", "private_metadata": carried}


def _in_short(question: ChangedQuestion) -> tuple[str, str]:
    return f"It was asked: {question.asked}", f"and asks now: {question.asks}"


def _both(question: ChangedQuestion, longest: int) -> list[Block]:
    return [
        kit.section(f"*{text.inline(question.name, 150)}* was asked:"),
        kit.said(question.asked, longest),
        kit.section("and asks now:"),
        kit.said(question.asks, longest),
    ]


def _which(steps: Sequence[str]) -> list[Block]:
    if len(steps) <= 1:
        return []
    options = [kit.option(step, str(place)) for place, step in enumerate(steps)]
    return [kit.asked(STEP, "Which step", kit.select(inputs.ACTION, "Choose", options))]


def _that_fit(steps: Sequence[str]) -> list[str]:
    """Answer as many as a view can carry; of the others somebody is asked at the next retry."""
    shown: list[str] = []
    for step in steps[: text.OPTIONS]:
        if len(json.dumps([*shown, step])) > LONGEST_STEPS:
            break
        shown.append(step)
    return shown
