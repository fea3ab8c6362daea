"""L8 to L11 in many spellings, made up to slip through."""
import functools, operator, asyncio, logging
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any
import bank
from pydantic import BaseModel
from workflows import Approved, Context, Event, Expired, Policy, Rejected, Decision, job
from workflows import Silence, First

POLICY = Policy(channel_members=True)
log = logging.getLogger()
class Request(BaseModel):
    name: str = ""
    amount: int = 0
def charge(n: int) -> int: return n
ASK = dict(policy=POLICY, timeout="1h")

async def ask(ctx, name="a"):
    return await ctx.approval(name, "?", **ASK)
async def ask_many(ctx, names):
    return [await ask(ctx, n) for n in names]
async def ask_dict(ctx, names):
    return {n: await ask(ctx, n) for n in names}
async def ask_tuple(ctx):
    return await ask(ctx), 5
async def either(ctx, flag):
    if flag:
        return await ask(ctx)
    return None
def sync_ask(ctx): return ask(ctx)
def choose(ctx): return {"a": ctx.approval, "w": ctx.step.wait_for_event}
class Asker:
    ctx: Context
    def __init__(self, ctx): self._ask = functools.partial(ctx.approval, policy=POLICY, timeout="1h"); self.ctx = ctx
    async def __call__(self, name): return await self._ask(name, "?")
    @property
    def approval(self): return self.ctx.approval
    @asynccontextmanager
    async def asked(self):
        yield await self._ask("x", "?")
    async def stream(self):
        yield await self._ask("x", "?")
        yield await self._ask("y", "?")
@dataclass
class Holder:
    ctx: Context
    async def ask(self): return await ask(self.ctx)

@job(name="l9a")
async def l9a(ctx: Context, request: Request) -> str:
    if (await ask_many(ctx, "ab"))[0]: return "a"  # L9
    if (await ask_dict(ctx, "ab"))["a"]: return "a"  # L9
    d, n = await ask_tuple(ctx)
    if d: return "a"  # L9
    if await either(ctx, True): return "x"  # L9
    if await sync_ask(ctx): return "y"  # L9
    if await choose(ctx)["a"]("a", "?", **ASK): return "z"  # L9
    asker = Asker(ctx)
    if await asker("x"): return "q"  # L9
    if await asker.approval("x", "?", **ASK): return "q"  # L9
    async with asker.asked() as dd:
        if dd: return "w"  # L9
    async for ddd in asker.stream():
        if ddd: return "w"  # L9
    if await Holder(ctx).ask(): return "h"  # L9
    if await Holder(ctx=ctx).ask(): return "h"  # L9
    if next((x for x in await ask_many(ctx, "ab") if x), None): return "n"  # L9
    if sum(1 for x in await ask_many(ctx, "ab") if x) == 2: return "s"  # L9
    if len(list(filter(bool, await ask_many(ctx, "ab")))) == 2: return "s"  # L9
    if all(map(bool, await ask_many(ctx, "ab"))): return "s"  # L9
    ok = True
    ok = ok and await ask(ctx)  # L9
    if ok: return "ok"  # L9
    ok2 = not await ask(ctx)  # L9
    d = await ask(ctx) or "rejected"  # L9 L10
    while not (d := await ask(ctx)): pass  # L9
    try:
        d = await ask(ctx)
    except Exception:
        d = None
    if d: return "d"  # L9
    if not d is None: return "is"
    if operator.not_(d): return "s"  # L9
    result = {True: "yes", False: "no"}[bool(d)]  # L9
    x = [1, 2][bool(await ask(ctx))]  # L9
    assert (await ask(ctx)), "no"  # L9
    return f"{'yes' if d else 'no'} {result} {x} {ok2}"  # L9

@job(name="l9b")
async def l9b(ctx: Context, request: Request) -> str:
    event = await ctx.step.wait_for_any("any", {"a": ["x"]}, timeout="1h")
    if event: return "e"  # L9
    got = await ctx.step.gather("g", *(ask(ctx, str(n)) for n in range(3)))
    if all(got): return "all"  # L9
    for d in got:
        if not d: return "no"  # L9
    for n, d in enumerate(got):
        if d: return "no"  # L9
    for d, m in zip(got, "abc"):
        if d: return "no"  # L9
    a, *rest = got
    if rest[0]: return "r"  # L9
    if got[-1]: return "r"  # L9
    if got[0] and got[1]: return "r"  # L9
    one = got.pop()
    if one: return "r"  # L9
    match one:
        case Approved() if not got[0]: return "q"  # L9
        case _ if one: return "w"  # L9
    m = {}
    m["x"] = await ask(ctx)
    if m["x"]: return "m"  # L9
    if m.get("x"): return "m"  # L9
    for k, v in m.items():
        if v: return "m"  # L9
    if any(m.values()): return "m"  # L9
    self_ = type("N", (), {})()
    self_.d = await ask(ctx)
    cond = (await ask(ctx)).__bool__()  # L9
    if decide(await ask(ctx)): return "x"
    if (lambda z: z and 1)(await ask(ctx)): return "x"  # L9
    if max(await ask(ctx), None): return "m"
    return "a" * bool(one)  # L9
def decide(d: Decision) -> bool:
    if d:  # L9
        return True
    return False
def decide2(d: Approved | Rejected | Expired, ctx: Context) -> bool:
    return True if d else False  # L9

@job(name="l8a")
async def l8a(ctx: Context, request: Request) -> None:
    sync_ask(ctx)  # L8
    choose(ctx)["w"]("a", timeout="1h", expected=["a"])  # L8
    Asker(ctx)("x")  # L8
    for v in (ctx.say, ctx.say):
        v("x")  # L8
    [Holder(ctx).ask() for _ in "ab"]  # L8
    t = ask(ctx)  # L8
    if request.name:
        t = ctx.say("x")  # L8
    async with Asker(ctx).asked() as d:
        match d:
            case Approved(): ctx.say("yes")  # L8
            case _: pass
    try:
        ctx.step.run("x", charge, 1)  # L8
    finally:
        ctx.step.run("y", charge, 1)  # L8
    while request.amount:
        ctx.step.sleep("x", "1h")  # L8
    x = ctx.step.run("x", charge, 1) + 5  # L8
    y = [ctx.step.run("x", charge, 1)][0]["a"]  # L8
    z = (ctx.step.run("x", charge, 1), 5)  # L8
    list(map(ctx.say, ["a"]))  # L8
    _ = [asyncio.iscoroutine(1), ctx.say("x")]  # L8
    lambda: ctx.say("x")
    await ctx.step.run("n", charge, int(ctx.step.random()))  # L8
    q = await ask(ctx) if request.name else ask(ctx)
    if q == 5: return  # L8 L9
    else_ = ctx.plugins.a.b() or 5  # L8
    ctx.run_job(l9a, request, timeout="1h")  # L8
    return None
@job(name="l8b")
async def l8b(ctx: Context, request: Request) -> int:
    n = ctx.step.run("x", charge, 1)
    return int(n)  # L8
@job(name="l8c")
async def l8c(ctx: Context, request: Request) -> object:  # L8
    return {"a": ctx.step.run("x", charge, 1)}
@job(name="l8d")
async def l8d(ctx: Context, request: Request) -> object:  # L8
    return [ctx.say("x")]

@job(name="l10a")
async def l10a(ctx: Context, request: Request) -> None:
    await sync_ask(ctx)  # L10
    await Asker(ctx)("x")  # L10
    await ask_many(ctx, "ab")  # L10
    await ask_dict(ctx, "ab")  # L10
    await ask_tuple(ctx)  # L10
    x, _ = await ask_tuple(ctx)  # L10
    x, y = await ask_tuple(ctx)  # L10
    print(y)
    async with Asker(ctx).asked(): pass  # L10
    async with Asker(ctx).asked() as dd: pass  # L10
    async for d in Asker(ctx).stream(): pass  # L10
    [d async for d in Asker(ctx).stream()]  # L10
    d = e = await ask(ctx)  # L10
    ds = [await ask(ctx)]  # L10
    ds2 = list(await ask_many(ctx, "ab"))  # L10
    ds3 = []
    ds3 += [await ask(ctx)]  # L10
    s = set()
    s.add(await ask(ctx))  # L10
    if request.name:
        f = await ask(ctx)  # L10
    else:
        f = await ask(ctx, "b")  # L10
    for t in range(3):
        g = await ask(ctx)  # L10
    while True:
        h = await ask(ctx)  # L10
        break
    try:
        i = await ask(ctx)  # L10
    finally:
        pass
    if await ask(ctx): pass  # L9
    j = None
    j = await ask(ctx)  # L10
    await asyncio.sleep(0) or await ask(ctx)  # L1 L10
    k = (await ask(ctx), 5)  # L10
    del k
    l = await ask(ctx)  # L10
    if False: l = 5
    await outer(ctx)
    ignore(await ask(ctx))
    await Holder(ctx).ask()  # L10
    def inner(): pass
    m = await ask(ctx)  # L10
    inner()
    n = await ask(ctx)  # L10
    log.info("n %s", type(n).__name__)
    match await ask(ctx):  # L10
        case _: await ctx.say("x")
    match await ask(ctx):  # L10
        case d: await ctx.say("x")
    match await ask(ctx):  # L10
        case Approved() | Rejected() | Expired(): await ctx.say("x")
    isinstance(await ask(ctx), Approved)  # L10
    o = isinstance(await ask(ctx), Approved)  # L10
def ignore(d): pass  # L10
async def outer(ctx):
    await inner_(ctx)
async def inner_(ctx):
    await ctx.approval("x", "?", **ASK)  # L10
@job(name="l11a")
async def l11a(ctx: Context, request: Request) -> None:
    e = (await ctx.step.wait_for_event("a", timeout="1h", expected=["a"])).payload  # L11
    e2 = await ctx.step.wait_for_event("a", timeout="1h", expected=["a"])
    await ctx.say(e2.payload["x"])
    ev = await hear(ctx)
    match ev:
        case Silence(): return
        case Event(): pass
    await ctx.step.first("x", a=hear(ctx), b=ctx.step.sleep("x", "1h"))  # L11
    match await ctx.step.first("x", a=hear(ctx), b=ctx.step.sleep("x", "1h")):
        case First("a", e3): print(e3)
        case First("b", _): pass
    await ctx.step.gather("x", hear(ctx), ctx.say("x"))  # L11
    r = await ctx.step.gather("x", hear(ctx), ctx.say("x"))
    await ctx.say(r[1])
    for kind in ("a", "b"):
        last = await hear(ctx)
    await ctx.say(last.kind)
async def hear(ctx):
    return await ctx.step.wait_for_event("a", timeout="1h", expected=["a"])
