"""What is read when a module is loaded, verbs that are kept, answers that are held, in more spellings."""
import argparse, functools, itertools, operator, random, time, uuid
from contextlib import contextmanager, ContextDecorator
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import NamedTuple
import bank
import workflows
from pydantic import BaseModel
from workflows import Approved, Context, Event, Expired, Policy, Rejected, job

POLICY = Policy(channel_members=True)
STARTED = time.time()
BEGAN = datetime.now(UTC).date()
SEED = random.random()
KEY = str(uuid.uuid4())
RANDOM = uuid.uuid4()
RIGHT = datetime(2026, 1, 1, tzinfo=UTC)
FIXED = random.Random(5)
CTX = None
SEEN: list[str] = []
TABLE: dict[str, int] = {}
CONFIG: dict[str, int] = {"a": 1}
COUNT = 0
class Request(BaseModel):
    name: str = ""
    amount: int = 0
class Kept(NamedTuple):
    ctx: Context
    name: str
async def ask(ctx): return await ctx.approval("a", "?", policy=POLICY, timeout="1h")
async def hear(ctx): return await ctx.step.wait_for_event("a", timeout="1h", expected=["a"])
def charge(n: int) -> int:
    SEEN.append("x")
    TABLE["x"] = n
    global COUNT
    COUNT += 1
    return n

@job(name="aa")
async def aa(ctx: Context, request: Request) -> object:
    print(STARTED)  # L1
    print(BEGAN)  # L1
    if SEED < 0.5: return 1  # L3
    print(RANDOM)  # L3
    print(RIGHT, FIXED)
    due(request)
    print(RIGHT.isoformat(), POLICY, CONFIG["a"])
    await ctx.step.run("charge", charge, 1)
    print(SEEN)  # L13
    if "x" in TABLE: return 2  # L13
    print(COUNT)  # L13
    return 3
def due(request, now=datetime.now(UTC), key=uuid.uuid4()):  # L1 L3
    return now

@job(name="bb")
async def bb(ctx: Context, request: Request) -> object:
    space = SimpleNamespace(ctx=ctx, say=ctx.say)
    await space.ctx.approval("a", "?", policy=POLICY, timeout="1h")  # L10
    space.say("x")  # L8
    kept = Kept(ctx, "x")
    await kept.ctx.approval("a", "?", policy=POLICY, timeout="1h")  # L10
    await remember(ctx)
    if await CTX.approval("a", "?", policy=POLICY, timeout="1h"): return 1  # L9
    holder = {"ctx": ctx}
    await holder["ctx"].approval("a", "?", policy=POLICY, timeout="1h")  # L10
    await [ctx][0].approval("a", "?", policy=POLICY, timeout="1h")  # L10
    (a, b) = (ctx, 5)
    await a.approval("a", "?", policy=POLICY, timeout="1h")  # L10
    ask_ = getattr(ctx, "approval")
    await ask_("a", "?", policy=POLICY, timeout="1h")  # L10
    await (ctx.approval if request.name else ask_)("a", "?", policy=POLICY, timeout="1h")  # L10
    await (lambda c: c.approval("a", "?", policy=POLICY, timeout="1h"))(ctx)  # L10
    wrapped = once(ctx.approval)
    await wrapped("a", "?", policy=POLICY, timeout="1h")  # L10
    for verb in {"a": ctx.approval}.values():
        await verb("a", "?", policy=POLICY, timeout="1h")  # L10
    with borrowed(ctx) as c:
        await c.approval("a", "?", policy=POLICY, timeout="1h")  # L10
    await Chain(ctx).named("x").ask()  # L10
    await Sub(ctx).go()
    await recursive(ctx, 3)
    return None
async def remember(ctx):
    global CTX
    CTX = ctx  # L13
def once(verb):
    @functools.wraps(verb)
    async def wrapper(*args, **kw): return await verb(*args, **kw)
    return wrapper
@contextmanager
def borrowed(ctx): yield ctx
class Chain:
    def __init__(self, ctx): self.ctx = ctx; self.name = ""
    def named(self, name):
        self.name = name
        return self
    async def ask(self): return await self.ctx.approval(self.name, "?", policy=POLICY, timeout="1h")
class Root:
    def __init__(self, ctx, *, extra=None): self.ctx = ctx
    async def go(self): await self.inner()
    async def inner(self): return None
class Sub(Root):
    def __init__(self, ctx): super().__init__(ctx, extra=5)
    async def inner(self):
        await self.ctx.approval("x", "?", policy=POLICY, timeout="1h")  # L10
        await super().go
async def recursive(ctx, n):
    if n: return await recursive(ctx, n - 1)
    await ctx.approval("x", "?", policy=POLICY, timeout="1h")  # L10

@job(name="cc")
async def cc(ctx: Context, request: Request) -> object:
    d, e = await ask(ctx), await hear(ctx)
    ds = [await ask(ctx), await ask(ctx)]
    if d == Approved: return 1  # L9
    if d is Approved: return 1  # L9
    if d in (Approved, Rejected): return 1  # L9
    if type(d) is Approved or type(d) == Rejected or d.__class__ is Expired: return 2
    if list(filter(lambda x: x, ds)): return 3  # L9
    if sorted(ds, key=bool): return 3  # L9
    if True in ds: return 4  # L9
    match d:  # L9
        case workflows.Approved: return 5
        case _: pass
    match d, ds[0]:  # L9
        case True, True: return 6
        case _: pass
    match d, e:
        case Approved(), Event(kind="a"): return 7
        case _, _: pass
    match d:
        case Approved() as ok if ok.note: return 8
        case Rejected() | Expired() as no: return no
        case _: pass
    (f := await ask(ctx))
    if isinstance(f, Approved): return 9
    (g := await ask(ctx))  # L10
    r = Result(await ask(ctx))
    s = Result(await ask(ctx))
    if s.decision: return 10  # L9
    box = Box()
    box.kept = await ask(ctx)
    box.forgotten = await ask(ctx)  # L10
    if isinstance(box.kept, Approved): return 11
    pair = (await ask(ctx), "x")
    if pair[0]: return 12  # L9
    first, second = pair
    if first: return second  # L9
    for x, y in [(await ask(ctx), 1)]:
        if x: return y  # L9
    if any(x for x, y in [(await ask(ctx), 1)]): return 13  # L9
    if (await ask(ctx), )[0]: return 14  # L9
    if [await ask(ctx)].pop(): return 15  # L9
    if next(iter([await ask(ctx)])): return 16  # L9
    if dict(a=await ask(ctx))["a"]: return 17  # L9
    if max([await ask(ctx)], key=str): return 18  # L9
    if list(zip([await ask(ctx)], "a"))[0][0]: return 19  # L9
    if [*[await ask(ctx)]][0]: return 20  # L9
    if ([await ask(ctx)] + [await ask(ctx)])[1]: return 21  # L9
    if functools.partial(operator.truth, await ask(ctx))(): return 22  # L9
    if functools.reduce(lambda a, b: a and b, ds): return 23  # L9
    if (await ask(ctx) if request.name else None): return 24  # L9
    if not request.name and not await ask(ctx): return 25  # L9
    yes = bool
    if yes(await ask(ctx)): return 26  # L9
    return r
class Result:
    def __init__(self, decision): self.decision = decision
class Box: pass
@job(name="dd")
async def dd(ctx: Context, request: Request) -> object:
    match await ask(ctx):  # L9 L10
        case Approved: return 5
@dataclass
class Data:
    decision: object = None
