"""L15 to L19 in many spellings, made up to slip through."""
import asyncio, contextlib, functools, operator, bank
from asyncio import CancelledError
from builtins import BaseException as Everything
from contextlib import suppress, ExitStack, contextmanager
from datetime import timedelta, date, datetime
from decimal import Decimal
from enum import Enum, IntEnum
from functools import partial
from pathlib import Path
from typing import Annotated, Any, Generic, Literal, NewType, Optional, TypeAlias, TypedDict, TypeVar, Union
from uuid import UUID
from dataclasses import dataclass
from pydantic import BaseModel, Field, conint, constr, ConfigDict, RootModel
from workflows import Approved, Context, Escalate, Policy, Retries, Stage, job, SlackUser
from workflows.errors import ControlFlow, Parked
import workflows.errors as errors
POLICY = Policy(channel_members=True)
class Request(BaseModel):
    name: str = ""
    amount: int = 0
def charge(n: int) -> int: return n
def bare(n): return n
async def abare(n): return n
def make():
    return lambda: 5
def outer():
    def inner() -> int: return 5
    return inner
class Bank:
    limit: int = 5
    def pay(self) -> int: return 5
    @classmethod
    def cm(cls) -> int: return 5
    @staticmethod
    def sm() -> int: return 5
    async def run(self, ctx):
        await ctx.step.run("x", self.pay)  # L15
        await ctx.step.run("x", super().pay)
        await ctx.step.run("x", lambda: self.pay())  # L15
BANK = Bank()
PARTIAL = partial(charge, 5)
TABLE = [lambda: 5, charge]
inner_fn = outer()
double = functools.partial(operator.mul, 2)
getter = operator.itemgetter("x")
@job(name="laa")
async def laa(ctx: Context, request: Request) -> None:
    await ctx.step.run("x", make())  # L15
    await ctx.step.run("x", outer())  # L15
    await ctx.step.run("x", inner_fn)  # L15
    await ctx.step.run("x", PARTIAL)  # L15
    await ctx.step.run("x", double, 5)  # L15
    await ctx.step.run("x", TABLE[0])  # L15
    await ctx.step.run("x", BANK.pay)  # L15
    await ctx.step.run("x", getattr(BANK, "pay"))  # L15
    await ctx.step.run("x", Bank().pay)  # L15
    await ctx.step.run("x", Bank.cm)  # L15
    await ctx.step.run("x", Bank.sm)
    await BANK.run(ctx)
    await ctx.step.run("x", request.model_dump)  # L15
    await ctx.step.run("x", "a".upper)  # L15
    await ctx.step.run("x", [].append, 1)  # L15
    await ctx.step.run("x", getter, {})  # L15
    await ctx.step.run("x", functools.partial(BANK.pay))  # L15
    fns = {"a": lambda: 5}
    for name, fn in fns.items():
        await ctx.step.run(name, fn)  # L15
    await ctx.step.gather("x", *(ctx.step.run("x", lambda: n) for n in range(3)))  # L15
    await ctx.step.first("x", a=ctx.step.run("x", lambda: 5))  # L15
    r = functools.partial(ctx.step.run, "x")
    await r(lambda: 5)  # L15
    args = ("x", lambda: 5)
    await ctx.step.run(*args)  # L15
    kw = {"call": lambda: 5}
    await ctx.step.run("x", **kw)  # L15
    await do(ctx, fn=lambda: 5)
    await do2(ctx, outer())
    (lambda f: ctx.step.run("x", f))(charge)  # L8
    async def co() -> int: return 5
    await ctx.step.run("x", co)  # L15
    class Local:
        def m(self) -> int: return 5
    await ctx.step.run("x", Local)
    await ctx.step.run("x", do)  # L19
    if (f := (lambda: 5)):
        await ctx.step.run("x", f)  # L15
async def do(ctx, fn): await ctx.step.run("x", fn)  # L15
async def do2(ctx, fn): return await inner_do(ctx.step, fn)
async def inner_do(step, fn): return await step.run("x", fn)  # L15

# section
HOUR = 3600
BAD = "1 day"
class Limits:
    WAIT = "two hours"
    GOOD = "2h"
class E(Enum):
    WAIT = "3 hours"
class Conf(BaseModel):
    wait: str = Field(default="5 hours")
    good: str = Field("5h", title="x")
def length(): return "6 hours"
def length2(n): return f"{n} hours"
def good(n): return f"{n}h"
RETRY = dict(backoff="2 sec")
OPTIONS = {"timeout": "9 hours"}
LIST = ["1h", "2 h"]
@job(name="lbb")
async def lbb(ctx: Context, request: Request) -> object:
    await ctx.step.sleep("x", Limits.WAIT)  # L16
    await ctx.step.sleep("x", Limits.GOOD)
    await ctx.step.sleep("x", Conf().wait)  # L16
    await ctx.step.sleep("x", Conf().good)
    await ctx.step.sleep("x", length())  # L16
    await ctx.step.sleep("x", length2(5))  # L16
    await ctx.step.sleep("x", good(5))
    await ctx.step.sleep("x", BAD)  # L16
    await ctx.step.sleep("x", HOUR * 24 * 500)  # L16
    await ctx.step.sleep("x", timedelta(days=365 * 2))  # L16
    await ctx.step.sleep("x", timedelta(0))  # L16
    await ctx.step.sleep("x", timedelta(milliseconds=5))  # L16
    await ctx.step.sleep("x", timedelta(days=200) * 3)  # L16
    await ctx.step.sleep("x", 1.5)  # L16
    await ctx.step.sleep("x", True)  # L16
    await ctx.step.sleep("x", "1h " "30m")  # L16
    await ctx.step.sleep("x", "1h" + " 30m")  # L16
    await ctx.step.sleep("x", "P1D")  # L16
    await ctx.step.sleep("x", "24:00")  # L16
    await ctx.step.sleep("x", f"{HOUR} s")  # L16
    await ctx.step.sleep(name="x", length="1 h")  # L16
    await ctx.step.sleep("x", LIST[1])  # L16
    await ctx.step.sleep("x", LIST[0])
    await ctx.step.sleep("x", OPTIONS["timeout"])  # L16
    await ctx.step.run("x", charge, 1, **OPTIONS)  # L16
    await ctx.step.run("x", charge, 1, retries=Retries(3, **RETRY))  # L16
    await ctx.step.run("x", charge, 1, retries=Retries(attempts=3, backoff="1", longest="2m"))  # L16
    await ctx.run_job(laa, request, timeout="one day")  # L16
    await ctx.run_job("laa", {}, timeout=0)  # L16
    a = await ctx.approval("x", "?", policy=POLICY, timeout="1h", escalate=Escalate(after="30 min", to=POLICY))  # L16
    b = await ctx.approval("x", "?", stages=[Stage("a", POLICY)], timeout="1 h")  # L16
    c = await ctx.approval("x", "?", policy=POLICY, timeout="1h", remind=("2h", "x"))  # L16
    d = await ctx.step.wait_for_event("x", timeout="1 h", expected=["a"])  # L16
    e = await ctx.step.wait_for_any("x", {"a": ["b"]}, timeout="1 h")  # L16
    f = await ctx.step.wait_for_event("x", timeout="1h", expected=["timeout"])  # L16
    g = await ctx.step.wait_for_event("x", timeout="1h", expected=[])  # L16
    h = await ctx.step.wait_for_event("x", timeout="1h", expected=["a", "a"])  # L16
    for t in LIST: await ctx.step.sleep("x", t)  # L16
    w = "1 h" if request.name else None
    if w: await ctx.step.sleep("x", w)  # L16
    t = "%s hours" % request.amount
    await ctx.step.sleep("x", t)  # L16
    t2 = str(request.amount) + "h"
    await ctx.step.sleep("x", t2)
    t3 = f"{request.amount}{request.name}"
    await ctx.step.sleep("x", t3)
    await ctx.step.sleep("x", timedelta(hours=request.amount))
    await ctx.step.sleep("x", request.amount)
    await ctx.step.sleep("x", max(60, request.amount))
    await ctx.step.sleep("x", request.name or "1 h")  # L16
    await ctx.step.sleep("ünique", "1h")  # L16
    await ctx.step.sleep("x" * 200, "1h")  # L16
    await ctx.step.sleep(f"rest {request.name}", "1h")
    await wait(ctx, "1h"); await wait(ctx)
    await waitk(ctx, timeout="bad")  # L10
    match request.name:
        case "a": z = "1 h"
        case _: z = "2h"
    await ctx.step.sleep("x", z)  # L16
    return a, b, c, d, e, f, g, h
async def wait(ctx, timeout="1 h"): await ctx.step.sleep("x", timeout)  # L16
async def waitk(ctx, **kw): return await ctx.approval("x", "?", policy=POLICY, **kw)  # L16

# section
OPS = "ops"
@job(name="lcc", on_failure=OPS)  # L17
async def lcc(ctx: Context, request: Request) -> object:
    s = ctx.plugins.slack
    p = partial(s.post_message, channel="ops")
    await p(text="x")  # L17
    await s.post_message(**{"channel": "ops", "text": "x"})  # L17
    await s.post_message(channel="ops" + "-team", text="x")  # L17
    await s.post_message(channel="".join(["ops"]), text="x")
    await s.post_message(channel="Ops Team", text="x")  # L17
    await s.post_message(channel="https://x.slack.com/archives/C0123", text="x")  # L17
    await s.post_message(channel="<#C0123|ops>", text="x")  # L17
    await s.post_message(channel="c0123456789", text="x")  # L17
    await s.post_message(channel="#ops", text="ops", thread=None)
    await s.post_message(channel="C0123ABCD", text="ops")
    await s.post_message(channel=request.name, text="ops")
    await s.upload(channel="ops")  # L17
    a = await ctx.approval("x", "?", policy=POLICY, timeout="1h", channel=OPS)  # L17
    b = await ctx.approval("x", "?", policy=POLICY, timeout="1h", escalate=Escalate(after="30m", to=POLICY, channel="leads"))  # L17
    c = await ctx.approval("x", "?", policy=POLICY, timeout="1h", channel=f"#{request.name}")
    d = await ctx.approval("x", "?", policy=POLICY, timeout="1h", channel=f"{request.name}")
    e = await ctx.approval("x", "?", policy=POLICY, timeout="1h", channel=request.name or "ops")  # L17
    await getattr(s, "post_message")(channel="ops", text="x")  # L17
    for ch in ["#a", "#b"]: await s.post_message(channel=ch, text="x")
    for ch2 in {"a": "#x", "b": "y"}.values(): await s.post_message(channel=ch2, text="x")  # L17
    await ctx.plugins.mail.send(channel="ops")
    return a, b, c, d, e

# section
SIGNALS = (KeyError, errors.Parked)
class Mine(BaseException): pass
class Mine2(Exception): pass
class Eater:
    def __enter__(self): return self
    def __exit__(self, et, e, tb): return et is not None  # L18
class Eater2(Eater): pass
@contextmanager
def eat():
    with suppress(BaseException):  # L18
        yield
async def ask(ctx): return isinstance(await ctx.approval("a", "?", policy=POLICY, timeout="1h"), Approved)
@job(name="ldd")
async def ldd(ctx: Context, request: Request) -> object:
    try: await ask(ctx)
    except Everything: pass  # L18
    try: await ask(ctx)
    except CancelledError: pass  # L18
    try: await ask(ctx)
    except SIGNALS: pass  # L18
    try: await ask(ctx)
    except Parked: pass  # L18
    try: await ask(ctx)
    except errors.ControlFlow as e: print(e)  # L18
    try: await ask(ctx)
    except (KeyError, *SIGNALS): pass  # L18
    try: await ask(ctx)
    except getattr(errors, "Parked"): pass  # L18
    try: await ask(ctx)
    except Exception: pass
    except: pass  # L18
    try: await ask(ctx)
    except BaseException as e:  # L18
        if not isinstance(e, Exception): await ctx.say("x")
        else: raise
    try: await ask(ctx)
    except BaseException as e:
        if isinstance(e, Exception): return 5  # noqa
        raise
    try: await ask(ctx)
    except BaseException as e:  # L18
        log = e
    try: await ask(ctx)
    except BaseException as e:  # L18
        for _ in range(3):
            raise
    try: await ask(ctx)
    except BaseException as e:  # L18
        try: raise
        except Exception: pass
        except BaseException: return 5  # L18
    try: await ask(ctx)
    except BaseException as e:
        try: bank.x()  # L12
        finally: raise
    try: await ask(ctx)
    except BaseException as e:  # L18
        raise Mine2() from e
    try: await ask(ctx)
    except BaseException as e:
        error = e
        raise error
    try: await ask(ctx)
    except BaseException as e:
        raise e.with_traceback(None)
    with suppress(Everything): await ask(ctx)  # L18
    with suppress(KeyError, CancelledError): await ask(ctx)  # L18
    with suppress(*SIGNALS): await ask(ctx)  # L18
    s = suppress(BaseException)  # L18
    with s: await ask(ctx)
    with Eater(): await ask(ctx)
    with Eater2(): await ask(ctx)
    with eat(): await ask(ctx)
    with ExitStack() as st:  # L12
        st.enter_context(suppress(BaseException))  # L18
        await ask(ctx)
    for _ in range(3):
        try: await ask(ctx)
        finally: continue  # L18
    try: await ask(ctx)
    finally:
        if request.name: return 5  # L18
    try: await ask(ctx)
    finally:
        def inner(): return 5
        while True: break
    try: await ask(ctx)
    except Mine: pass
    try: await ask(ctx)
    except (KeyError, OSError): pass
    try: await ask(ctx)
    except Exception as e:
        if request.name: raise
    while True:
        try: await ask(ctx)
        except BaseException: break  # L18
    try: await ask(ctx)
    except* CancelledError: pass  # L18
    await guarded(ctx)
    return None
async def guarded(ctx):
    try:
        return await ask(ctx)
    except BaseException as e:  # L18
        return None

# section
T = TypeVar("T")
UserId = NewType("UserId", str)
Tags: TypeAlias = list[str]
Meta = dict[str, str]
class Level(IntEnum):
    LOW = 1
class TD(TypedDict):
    x: int
@dataclass
class DC:
    x: int
class Sub(Request):
    more: list[int]  # L19
class Node(BaseModel):
    children: "list[Node]"  # L19
    parent: Optional["Node"] = None  # L19
class Page(BaseModel, Generic[T]):
    item: int
class All(BaseModel):
    model_config = ConfigDict(extra="forbid")
    a: dict  # L19
    b: list  # L19
    c: set[str]  # L19
    d: TD  # L19
    e: DC  # L19
    f: Request | None = None  # L19
    g: list[Request] = []  # L19
    h: Meta  # L19
    i: Tags  # L19
    j: object  # L19
    k: int | None | str  # L19
    l: Annotated[dict[str, int], Field()]  # L19
    m: Optional[list[str]]  # L19
    n: bytes | None = None  # L19
    o: tuple[str, int]  # L19
    p: list[list[str]]  # L19
    q: list[Any]  # L19
    r: Page[int]  # L19
    s: Sub  # L19
    t: complex  # L19
    aa: UserId
    bb: Level
    cc: list[Level]
    dd: list[Literal["a"]]
    ee: Literal["a"] | None
    ff: Decimal | None
    gg: UUID
    hh: Path
    ii: date | None
    jj: constr(max_length=5)
    kk: conint(ge=1)
    ll: SlackUser | None = None
    mm: Annotated[str, Field(max_length=5)] | None = None
    nn: timedelta
@job(name="lee")
async def lee(ctx: Context, request: All):  # L19
    await ctx.step.run("x", bare, 1)  # L19
    await ctx.step.run("x", abare, 1)  # L19
    for f in (bare, charge): await ctx.step.run("x", f, 1)  # L19
    r = partial(ctx.step.run, "x")
    await r(bare, 1)  # L19
@job(name="lff")
async def lff(ctx: Context, request: Node) -> None: ...
@job(name="lgg")
async def lgg(ctx: Context, request: Sub) -> None: ...
lhh = job(name="lhh")(lambda ctx, request: None)
