"""Testing a job: start it, answer as a person, move the clock, restart in the middle, look.

The real engine on a temporary database; nothing reaches a network. docs/testing-jobs.md is the
guide.
"""

from workflows.approvals.gates import Closed
from workflows.approvals.policy import Counted, Decides, NotAllowed, Reason, Repeated
from workflows.failpoint import Killed
from workflows.testing.clock import NOON, FakeClock
from workflows.testing.kit import Kit
from workflows.testing.people import member
from workflows.testing.plugins import Call
from workflows.testing.run import KitRun, NotSo

__all__ = [
    "NOON",
    "Call",
    "Closed",
    "Counted",
    "Decides",
    "FakeClock",
    "Killed",
    "Kit",
    "KitRun",
    "NotAllowed",
    "NotSo",
    "Reason",
    "Repeated",
    "member",
]
