"""Saving runs of the shipped jobs as they stand, for later code to go on with.

``python -m tests.workflows.jobs.saving 0.2.0`` writes ``saved/0.2.0.sql``, once a release: what
was saved before is what people have in their databases, and is never written again.
"""

import asyncio
import sqlite3
import sys
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory

from store.snapshot import snapshot
from workflows.jobs import approve_and_act, approve_and_act_links
from workflows.jobs.approve_and_act import Request
from workflows.testing import Kit, member

SAVED = Path(__file__).parent / "saved"
REQUEST = Request(context="Refund 42")


def create_issue_in_vain(team: str, title: str) -> None:
    raise ConnectionError("down")


async def saved() -> str:
    """Answer a database as SQL: each job has a run that waits, and one that files its issue."""
    plugins = {"linear": {"create_issue": create_issue_in_vain}}
    async with Kit(approve_and_act, approve_and_act_links, plugins=plugins) as kit:
        for _ in range(2):
            asked = await kit.start("approve-and-act", REQUEST)
            linked = await kit.start("approve-and-act-links", REQUEST)
        await asked.approve(member("UBO"))
        await linked.deliver("decision", {"kind": "approved"})
        with TemporaryDirectory() as folder:
            copy = Path(folder) / "harbor.db"
            snapshot(kit.path, copy)
            with closing(sqlite3.connect(copy)) as connection:
                return "\n".join(connection.iterdump()) + "\n"


if __name__ == "__main__":
    (SAVED / f"{sys.argv[1]}.sql").write_text(asyncio.run(saved()))
