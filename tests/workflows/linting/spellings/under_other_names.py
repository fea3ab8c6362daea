"""Classes that keep a verb, generators of answers, and a decision under thirty names."""
import asyncio, builtins, contextlib, functools, os, random, sys, time, typing
import time as t, os as o
from datetime import datetime as DT
from pathlib import Path as P
import bank
from pydantic import BaseModel
from workflows import Approved, Context, Decision, Event, Policy, Rejected, Expired, Retries, job
from workflows import job as j
import workflows.context
import workflows.job as jobmod
POLICY = Policy(channel_members=True)
class Request(BaseModel):
    name: str = ""
    amount: int = 0
def charge(n: int) -> int: return n
class Svc:
    instance: "Svc | None" = None
    def __init__(self, ctx: Context): self.ctx = ctx; self.step = ctx.step; self.approve = ctx.approval
    async def decide(self, q: str) -> Decision: return await self.approve("x", q, policy=POLICY, timeout="1h")
    async def wait(self): return await self.step.wait_for_event("x", timeout="1h", expected=["a"])
    def coroutine(self): return self.step.run("x", charge, 1)
    async def both(self): return await asyncio.gather(self.decide("a"), self.decide("b"))  # L6
async def approve_all(ctx, names):
    for n in names:
        d = await ctx.approval(n, "?", policy=POLICY, timeout="1h")
        if not isinstance(d, Approved): return False
    return True
async def approve_none(ctx, names):
    for n in names:
        d = await ctx.approval(n, "?", policy=POLICY, timeout="1h")  # L10
    return True
async def generator(ctx):
    for n in "ab": yield await ctx.approval(n, "?", policy=POLICY, timeout="1h")
type_alias = typing.Callable
@j(name="aa")
async def aa(ctx: "Context", request: "Request") -> object:
    svc = Svc(ctx)
    if await svc.decide("x"): return 1  # L9
    if (await svc.decide("x")) and request.name: return 1  # L9
    await svc.decide("x")  # L10
    await svc.wait()  # L11
    svc.coroutine()  # L8
    svc.decide("x")  # L8
    x = svc.coroutine(); await x
    if not await approve_all(ctx, ["a"]): return 2
    if not await approve_none(ctx, ["a"]): return 2
    async for d in generator(ctx):
        if d: return 3  # L9
    votes = [d async for d in generator(ctx)]
    if all(votes): return 4  # L9
    votes2 = [isinstance(d, Approved) async for d in generator(ctx)]
    if all(votes2): return 5
    y = await svc.both()
    if y[0]: return 5
    while (e := await svc.wait()).kind != "a": await ctx.say("again")
    if e: return 6  # L9
    builtins.print(builtins.open("x"))  # L5
    t.sleep(1); o.getpid(); P("x").unlink()  # L1 L2 L5
    DT.now()  # L1
    print(sys.stdin.read())  # L2
    print(DT.fromtimestamp(t.time()))  # L1
    n = request.amount
    n += random.randint(1, 2)  # L3
    with contextlib.redirect_stdout(sys.stderr): await ctx.say("x")  # L12
    del svc
    try:
        raise ValueError
    except ValueError:
        await ctx.approval("x", "?", policy=POLICY, timeout="1h")  # L10
    else:
        pass
    if request.amount > 5: await ctx.approval("x", "?", policy=POLICY, timeout="1h")  # L10
    return (yield_ := 5)
@jobmod.job(name="bb")
async def bb(c: workflows.context.Context, r: Request) -> object:
    a = await c.approval("x", "?", policy=POLICY, timeout="1h")
    b = a
    if b: return 1  # L9
    c2 = [a]
    for d in c2:
        if d: return 2  # L9
    e = {"x": {"y": a}}
    if e["x"]["y"]: return 3  # L9
    f, (g, h) = 1, (a, 2)
    if g: return f + h  # L9
    i = a if r.name else None
    if i: return 4  # L9
    def k(): return a
    if k(): return 5  # L9
    l = lambda: a
    if l(): return 6  # L9
    m = (lambda v: v)(a)
    if m: return 7  # L9
    class N: d = a
    if N.d: return 8  # L9
    o_ = functools.partial(lambda v: v, a)
    if o_(): return 9  # L9
    p = next(x for x in [a])
    if p: return 10  # L9
    q = sorted([a], key=str)[0]
    if q: return 11  # L9
    r_ = list(reversed([a]))[0]
    if r_: return 12  # L9
    s = [a][-1]
    if s: return 13  # L9
    u = (a, )
    v, = u
    if v: return 14  # L9
    w = max([a, a], key=str)
    if w: return 15  # L9
    x = dict(enumerate([a]))[0]
    if x: return 16  # L9
    y = {**{"k": a}}["k"]
    if y: return 17  # L9
    z = typing.cast(Decision, a)
    if z: return 18  # L9
    try:
        aa_ = a
    finally:
        pass
    if aa_: return 19  # L9
    global_ = globals().get("x", a)
    if vars_ := a: return 20  # L9
    if (a, 1)[0] if r.name else a: return 21  # L9
    if [z for z in (a,) if z]: return 22  # L9
    if a is a and not a: return 23  # L9
    if isinstance(a, Approved) is True: return 24
    if a != "approved": return 25  # L9
    if a == True: return 26  # L9
    if str(a) == "x": return 27
    if a in [True]: return 28  # L9
    if a.__class__.__name__ == "Approved": return 29
    return bool(isinstance(a, Approved))
