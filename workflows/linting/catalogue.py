"""The catalogue: nineteen rules, each with why it is one and what to write instead."""

from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class Rule:
    """One thing a job must not do.

    *number* and *name* are what a comment names to let it pass. *at_run* says what happens to a run
    that does it all the same; "" is the rule's worst: nothing notices.
    """

    number: str
    name: str
    title: str
    why: str
    instead: str
    at_run: str = ""


CLOCK = Rule(
    "L1",
    "clock",
    "the clock in a body",
    "the time is another one at each replay",
    "Write `await ctx.step.now()`",
)
SLEEP = replace(
    CLOCK,
    why="it holds the worker, and is forgotten when the process ends",
    instead='Write `await ctx.step.sleep("name", "15m")`',
)
ENVIRONMENT = Rule(
    "L2",
    "environment",
    "the environment in a body",
    "it may be another one where the run goes on",
    "Take it from the run's input, or read it in a step: `await ctx.step.run(…)`",
)
RANDOMNESS = Rule(
    "L3",
    "randomness",
    "chance in a body",
    "it is another one at each replay",
    "Write `await ctx.step.random()` or `await ctx.step.uuid()`",
)
NETWORK = Rule(
    "L4",
    "network",
    "the network in a body",
    "it happens again at each replay, and may answer something else",
    "Call a plugin, or put it into a step: `await ctx.step.run(…)`",
)
FILES = Rule(
    "L5",
    "files",
    "files and processes in a body",
    "it happens again at each replay, and may be another one where the run goes on",
    "Put it into a step: `await ctx.step.run(…)`",
)
CONCURRENCY = Rule(
    "L6",
    "concurrency",
    "tasks and threads in a body",
    "a job awaits one thing at a time: what runs beside it outlives its parking, or swallows it",
    "Write `await ctx.step.gather(name, …)`, or put it into a step: `await ctx.step.run(…)`",
    "fails where a verb is called from such a task",
)
HELPER = Rule(
    "L7",
    "helper",
    "L1 to L6 in a helper of another module",
    "what a body calls is replayed with it, wherever it is written",
    "Do it in a step, `await ctx.step.run(…)`, and give the helper what it answered",
)
AWAIT = Rule(
    "L8",
    "await",
    "a verb without `await`",
    "it is made and never done: the job goes on without it",
    "Write `await` before it, or give it to `ctx.step.gather` or `ctx.step.first`",
    "fails at its end, when what was made was not awaited",
)
TRUTH = Rule(
    "L9",
    "truth",
    "the truth of a decision or an event",
    "a rejection, or silence, is an object like an approval: it never says no",
    "`match` it: `case Approved():`, `case Rejected():`, `case Expired():`, or look at `.kind`",
    "fails at `bool()`; a comparison goes unnoticed",
)
DECISION = Rule(
    "L10",
    "decision",
    "a decision that nobody looks at",
    "the job does the same whether people approve, reject or say nothing",
    "`match` it: `case Approved():`, `case Rejected():`, `case Expired():`",
)
EVENT = Rule(
    "L11",
    "event",
    "an event that nobody looks at",
    "the job does the same whatever arrives, and when nothing does",
    '`match` it, or look at its `.kind`, which is "timeout" when nothing arrived',
)
CLOSING = Rule(
    "L12",
    "closing",
    "an effect in closing code around a wait",
    "the block is left whenever the run parks, so it happens at every park and at every replay",
    "Do it after the block, or make it a step, `await ctx.step.run(…)`, which runs once",
)
STATE = Rule(
    "L13",
    "state",
    "state that runs share",
    "each replay changes it once more, all runs share it, and a restart forgets it",
    "Keep it in a variable of the function, in what a step answers, or outside, written by a step",
)
ORDER = Rule(
    "L14",
    "order",
    "the order of a set",
    "it is another one in the process that replays",
    "Write `sorted(…)`, or keep a list",
)
STEP = Rule(
    "L15",
    "step",
    "a step without a name of its own",
    "a step function is found by name, and may see nothing but its arguments",
    "Write a function of the module, and give what it needs as arguments",
    "fails at the call; a bound method goes unnoticed",
)
ARGUMENT = Rule(
    "L16",
    "argument",
    "a literal that will be refused: a duration, a name, kinds of events",
    "the call refuses it",
    "Change it",
    "fails at the call",
)
CHANNEL = Rule(
    "L17",
    "channel",
    "a channel without `#`",
    "nobody is asked or told: it names no channel",
    'Write `"#name"`, or the id of a channel',
    "fails at the call of an approval; Slack refuses a message",
)
SIGNALS = Rule(
    "L18",
    "signals",
    "a swallowed signal",
    "it swallows the signal by which the job parks, and the run fails",
    "Write `except Exception`, or end it with `raise`",
    "fails at the next verb",
)
TYPES = Rule(
    "L19",
    "types",
    "a result without a type, a field that no form can draw",
    "what comes back from the journal is checked and made by its annotation, forms by their fields",
    "Annotate it",
)

RULES = (
    CLOCK, ENVIRONMENT, RANDOMNESS, NETWORK, FILES, CONCURRENCY, HELPER, AWAIT, TRUTH, DECISION,
    EVENT, CLOSING, STATE, ORDER, STEP, ARGUMENT, CHANNEL, SIGNALS, TYPES,
)  # fmt: skip
