"""Drawing: tables and runs, for a terminal; what is piped gets plain lines instead."""

import sys
from collections.abc import Iterable, Sequence

import typer
from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from bot.client import Run
from bot.commands.words import clean, moment, paragraphs, written
from bot.naming import naming
from bot.web.shapes import Gate, Happened, Wait
from workflows.engine.base import RunStatus, WaitStatus

COLOURS = {
    RunStatus.READY: "cyan",
    RunStatus.RUNNING: "cyan",
    RunStatus.WAITING: "yellow",
    RunStatus.BLOCKED: "bold red",
    RunStatus.COMPLETED: "green",
    RunStatus.FAILED: "red",
    RunStatus.CANCELLED: "dim",
}
UNBOUNDED = 10_000  # columns: what is piped is not wrapped


def console(*, to_error: bool = False) -> Console:
    """Answer standard output, or error, which takes every word literally."""
    out = sys.stderr if to_error else sys.stdout
    width = None if out.isatty() else UNBOUNDED
    return Console(file=out, markup=False, emoji=False, highlight=False, width=width)


def table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Print rows: as a table on a terminal, else one line each, separated by tabs."""
    out = console()
    if not out.is_terminal:
        for row in rows:
            typer.echo("\t".join(clean(cell) for cell in row))
        return
    drawn = Table(box=None, pad_edge=False, header_style="bold")
    for column in columns:
        drawn.add_column(column, overflow="fold")  # a narrow terminal cuts nothing off
    for row in rows:
        drawn.add_row(*(Text(clean(cell)) for cell in row))
    out.print(drawn)


def whole(run: Run, gates: Sequence[Gate]) -> RenderableType:
    """Answer a run: how it stands, what it waits for, what happened, what came of it."""
    parts: list[RenderableType] = [_head(run), *_part("Input", _json(run.input))]
    if run.waits:
        asked = {(gate.name, gate.nth): gate for gate in gates}
        drawn = [_wait(wait, asked.get((wait.name, wait.nth))) for wait in run.waits]
        parts += _part("Waits", Group(*drawn))
    parts += _part("Timeline", Group(*(line(each) for each in run.timeline or [])))
    if run.result is not None:
        parts += _part("Result", _json(run.result))
    if run.error is not None:
        parts += _part("Error", _json(run.error))
    return Group(*parts)


def line(happened: Happened) -> Text:
    """Answer one line of a timeline."""
    words = [happened.what, happened.name or "", happened.detail or ""]
    told = clean("  ".join(word for word in words if word))
    return Text.assemble((moment(happened.at), "dim"), "  ", told)


def _head(run: Run) -> RenderableType:
    facts = [
        ("requested by", run.requested_by),
        ("for the run", run.parent_id or ""),
        ("started", moment(run.created_at)),
        ("ended", moment(run.finished_at)),
        ("blocked", run.blocked_reason or ""),
    ]
    lines = [
        Text.assemble((f"{label:<13}", "dim"), clean(value)) for label, value in facts if value
    ]
    status = (run.status.value, COLOURS[run.status])
    return Group(Text.assemble(run.id, "  ", (clean(run.job), "bold"), "  ", status), *lines)


def _part(title: str, content: RenderableType) -> list[RenderableType]:
    return [Text(""), Text(title, "bold"), _inside(content)]


def _inside(content: RenderableType) -> RenderableType:
    return Padding(content, (0, 0, 0, 2), expand=False)


def _json(value: object) -> Text:
    return Text(written(value))


def _wait(wait: Wait, gate: Gate | None) -> RenderableType:
    is_open = wait.status is WaitStatus.OPEN
    ends = f", until {moment(wait.deadline_at)}" if is_open else ""
    title = f"{clean(wait.name)}#{wait.nth}  {wait.type.value}  {wait.status.value}{ends}"
    if wait.run_id is not None:
        title += f", run {wait.run_id}"
    parts: list[RenderableType] = [Text(title, "yellow" if is_open else "")]
    if gate is not None:
        parts.append(_inside(question(gate)))
    parts += [_inside(_vote(vote.by, vote.choice.value, vote.note)) for vote in wait.votes]
    return Group(*parts)


def question(gate: Gate) -> RenderableType:
    """Answer what people are asked, with the payload they approve, in full."""
    parts = [Text(clean(_named(gate, gate.title)), "bold")]
    if gate.why:
        parts.append(Text(paragraphs(_named(gate, gate.why))))
    parts += [
        Text.assemble((f"{clean(label)}: ", "dim"), clean(_named(gate, value)))
        for label, value in gate.fields
    ]
    if gate.shown is not None:
        parts += [Text("payload", "dim"), _json(gate.shown)]
    parts += [
        Text.assemble(("digest ", "dim"), gate.digest),
        Text.assemble(("gate ", "dim"), gate.id),
        Text.assemble(("asked by ", "dim"), clean(_asker(gate))),
        Text.assemble(("open until ", "dim"), moment(gate.deadline_at)),
        Text.assemble(("who may decide ", "dim"), _policy(gate)),
    ]
    return Group(*parts)


def _named(gate: Gate, words: str) -> str:
    """Answer words of a gate with the names of those that it names by their ids."""
    return naming(words, lambda user: gate.names.get(user) or user, gate.named)


def _asker(gate: Gate) -> str:
    """Answer who asked: the actor, and what a person is called."""
    called = gate.names.get(gate.requested_by.rpartition(":")[2])
    return f"{gate.requested_by} ({called})" if called else gate.requested_by


def _policy(gate: Gate) -> str:
    """Answer the policy's own words, without those that say nothing."""
    said = {name: value for name, value in gate.policy.items() if value}
    return clean(", ".join(f"{name}={value}" for name, value in said.items()))


def _vote(by: str, choice: str, note: str | None) -> Text:
    return Text(clean(f"{choice} by {by}" + (f": {note}" if note else "")))
