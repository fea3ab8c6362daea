"""Cron: jobs that start by themselves, each time once.

The next start of a job is a row. Whoever moves it on starts the run, in the same transaction; it
is only ever moved to a time after the transaction's own, and that never runs backwards. What was
missed is started once, for the latest time. The run's key names its time: a second guard.
"""

import logging
from datetime import datetime

from store import audit, runs, schedules
from store.database import Tx
from store.schedules import Planned
from workflows.engine.base import Start
from workflows.engine.local import starting
from workflows.failpoint import failpoint
from workflows.ids import run_id
from workflows.job import Job
from workflows.plain import dumps
from workflows.registry import Registry
from workflows.schedule import Schedule

log = logging.getLogger(__name__)

CRON = "cron"  # the door, and the scope of the keys


def plan(tx: Tx, registry: Registry) -> None:
    """At the start: plan what is new or has changed from now on, and forget what was taken back.

    What is planned of a job that is not registered here is left alone: another version may be.
    """
    known = {planned.job: planned for planned in schedules.every(tx)}
    for job in registry:
        planned = known.get(job.name)
        if job.schedule is None:
            if planned is not None:
                schedules.remove(tx, job.name)
        elif planned is None or not _is_by(planned, job.schedule):
            next_at = job.schedule.after(tx.now)
            schedules.put(tx, Planned(job.name, job.schedule.cron, job.schedule.timezone, next_at))


def due(tx: Tx, registry: Registry) -> list[Job]:
    """Answer the jobs that are to be started."""
    return [registry.get(each.job) for each in _ours(tx, registry) if each.next_at <= tx.now]


def next_due(tx: Tx, registry: Registry) -> datetime | None:
    """Answer when the next job is to be started."""
    return min((each.next_at for each in _ours(tx, registry)), default=None)


def arguments(job: Job) -> str | None:
    """Answer what a job starts with by itself; None: its own model refuses it today."""
    try:
        return job.accept({})
    except Exception:  # the author's validators may raise anything; others are due as well
        log.exception("the job %s was not started: its input's defaults are refused", job.name)
        return None


def fire(tx: Tx, job: Job, given: str | None, address: str) -> None:
    """Start a job for its latest time, if that is still to be done, and plan the next one.

    *given* is its input, *address* that of our pages.
    """
    planned = next((each for each in schedules.every(tx) if each.job == job.name), None)
    if planned is None or job.schedule is None or not _is_by(planned, job.schedule):
        return
    if planned.next_at > tx.now or not schedules.advance(tx, planned, job.schedule.after(tx.now)):
        return
    failpoint("cron:advanced")
    at = job.schedule.latest(planned.next_at, tx.now)
    key = f"{job.name}:{at:%Y-%m-%dT%H:%M:%SZ}"
    if runs.by_start_key(tx, CRON, key) is not None:
        return
    actor = f"{CRON}:{job.name}"
    if given is None:
        detail = dumps({"key": key})
        audit.append(tx, actor=actor, via=CRON, action="start", outcome="refused", detail=detail)
        return
    asked = Start(job.name, {}, requested_by=actor, via=CRON, scope=CRON, key=key)
    starting.start(tx, asked, given, run_id(tx.now), address)
    failpoint("cron:started")


def _ours(tx: Tx, registry: Registry) -> list[Planned]:
    """Answer what is planned by the schedules of this process."""
    wanted = {job.name: job.schedule for job in registry if job.schedule is not None}
    if not wanted:
        return []  # most installations: nothing is read
    return [
        each
        for each in schedules.every(tx)
        if each.job in wanted and _is_by(each, wanted[each.job])
    ]


def _is_by(planned: Planned, schedule: Schedule) -> bool:
    return (planned.cron, planned.timezone) == (schedule.cron, schedule.timezone)
