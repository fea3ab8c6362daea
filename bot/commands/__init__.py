"""The commands that talk to Harbor: runs, decisions, tokens, the audit, backups."""

import typer

from bot.commands import (
    auditing,
    backing_up,
    deciding,
    delivering,
    linting,
    pruning,
    rehearsing,
    retrying,
    runs,
    tokens,
)


def add_to(app: typer.Typer) -> None:
    """Give *app* these commands."""
    for command in (
        runs.jobs,
        runs.run,
        runs.runs,
        runs.show,
        runs.cancel,
        retrying.retry,
        deciding.approve,
        deciding.reject,
        delivering.deliver,
        linting.lint,
        pruning.prune,
        backing_up.backup,
        rehearsing.replay,
    ):
        app.command()(command)
    app.add_typer(tokens.app, name="token")
    app.add_typer(auditing.app, name="audit")
