"""The stories that are told again and again: a job, its client, and the one end they come to."""

from dataclasses import replace

from tests.workflows.engine.crashes.lives import End, Story, World
from tests.workflows.kit import Harness, a_job
from tests.workflows.people import a_vote
from workflows.approvals.gate import Policy
from workflows.errors import StepOutcomeUnknown
from workflows.registry import Job
from workflows.schedule import schedule
from workflows.step import Retries

YES = {"timeout": "1h", "expected": ["yes"]}


def approved(world: World) -> Job:
    async def story(ctx, request):
        await ctx.step.run("before", world.post, "before")
        policy = Policy(channel_members=True, need=2)
        decision = await ctx.approval("decision", "Go?", policy=policy, timeout="1h")
        await ctx.step.run("after", world.post, "after")
        return type(decision).__name__

    return a_job(story)


async def approve(harness: Harness, world: World) -> None:
    run = await harness.start(key="start")
    world.tell("started", run)
    await harness.run()
    (gate,) = await harness.gates.of_run(run)
    for user in ("UBO", "UCY"):
        answer = await harness.gates.decide(gate.id, a_vote(user))
        world.tell("gate", answer.gate.id, answer.gate.status)
    await harness.run()


def tried_again(world: World) -> Job:
    async def story(ctx, request):
        retries = Retries(attempts=1000, backoff="10s")
        flaky = world.post_and_lose_the_answer_twice
        await ctx.step.run("flaky", flaky, "flaky", retries=retries)
        await ctx.step.run("after", world.post, "after")

    return a_job(story)


async def try_again(harness: Harness, world: World) -> None:
    run = await harness.start(key="start")
    world.tell("started", run)
    await harness.run()
    for _ in range(3):
        await harness.move(minutes=1)


def unanswered(world: World) -> Job:
    async def story(ctx, request):
        policy = Policy(channel_members=True)
        decision = await ctx.approval("decision", "Go?", policy=policy, timeout="1h")
        return type(decision).__name__

    return a_job(story)


async def answer_nothing(harness: Harness, world: World) -> None:
    for n in range(4):
        world.tell("started", await harness.start(key=f"start {n}"))
    await harness.run()
    await harness.move(hours=2)


def cancelled(world: World) -> Job:
    async def story(ctx, request):
        try:
            await ctx.step.run("before", world.post, "before")
            await ctx.step.wait_for_event("answer", **YES)
        finally:
            await ctx.step.run("close", world.post, "close")

    return a_job(story)


async def cancel(harness: Harness, world: World) -> None:
    run = await harness.start(key="start")
    world.tell("started", run)
    await harness.run()
    world.tell("cancelled", await harness.cancel(run))
    await harness.run()


def sent_events(world: World) -> Job:
    async def story(ctx, request):
        kinds = [(await ctx.step.wait_for_event(name, **YES)).kind for name in ("early", "late")]
        await ctx.step.run("after", world.post, "after")
        return kinds

    return a_job(story)


async def send_events(harness: Harness, world: World) -> None:
    run = await harness.start(key="start")
    world.tell("started", run)
    for name in ("early", "late"):
        receipt = await harness.deliver(run, name, "yes", key=name, n=1)
        world.tell("event", receipt.event_id, receipt.disposition)
        await harness.run()


def slept(world: World) -> Job:
    async def story(ctx, request):
        for n in range(2):
            await ctx.step.run(f"awake {n}", world.post, f"awake {n}")
            await ctx.step.sleep("nap", "10m")
        return (await ctx.step.now()).year

    return a_job(story)


async def let_sleep(harness: Harness, world: World) -> None:
    world.tell("started", await harness.start(key="start"))
    await harness.run()
    for _ in range(2):
        await harness.move(minutes=30)


def handed_over(world: World) -> Job:
    async def story(ctx, request):
        if receiver := request.model_extra.get("to"):
            await ctx.deliver(receiver, "parcel", {"kind": "yes"})
            return "sent"
        event = await ctx.step.wait_for_event("parcel", **YES)
        await ctx.step.run("unpack", world.post, "unpack")
        return event.kind

    return a_job(story)


async def hand_over(harness: Harness, world: World) -> None:
    receiver = await harness.start(key="receiver")
    sender = await harness.start(key="sender", to=receiver)
    world.tell("started", receiver)
    world.tell("started", sender)
    await harness.run()


def early(world: World) -> Job:
    async def story(ctx, request):
        await ctx.step.run("before", world.post, "before")
        return [(await ctx.step.wait_for_event("word", **YES)).payload["n"] for _ in range(3)]

    return a_job(story)


async def send_early(harness: Harness, world: World) -> None:
    run = await harness.start(key="start")
    world.tell("started", run)
    for n, kind in enumerate(("yes", "no", "yes", "yes")):
        receipt = await harness.deliver(run, "word", kind, key=f"word {n}", n=n)
        if kind == "yes":
            world.tell("event", receipt.event_id, receipt.disposition)
    await harness.run()


def forced(world: World) -> Job:
    async def story(ctx, request):
        try:
            await ctx.step.run("before", world.post, "before")
            policy = Policy(channel_members=True)
            await ctx.approval("decision", "Go?", policy=policy, timeout="1h")
        finally:
            await ctx.step.run("close", world.post, "close")

    return a_job(story)


async def force(harness: Harness, world: World) -> None:
    run = await harness.start(key="start")
    world.tell("started", run)
    await harness.run()
    world.tell("cancelled", await harness.cancel(run, force=True))
    await harness.run()


def gathered(world: World) -> Job:
    async def letter(ctx, what):
        await ctx.step.run("first", world.post, f"first {what}")
        event = await ctx.step.wait_for_event("answer", **YES)
        await ctx.step.run("last", world.post, f"last {what}")
        return event.kind

    async def story(ctx, request):
        return await ctx.step.gather("fan", letter(ctx, "a"), letter(ctx, "b"))

    return a_job(story)


async def answer_both(harness: Harness, world: World) -> None:
    run = await harness.start(key="start")
    world.tell("started", run)
    await harness.run()
    for place in (1, 0):
        name = f"fan#1[{place}]/answer"
        receipt = await harness.deliver(run, name, "yes", key=name)
        world.tell("event", receipt.event_id, receipt.disposition)
        await harness.run()


def any_of_two(world: World) -> Job:
    async def story(ctx, request):
        events = {"approve": ["yes"], "abort": ["now"]}
        first = await ctx.step.wait_for_any("first", events, timeout="1h")
        second = await ctx.step.wait_for_any("second", events, timeout="1h")
        await ctx.step.run("after", world.post, "after")
        return [first.name, second.name]

    return a_job(story)


async def send_either(harness: Harness, world: World) -> None:
    run = await harness.start(key="start")
    world.tell("started", run)
    for name, kind in (("abort", "now"), ("approve", "yes")):
        await harness.run()
        receipt = await harness.deliver(run, name, kind, key=name)
        world.tell("event", receipt.event_id, receipt.disposition)
    await harness.run()


def waiting_to_close(world: World) -> Job:
    async def leaf(ctx, what):
        await ctx.step.sleep("settle", "10s")
        await ctx.step.run("close", world.post, what)

    async def story(ctx, request):
        try:
            await ctx.step.wait_for_event("answer", **YES)
        finally:
            await ctx.step.gather("close", leaf(ctx, "close a"), leaf(ctx, "close b"))

    return a_job(story)


async def cancel_and_wait(harness: Harness, world: World) -> None:
    await cancel(harness, world)
    await harness.move(minutes=1)


def begun_once(world: World) -> Job:
    async def story(ctx, request):
        try:
            await ctx.step.run("once", world.post, "once", at_most_once=True)
        except StepOutcomeUnknown:
            await ctx.step.run("look", world.post, "look")

    return a_job(story)


async def start_only(harness: Harness, world: World) -> None:
    world.tell("started", await harness.start(key="start"))
    await harness.run()


def had_built(world: World) -> Job:
    async def story(ctx, request):
        if getattr(request, "part", None):
            await ctx.step.wait_for_event("answer", **YES)
            await ctx.step.run("build", world.post, "build")
            return "built"
        part = await ctx.run_job("story", {"part": True}, timeout="1h", name="part")
        await ctx.step.run("ship", world.post, "ship")
        return part

    return a_job(story)


async def have_built(harness: Harness, world: World) -> None:
    run = await harness.start(key="start")
    world.tell("started", run)
    await harness.run()
    child = (await harness.get(run)).waits[0].run_id
    receipt = await harness.deliver(child, "answer", "yes", key="answer")
    world.tell("event", receipt.event_id, receipt.disposition)
    await harness.run()


def gave_up_building(world: World) -> Job:
    async def story(ctx, request):
        if getattr(request, "part", None):
            try:
                await ctx.step.wait_for_event("answer", **YES)
            finally:
                await ctx.step.run("clear up", world.post, "clear up")
        await ctx.run_job("story", {"part": True}, timeout="1h", name="part")

    return a_job(story)


async def give_up_building(harness: Harness, world: World) -> None:
    run = await harness.start(key="start")
    world.tell("started", run)
    await harness.run()
    await harness.cancel(run)
    await harness.run()


def scheduled(world: World) -> Job:
    async def story(ctx, request):
        await ctx.step.run("report", world.post, "report")

    return replace(a_job(story), schedule=schedule("0 * * * *", "UTC"))


async def let_an_hour_pass(harness: Harness, world: World) -> None:
    await harness.move(hours=1)


COMPLETED = "completed"
APPROVED = Story(approved, approve, End(COMPLETED, ['"Approved"'], {"before": 1, "after": 1}))
TRIED_AGAIN = Story(tried_again, try_again, End(COMPLETED, ["null"], {"flaky": 3, "after": 1}))
UNANSWERED = Story(unanswered, answer_nothing, End(COMPLETED, ['"Expired"'] * 4, {}))
CANCELLED = Story(cancelled, cancel, End("cancelled", [None], {"before": 1, "close": 1}))
SENT_EVENTS = Story(sent_events, send_events, End(COMPLETED, ['["yes","yes"]'], {"after": 1}))
SLEPT = Story(slept, let_sleep, End(COMPLETED, ["2026"], {"awake 0": 1, "awake 1": 1}))
HANDED_OVER = Story(handed_over, hand_over, End(COMPLETED, ['"sent"', '"yes"'], {"unpack": 1}))
EARLY = Story(early, send_early, End(COMPLETED, ["[0,2,3]"], {"before": 1}))
FANNED_OUT = {"first a": 1, "first b": 1, "last a": 1, "last b": 1}
GATHERED = Story(gathered, answer_both, End(COMPLETED, ['["yes","yes"]'], FANNED_OUT))
ANY_OF_TWO = Story(any_of_two, send_either, End(COMPLETED, ['["abort","approve"]'], {"after": 1}))
WAITING_TO_CLOSE = Story(
    waiting_to_close, cancel_and_wait, End("cancelled", [None], {"close a": 1, "close b": 1})
)
HAD_BUILT = Story(
    had_built, have_built, End(COMPLETED, ['"built"', '"built"'], {"build": 1, "ship": 1})
)
GAVE_UP_BUILDING = Story(
    gave_up_building, give_up_building, End("cancelled", [None, None], {"clear up": 1})
)
SCHEDULED = Story(scheduled, let_an_hour_pass, End(COMPLETED, ["null"], {"report": 1}))
# It has no one end: what may begin once was done, or somebody was sent to look.
BEGUN_ONCE = Story(begun_once, start_only)
FORCED = Story(forced, force, End("cancelled", [None], {"before": 1}))

STORIES = {
    "approved": APPROVED,
    "tried_again": TRIED_AGAIN,
    "unanswered": UNANSWERED,
    "cancelled": CANCELLED,
    "sent_events": SENT_EVENTS,
    "slept": SLEPT,
    "handed_over": HANDED_OVER,
    "early": EARLY,
    "forced": FORCED,
    "gathered": GATHERED,
    "any_of_two": ANY_OF_TWO,
    "waiting_to_close": WAITING_TO_CLOSE,
    "had_built": HAD_BUILT,
    "scheduled": SCHEDULED,
    "gave_up_building": GAVE_UP_BUILDING,
}
