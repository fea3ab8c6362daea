"""L1 to L6 in many spellings, made up to slip through."""
from __future__ import annotations
import asyncio, os, random, time, uuid, datetime, sys
import datetime as d
import os.path as osp
import importlib
from operator import methodcaller
from itertools import count
from types import SimpleNamespace
from typing import NamedTuple, Protocol
from dataclasses import dataclass, field
from collections.abc import Callable
from zoneinfo import ZoneInfo
import logging
import httpx
from pydantic import BaseModel, Field, model_validator
from workflows import Approved, Context, Policy, job
import workflows as w
import workflows

POLICY = Policy(channel_members=True)
NOW = {"now": datetime.datetime.now}
def _now(): return datetime.datetime.now()  # L1
tick = _now
class Times:
    now = staticmethod(time.time)
    @staticmethod
    def later(): return time.time() + 5  # L1
    class Inner:
        def at(self): return time.time()  # L1
TIMES = Times()
@dataclass
class Stamp:
    at: float = field(default_factory=time.time)
class Model(BaseModel):
    at: datetime.datetime = Field(default_factory=datetime.datetime.now)
    name: str = ""
class Request(BaseModel):
    name: str = ""
    amount: int = 0

@w.job(name="aa")
async def aa(ctx: w.Context, request: Request) -> None:
    tick()
    Times.later()
    Times.Inner().at()
    print(TIMES.now())  # L1
    print(NOW["now"]())  # L1
    print(NOW.get("now")())  # L1
    x = Stamp()  # L1
    y = Model(name="x")  # L1
    with_default()
    print([t() for t in [time.time]])  # L1
    f = lambda: time.time()  # L1
    g = f
    g()
    print((time.time if request.name else time.monotonic)())  # L1
    for fn in (time.time, _now):  # L1
        fn()  # L1
    print(importlib.import_module("time").time())  # L1
    print(__import__("time").time())  # L1
    match time.time():  # L1
        case 5: pass
    async for z in gen(): print(z)
    print({k: v for k, v in [("a", time.time())]})  # L1
    print(f"{datetime.datetime.now():%Y}")  # L1
    print(datetime.datetime.now(ZoneInfo("Europe/Berlin")))  # L1
    raise ValueError(time.time())  # L1

async def gen():
    yield time.time()  # L1
def with_default(at=None):
    at = at or time.time()  # L1
    return at

def decorator_with_args(label):
    def deco(fn):
        async def wrapper(*args, **kw):
            print(label, time.time())  # L1
            return await fn(*args, **kw)
        return wrapper
    return deco
@job(name="bb")
@decorator_with_args("x")
async def bb(ctx: Context, request: Request) -> None:
    print(os.environ.get("X"))  # L2
    class Local:
        def m(self): return random.random()  # L3
    Local().m()
    def rec(n):
        if n: return rec(n - 1)
        return uuid.uuid4()  # L3
    rec(3)
    print(*map(lambda p: open(p), ["a"]))  # L5
    print(osp.exists("x"))  # L5
    conf = Config()
    print(conf.stage, conf["x"], conf)
    print(len(conf), bool(conf))
    if conf: pass
    for it in conf: print(it)
    with conf: pass
    print(conf + conf)
    await conf
    del conf
    try:
        client().get("x")  # L4
    finally:
        pass
    (lambda c: c.get("y"))(httpx.Client())  # L4
    print(os.environ | {})  # L2
    s = sys
    print(s.argv)  # L2
    env = SimpleNamespace(env=os.environ)  # L2
    e = os.environ.copy()  # L2
    getenv = getattr(os, "getenv")  # L2
    print(getenv("x"))  # L2
    sleeper = asyncio.sleep
    await sleeper(5)  # L1
    loop = asyncio.get_event_loop()  # L6
    loop.run_in_executor(None, print)  # L6
    asyncio.ensure_future(ctx.say("x"))  # L6
    async with asyncio.Lock(): pass  # L6
    q = asyncio.Queue()  # L6
    await asyncio.wait([ctx.say("x")])  # L6
    asyncio.run(ctx.say("x"))  # L6
def client(): return httpx.Client()  # L4
class Config:
    def __init__(self): self.x = os.getenv("X")  # L2
    @property
    def stage(self): return os.environ["STAGE"]  # L2
    def __getitem__(self, k): return os.environ[k]  # L2
    def __len__(self): return int(os.environ["LEN"])  # L2
    def __str__(self): return os.environ["STR"]  # L2
    def __iter__(self): return iter(os.environ)  # L2
    def __enter__(self): return os.environ["E"]  # L2
    def __exit__(self, *a): print(os.environ["E2"])  # L2
    def __add__(self, o): return os.environ["ADD"]  # L2
    def __await__(self): yield os.environ["AW"]  # L2
    def __getattr__(self, n): return os.environ[n]  # L2
class Base:
    async def go(self, ctx): return await self.step(ctx)
    async def step(self, ctx): return None
class Child(Base):
    async def step(self, ctx): return time.time()  # L1
@job(name="cc")
async def cc(ctx: Context, request: Request) -> None:
    await Child().go(ctx)
    await REG["x"](ctx)
    await registry.handlers["y"](ctx)
    await dispatch(ctx, "z")
    m = methodcaller("go", ctx)
    obj = Plain(time.time)  # L1
    obj.fn()  # L1
    Plain.shared = time.time  # L13
    await nested(ctx, lambda: time.time())  # L1
    vals = Vals(1, 2)
    print(vals.total())
    print(Model.model_validate({"name": "x"}))  # L1
    print(sum(roll() for _ in range(2)))
    value = yield_from()
    next(value)
async def handler(ctx): return random.random()  # L3
async def handler2(ctx): return random.random()  # L3

REG = {"x": handler}
class registry:
    handlers = {"y": handler2}
HANDLERS = {}
def register(name):
    def deco(fn):
        HANDLERS[name] = fn
        return fn
    return deco
@register("z")
async def registered(ctx): return random.random()  # L3
async def dispatch(ctx, name): return await HANDLERS[name](ctx)
class Plain:
    def __init__(self, fn): self.fn = fn
async def nested(ctx, fn):
    def inner(): return fn()
    return inner()
class Vals(NamedTuple):
    a: int
    b: int
    def total(self): return self.a + random.random()  # L3
def roll(): return random.randint(1, 6)  # L3
def yield_from(): yield from inner_gen()
def inner_gen(): yield random.random()  # L3
