"""Schedules that once broke a promise, of the engine or of one with a seeded bug in it."""

from tests.promises.simulate import Shape

KEPT = (
    # A run that began on changed code and can only go on there.
    Shape(2198, ("start waits", "deploy", "start approvals", "click", "start approvals")),
    # A late owner that nobody fences (seeded bug 1).
    Shape(107, ("crash_worker", "start flaky", "freeze", "freeze", "freeze", "send"), 2),
    # A click received before the deadline and committed after it (seeded bug 7).
    Shape(401, ("start approvals", "crash_worker", "fail_commit", "click", "slow", "fail_commit")),
    # A decision of which nobody is told, its process having died (seeded bug 10).
    Shape(73, ("start approvals", "start sleeps", "click_twice", "click", "read", "click")),
    # Tries of a step that were forgotten when another branch wrote an entry (invariant 13).
    Shape(56, ("start gathers", "trouble", "trouble"), 2),
)
