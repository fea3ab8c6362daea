"""Writing a job: everything an author imports."""

from workflows.actors import Operator, Program
from workflows.app import App, Route
from workflows.approvals.gate import Approved, Decision, Expired, Policy, Rejected
from workflows.context import Context
from workflows.errors import ChildFailed, HarborError, RunCancelled, StepFailed, StepOutcomeUnknown
from workflows.event import Event, Silence
from workflows.first import First
from workflows.job import Job, job
from workflows.slack_ids import SlackChannel, SlackUser
from workflows.step import Retries, current_step

__all__ = [
    "App",
    "Approved",
    "ChildFailed",
    "Context",
    "Decision",
    "Event",
    "Expired",
    "First",
    "HarborError",
    "Job",
    "Operator",
    "Policy",
    "Program",
    "Rejected",
    "Retries",
    "Route",
    "RunCancelled",
    "Silence",
    "SlackChannel",
    "SlackUser",
    "StepFailed",
    "StepOutcomeUnknown",
    "current_step",
    "job",
]
