"""Modals: pick a job, fill its form, give a reason, be told something."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.slack.views import carried, inputs, kit, text
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
LONGEST_QUESTION = 500


@dataclass(frozen=True, slots=True)
class JobLine:
    """A job that can be run: its name, and a sentence about it."""

    name: str
    description: str = ""


def pick_job(jobs: Sequence[JobLine]) -> Block:
    """Ask which job to run. callback_id ``pick_job``; the answer is under ``job``, ``value``."""
    if not jobs:
        return notice("Run a job", "No jobs are set up yet. Ask an admin to add one.")
    options = [kit.option(job.name, job.name, job.description) for job in jobs]
    menu = kit.select(inputs.ACTION, "Choose a job", options)
    blocks = [kit.asked(JOB, "Job", menu)]
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
        told.append(kit.said(description))
    asked = list(blocks) or [kit.context("This job asks for nothing. Start it when you are ready.")]
    submit = "Start" if page == pages else "Next"
    view = kit.modal(job_name, [*told, *asked], close="Cancel", submit=submit)
    return view | {"callback_id": "run", "private_metadata": private_metadata}


def reject(gate: GateView) -> Block:
    """Ask why a request is rejected. callback_id ``reject``; the answer is under ``note``."""
    return _deciding(gate, Choice.REJECTED, title="Reject", submit="Reject")


def approve(gate: GateView) -> Block:
    """Ask why a request is approved, where its policy wants a reason. callback_id ``approve``."""
    return _deciding(gate, Choice.APPROVED, title="Approve", submit="Approve")


def notice(title: str, words: str) -> Block:
    """Tell something where there is no message to answer in; *words* are mrkdwn of ours."""
    return kit.modal(title, [kit.section(words)], close="Close")


def _deciding(gate: GateView, choice: Choice, *, title: str, submit: str) -> Block:
    reason = {"type": "plain_text_input", "action_id": inputs.ACTION, "multiline": True}
    reason |= {"max_length": text.INPUT_TEXT, "focus_on_load": True}
    blocks = [
        kit.said(gate.card.title, LONGEST_QUESTION),
        kit.section(f"Asked by {text.mention(gate.requested_by)}"),
        kit.asked(
            NOTE,
            "Reason",
            reason,
            hint=_who_reads_it(choice),
            optional=not gate.policy.reason_required,
        ),
    ]
    view = kit.modal(title, blocks, close="Cancel", submit=submit)
    return view | {"callback_id": title.lower(), "private_metadata": carried.written(gate)}


def _who_reads_it(choice: Choice) -> str:
    decided = "rejection" if choice is Choice.REJECTED else "approval"
    return f"Everybody who sees the request can read it, next to your {decided}."
