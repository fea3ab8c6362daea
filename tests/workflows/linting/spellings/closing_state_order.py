"""L12 to L14 in many spellings, made up to slip through."""
import contextlib, functools, os, json, itertools, collections, copy, operator, asyncio, threading
from contextlib import ExitStack, contextmanager, asynccontextmanager, AsyncExitStack, ContextDecorator, AbstractContextManager
from collections import OrderedDict, deque, defaultdict, ChainMap
from dataclasses import dataclass, field
from typing import Any, ClassVar
from enum import Enum
import bank, tracing, metrics
from bank import unlock, Client
from pydantic import BaseModel, Field
from workflows import Approved, Context, Policy, job
POLICY = Policy(channel_members=True)
class Request(BaseModel):
    name: str = ""
    amount: int = 0
    tags: frozenset[str] = frozenset()
    teams: "set[str]" = Field(default_factory=set)
class Deep(BaseModel):
    inner: Request
async def ask(ctx): return isinstance(await ctx.approval("a", "?", policy=POLICY, timeout="1h"), Approved)
def charge(n: int) -> int: return n

# ---------------- L12
class Locked:
    def __init__(self, name): self.name = name
    async def __aenter__(self): await bank.lock(self.name)
    async def __aexit__(self, *a): await bank.unlock(self.name)
class Timer(AbstractContextManager):
    def __exit__(self, *a): metrics.observe("x", 5)
class Guard:
    def __init__(self, client): self.client = client
    def __enter__(self): return self
    def __exit__(self, *a): self.close()
    def close(self): self.client.close()
@contextmanager
def nested_cm(name):
    with inner_cm(name): yield
@contextmanager
def inner_cm(name):
    try: yield name
    finally: unlock(name)
def cleanup(what): what.close()
@job(name="laa", listed=False)
async def laa(ctx: Context, request: Request) -> None:
    async with Locked("a"):  # L12
        await ask(ctx)
    with Timer():  # L12
        await ask(ctx)
    with Guard(bank.client()) as g:  # L12
        await ask(ctx)
    with nested_cm("x"):  # L12
        await ask(ctx)
    async with AsyncExitStack() as stack:  # L12
        await stack.enter_async_context(Locked("a"))
        await ask(ctx)
    lock = bank.lock("x")
    lock.acquire()
    try:
        await ask(ctx)
    finally:
        lock.release()  # L12
    client = Client()
    try:
        if request.amount:
            for _ in range(3):
                await ask(ctx)
    finally:
        await client.aclose()  # L12
    try:
        result = await ctx.plugins.a.b()
    finally:
        cleanup(client)  # L12
    try:
        await ctx.step.run("x", charge, 1)
    finally:
        unlock("x")  # L12
    try:
        x = [await ask(ctx) for _ in range(3)]
    finally:
        for each in x: bank.note(each)  # L12
    try:
        await helper(ctx)
    except:
        unlock("x")  # L12
        raise
    with tracing.span("a"), tracing.span("b"):  # L12
        await helper(ctx)
    with (tracing.span("a") as a, contextlib.suppress(KeyError)):  # L12
        await helper(ctx)
    @tracing.traced
    async def traced(): await ask(ctx)
    await traced()
    try:
        try:
            await ask(ctx)
        except ValueError:
            raise
    finally:
        (lambda: unlock("x"))()  # L12
    try:
        await ask(ctx)
    finally:
        bank.audit.append("left")  # L12
        with open("x") as f: f.write("y")  # L5 L12
    try:
        pass
    finally:
        unlock("y")
    with bank.session() as s:
        s.add(1)
    try:
        await ask(ctx)
    finally:
        if not await ctx.step.run("z", charge, 1): await ctx.say("x")
    async with ctx_steps(ctx):
        await ask(ctx)
    try:
        await ask(ctx)
    except BaseException as e:
        await ctx.step.run("undo", charge, 1)
        raise
    try:
        await ask(ctx)
    except ExceptionGroup as e:
        unlock("x")
    try:
        await ask(ctx)
    finally:
        os.environ["X"] = "y"  # L2 L12
    with threading.Lock():  # L6 L12
        await ask(ctx)
    state = {"x": 1}
    try:
        await ask(ctx)
    finally:
        state.pop("x")
        state = None
    try:
        await ctx.step.now()
    finally:
        unlock("z")
@asynccontextmanager
async def ctx_steps(ctx):
    try: yield
    finally: await ctx.step.run("z", charge, 2)
async def helper(ctx): await helper2(ctx)
async def helper2(ctx): await ctx.step.sleep("x", "1h")

# ---------------- L13
STATE: dict[str, Any] = {}
ITEMS = deque()
FLAG = False
CACHE = {}
TREE = {"a": {"b": []}}
@dataclass
class Conf:
    limit: int = 5
    names: list = field(default_factory=list)
CONF = Conf()
class Meta:
    items: ClassVar[list] = []
    table = {}
    def put(self): self.table["x"] = 1  # L13
    def put2(self): self.__class__.table = {}  # L13
    def put3(self): type(self).n = 5  # L13
class Singleton:
    _instance = None
    def __new__(cls):
        if cls._instance is None: cls._instance = super().__new__(cls)  # L13
        return cls._instance
@functools.lru_cache(maxsize=None)
def cached(x): return x
class HasCache:
    @functools.cached_property
    def x(self): return 5
    @functools.cache
    def y(self): return 5
def setter(v):
    global FLAG
    FLAG = v  # L13
def default(x, acc={}): acc[x] = 1  # L13
def default2(x, *, acc=[]): acc += [x]  # L13
def default3(x, acc=None):
    acc = acc or []
    acc.append(x)
def counter():
    counter.n += 1  # L13
def memo(x):
    if x not in CACHE: CACHE[x] = x  # L13
    return CACHE[x]
@job(name="lbb", listed=False)
async def lbb(ctx: Context, request: Request) -> None:
    STATE["x"] = 1  # L13
    STATE.update({"a": 1})  # L13
    TREE["a"]["b"].append(1)  # L13
    TREE["a"].setdefault("c", []).append(2)  # L13
    ITEMS.appendleft(1)  # L13
    CONF.limit = 6  # L13
    CONF.limit += 1  # L13
    CONF.names.append("x")  # L13
    Meta().put()
    Meta().put2()
    Meta().put3()
    Meta.items.append(1)  # L13
    Singleton()
    cached(1)  # L13
    print(HasCache().y())  # L13
    setter(True)
    default(1); default2(1); default3(1)
    counter()
    memo(1)
    for k in STATE: STATE[k] += 1  # L13
    s = STATE; s["y"] = 2  # L13
    inner = TREE["a"]
    inner["z"] = 1  # L13
    (STATE if request.name else CACHE)["x"] = 1  # L13
    x, STATE["q"] = 1, 2  # L13
    for STATE["i"] in range(3): pass  # L13
    with bank.x() as STATE["w"]: pass  # L13
    del STATE["x"]  # L13
    setattr(CONF, "limit", 7)  # L13
    CONF.__dict__["limit"] = 7  # L13
    vars(CONF)["limit"] = 7  # L13
    operator.setitem(STATE, "x", 1)  # L13
    [STATE.pop(k) for k in list(STATE)]  # L13
    (lambda: ITEMS.append(1))()  # L13
    push = ITEMS.append
    push(1)  # L13
    list(map(ITEMS.append, [1]))  # L13
    dict.update(STATE, a=1)  # L13
    list.append(ITEMS, 1)  # L13
    local = dict(STATE); local["x"] = 1
    local2 = copy.deepcopy(TREE); local2["a"] = 1
    local3 = {**STATE}; local3["x"] = 1
    local4 = [*ITEMS]; local4.append(1)
    local5 = STATE.copy(); local5["x"] = 1
    local6 = sorted(ITEMS); local6.append(1)
    local7 = STATE | {"a": 1}; local7["b"] = 1
    local8 = [x for x in ITEMS]; local8.append(1)
    conf = Conf(); conf.names.append("x"); conf.limit = 1
    acc = defaultdict(list); acc["x"].append(1)
    od = OrderedDict(); od["x"] = 1
    text = "".join(STATE); text += "x"
    n = len(ITEMS); n += 1
    first = ITEMS[0]; first += 1
    bank.COUNT += 1
    metrics.requests.inc()

# ---------------- L14
class Kind(Enum):
    A = 1
ALLOWED = {"a", "b"}
MAP = {"x": {"a", "b"}}
def names(): return {"a"} | {"b"}
def typed() -> frozenset[str]: ...
def step_set(n: int) -> set[int]: return {n}
@job(name="lcc", listed=False)
async def lcc(ctx: Context, request: Request) -> None:
    for x in names(): print(x)  # L14
    for x in typed(): print(x)  # L14
    for x in MAP["x"]: print(x)  # L14
    for x in request.tags: print(x)  # L14
    for x in request.teams: print(x)  # L14
    for x in ALLOWED.intersection(request.tags): print(x)  # L14
    for x in ALLOWED - request.tags: print(x)  # L14
    for x in ALLOWED ^ request.tags: print(x)  # L14
    for x in {k for k in "ab"}: print(x)  # L14
    for x in frozenset("ab"): print(x)  # L14
    for x in (ALLOWED if request.name else []): print(x)  # L14
    for x in list(ALLOWED): print(x)  # L14
    for x in iter(ALLOWED): print(x)  # L14
    for x in reversed(list(ALLOWED)): print(x)  # L14
    for x in itertools.chain(ALLOWED, "c"): print(x)  # L14
    for x in filter(None, ALLOWED): print(x)  # L14
    for i, x in enumerate(ALLOWED, 1): print(x)  # L14
    for x in map(str, ALLOWED): print(x)  # L14
    for x in zip("ab", ALLOWED): print(x)  # L14
    for x in {"a": 1}.keys() & ALLOWED: print(x)  # L14
    for x in {"a": 1}.keys() | {"b"}: print(x)  # L14
    a = [*ALLOWED]  # L14
    b = {"a": [*ALLOWED]}  # L14
    x, y = ALLOWED  # L14
    (x,) = ALLOWED  # L14
    c = [k for k in ALLOWED if k]  # L14
    d = {k: 1 for k in ALLOWED}  # L14
    e = dict.fromkeys(ALLOWED)  # L14
    f = next(iter(ALLOWED))  # L14
    g = set(ALLOWED).pop()  # L14
    h = ",".join(ALLOWED)  # L14
    h = ",".join(f"{k}" for k in ALLOWED)  # L14
    i = str(ALLOWED)  # L14
    j = f"{ALLOWED!r}"  # L14
    k = "%s" % ALLOWED  # L14
    l = "{}".format(ALLOWED)  # L14
    m = tuple(ALLOWED)[0]  # L14
    n = list(ALLOWED)[:1]  # L14
    o = json.dumps(list(ALLOWED))  # L14
    p = await ctx.step.gather("x", *[ctx.step.run(s, charge, 1) for s in ALLOWED])  # L14
    for q in await ctx.step.run("s", step_set, 1): print(q)  # L14
    for q in (s := names()): print(q)  # L14
    r = deque(ALLOWED)  # L14
    t = sorted(ALLOWED, key=len)
    u = functools.reduce(lambda a, b: a + b, ALLOWED)  # L14
    v = [z for z in sorted(ALLOWED)]
    w = {z.upper() for z in ALLOWED}
    aa = "a" in ALLOWED and len(ALLOWED) > 1 and ALLOWED == {"a"} and ALLOWED <= {"b"}
    bb = sorted({z: 1 for z in ALLOWED})
    cc = sum([len(z) for z in ALLOWED])
    dd = min(map(len, ALLOWED))
    ee = any(map(bool, ALLOWED))
    ff = set(map(str, ALLOWED))
    gg = sorted(ALLOWED)[0]
    hh = frozenset(ALLOWED) | {"q"}
    ii = ALLOWED.issubset({"a"}) or ALLOWED.isdisjoint("b")
    jj = collections.Counter(ALLOWED)["a"]
    for z in Kind: print(z)
    kk = list({"a": 1}); ll = list(dict.fromkeys(["a"])); mm = list({"a": 1}.items())
    yield_ = list(gen_set())
    await ctx.say(text=f"teams: {', '.join(ALLOWED)}")  # L14
    deep(ALLOWED)
    for z in Holder().items: print(z)  # L14
    for z in Holder().get(): print(z)  # L14
def gen_set(): return (x for x in ALLOWED)  # L14
def deep(xs): return deeper(xs)
def deeper(xs): return [x for x in xs]  # L14
class Holder:
    def __init__(self): self.items = set()
    def get(self): return self.items
@job(name="lcd", listed=False)
async def lcd(ctx: Context, request: Deep) -> None:
    for x in request.inner.tags: print(x)  # L14
    for x in sorted(request.inner.teams): print(x)
