"""Modals: pick a job, fill its form, give a reason, be told something."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.slack.views import carried, inputs, kit, text
from bot.slack.views import gate as gates
from bot.slack.views.commands import help_text, run_status, runs_list, started
from bot.slack.views.kit import Block
from workflows.approvals.gate import Choice
from workflows.approvals.view import GateView

__all__ = [
    "JobLine",
    "approve",
    "help_text",
    "notice",
    "pick_job",
    "reject",
    "run_form",
    "run_status",
    "runs_list",
    "started",
]

NOTE = "note"  # the block id of the reason
JOB = "job"  # the block id of the menu of jobs


@dataclass(frozen=True, slots=True)
class JobLine:
    """A job that can be run: its name, and a sentence about it."""

    name: str
    description: str = ""


def pick_job(jobs: Sequence[JobLine]) -> Block:
    """Ask which job to run. callback_id ``pick_job``; the answer is under ``job``, ``value``."""
    if not jobs:
        return notice("Run a job", "No jobs are set up yet. Ask an admin to add one.")
    with text.noticing() as noticed:
        options = [kit.option(job.name, job.name, job.description) for job in jobs]
    menu = kit.select(inputs.ACTION, "Choose a job", options)
    blocks = [kit.asked(JOB, "Job", menu)]
    if noticed.is_cut:
        blocks.append(kit.context(kit.shortened("`harbor jobs` shows")))
    if len(jobs) > text.OPTIONS:
        blocks.append(kit.context("More jobs than fit here. `/harbor run JOB` runs any of them."))
    view = kit.modal("Run a job", blocks, close="Close", submit="Next")
    return view | {"callback_id": "pick_job"}


def run_form(
    job_name: str,
    description: str,
    blocks: Sequence[Block],
    private_metadata: str = "",
    *,
    page: int = 1,
    pages: int = 1,
) -> Block:
    """Ask for a job's input. callback_id ``run``; *blocks* are those of one page of a form."""
    where = f" · page {page} of {pages}" if pages > 1 else ""
    told = [kit.section(f"Job {text.bold(job_name)}{where}")]
    if text.visible(description):
        told += kit.whole(lambda: [kit.said(description)], "`harbor jobs` shows")
    asked = list(blocks) or [kit.context("This job asks for nothing. Start it when you are ready.")]
    submit = "Start" if page == pages else "Next"
    view = kit.modal(job_name, [*told, *asked], close="Cancel", submit=submit)
    return view | {"callback_id": "run", "private_metadata": private_metadata}


def reject(gate: GateView, link: str | None = None, permalink: str | None = None) -> Block:
    """Ask whether and why to reject. callback_id ``reject``; the answer is under ``note``.

    *link* is where a browser shows the request, *permalink* where its card is.
    """
    return _deciding(gate, "Reject", _whole(gate, link, permalink), Choice.REJECTED)


def approve(gate: GateView, link: str | None = None, permalink: str | None = None) -> Block:
    """Ask whether to approve, and why where its policy wants a reason. callback_id ``approve``."""
    return _deciding(gate, "Approve", _whole(gate, link, permalink), Choice.APPROVED)


def notice(title: str, words: str) -> Block:
    """Tell something where there is no message to answer in; *words* are mrkdwn of ours."""
    return kit.modal(title, [kit.section(words)], close="Close")


def _whole(gate: GateView, link: str | None, permalink: str | None) -> list[Block]:
    """Draw all that the card shows: nobody decides here on less (invariant 33)."""
    return gates.question(gate, link=link, permalink=permalink)


def _deciding(gate: GateView, verb: str, shown: list[Block], choice: Choice) -> Block:
    reason = {"type": "plain_text_input", "action_id": inputs.ACTION, "multiline": True}
    # Whoever may approve without a word begins at the top: there is something to read first.
    is_asked_for = choice is Choice.REJECTED or gate.policy.reason_required
    reason |= {"max_length": text.INPUT_TEXT, "focus_on_load": is_asked_for}
    asked = kit.asked(
        NOTE,
        "Reason",
        reason,
        hint=_who_reads_it(choice),
        optional=not gate.policy.reason_required,
    )
    view = kit.modal(verb, [*shown, asked], close="Cancel", submit=verb)
    return view | {"callback_id": verb.lower(), "private_metadata": carried.written(gate)}


def _who_reads_it(choice: Choice) -> str:
    decided = "rejection" if choice is Choice.REJECTED else "approval"
    return f"Everybody who sees the request can read it, next to your {decided}."
