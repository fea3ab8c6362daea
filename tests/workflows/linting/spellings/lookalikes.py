"""Right, though it looks as if it were not: false alarms that were made up."""
import collections, contextlib, copy, dataclasses, datetime as dt, functools, hashlib, itertools, json, logging, math, operator, os.path, random, re, string, time, uuid
from dataclasses import dataclass, field, replace
from decimal import Decimal
from enum import Enum, auto
from pathlib import Path, PurePosixPath
from typing import Any, Final, Literal, NamedTuple, TypedDict
from pydantic import BaseModel, Field, computed_field, field_validator, model_validator
from workflows import Approved, Context, Event, Expired, Policy, Rejected, Retries, SlackChannel, SlackUser, StepFailed, job
import bank
POLICY: Final = Policy(channel_members=True, need=1)
logger = logging.getLogger(__name__)
TIMEOUT = dt.timedelta(hours=4)
EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
WORDS = frozenset({"a", "b"})
ORDER = ["a", "b"]
class Color(Enum):
    RED = auto()
class Line(BaseModel):
    text: str
    amount: Decimal = Decimal(0)
class Request(BaseModel):
    name: str = Field(default="x", max_length=5)
    when: dt.datetime | None = None
    color: Color = Color.RED
    who: SlackUser | None = None
    channel: SlackChannel | None = None
    timeout: str = "4h"
    @field_validator("name")
    @classmethod
    def _strip(cls, value: str) -> str: return value.strip()
    @computed_field
    @property
    def upper(self) -> str: return self.name.upper()
class Row(TypedDict):
    a: int
def fetch(url: str) -> list[str]: return bank.fetch(url, time.time(), random.random())
def save(rows: list[Row]) -> None: Path("x").write_text(json.dumps(rows))
async def slow(n: int) -> int:
    await bank.sleep(n)
    return n
def tags() -> set[str]: return {"a", "b"}
@functools.cache
def _compiled(pattern: str) -> re.Pattern[str]: return re.compile(pattern)
def matched(text: str) -> bool: return bool(_compiled("x").match(text))
@job(name="aa")
async def aa(ctx: Context, request: Request) -> list[str]:
    time_ = request.when or await ctx.step.now()
    path = PurePosixPath("/a") / request.name
    digest = hashlib.sha256(request.name.encode()).hexdigest()
    logger.debug("at %s", time_)
    print("x", digest, path.suffix)
    found: dict[str, list[str]] = {}
    for key in ORDER:
        found.setdefault(key, []).append(key)
    rows = [Row(a=n) for n, _ in enumerate(ORDER)]
    await ctx.step.run("save", save, rows)
    urls = await ctx.step.run("fetch", fetch, "x")
    for url in urls:
        if url in WORDS: continue
        await ctx.step.run(f"slow {url}", slow, len(url))
    for tag in sorted(await ctx.step.run("tags", tags)):
        await ctx.say(tag)
    unique = list(dict.fromkeys(urls))
    counts = collections.Counter(urls)
    top = max(counts, key=counts.__getitem__)
    lines = [Line(text=t) for t in unique]
    total = sum((line.amount for line in lines), Decimal(0))
    changed = lines[0].model_copy(update={"text": "y"}) if lines else None
    if changed and changed.text: total += 1
    state = dataclasses.make_dataclass("S", ["x"])(5)
    state.x = 6
    with contextlib.suppress(StepFailed):
        await ctx.step.run("slow", slow, 5)
    results = await ctx.step.gather("g", *[ctx.step.run(str(n), slow, n) for n in range(3)])
    if any(results) and all(r > 0 for r in results): total += 2
    pairs = list(zip(ORDER, results))
    pairs.sort(key=operator.itemgetter(1))
    chunks = [list(c) for _, c in itertools.groupby(pairs, key=lambda p: p[1] % 2)]
    out = copy.deepcopy(found)
    out.update(x=["y"])
    del out["x"]
    merged = {**found, **out}
    ints = {1, 2} & {2}
    biggest = max(ints or {0})
    text = string.Template("$a").safe_substitute(a=top)
    number = uuid.uuid5(uuid.NAMESPACE_URL, text)
    return [str(total), str(number), str(biggest), str(chunks), str(merged), str(math.pi), str(path)]
@job(name="bb")
async def bb(ctx: Context, request: Request) -> str:
    answer: Approved | Rejected | Expired | None = None
    for attempt in range(3):
        answer = await ctx.approval(f"ask {attempt}", "?", policy=POLICY, timeout=TIMEOUT)
        if isinstance(answer, (Approved, Rejected)): break
    else:
        return "nobody"
    if answer is None: return "never"
    outcome = {Approved: "yes", Rejected: "no", Expired: "late"}[type(answer)]
    event = await ctx.step.wait_for_event("x", timeout=request.timeout, expected=["a", "b"])
    kind = event.kind
    if kind == "timeout" or not kind: return "late"
    handlers = {"a": on_a, "b": on_b}
    text = await handlers[kind](ctx, event)
    decision = await ctx.approval("end", "?", policy=POLICY, timeout="1h", channel=request.channel or "#ops")
    return describe(decision) + outcome + text
async def on_a(ctx: Context, event: Event) -> str: return event.kind
async def on_b(ctx: Context, event: Event) -> str:
    await ctx.say(event.payload.get("text", ""))
    return "b"
def describe(decision: Approved | Rejected | Expired) -> str:
    match decision:
        case Approved(by=by): return f"by {by}"
        case Rejected(note=None): return "no"
        case Rejected(note=note) if note: return note
        case _: return "late"
class Flow:
    limit = 5
    kinds = ("a", "b")
    def __init__(self, ctx: Context): self.ctx, self.log, self.decision = ctx, [], None
    async def run(self) -> str:
        self.decision = await self.ctx.approval("x", "?", policy=POLICY, timeout="1h")
        self.log.append("asked")
        return self.outcome
    @property
    def outcome(self) -> str: return "yes" if isinstance(self.decision, Approved) else "no"
    def __enter__(self): self.log.append("in"); return self
    def __exit__(self, *error): self.log.append("out"); return None
    def __len__(self): return len(self.log)
    def __bool__(self): return True
@job(name="cc")
async def cc(ctx: Context, request: Request) -> str:
    flow = Flow(ctx)
    with flow:
        text = await flow.run()
    if flow and len(flow) > 1: text += "x"
    try:
        await ctx.step.sleep("x", "1h")
    except BaseException:
        ctx.log.info("left")
        raise
    finally:
        left = True
        flow.log.append("left")
    pending = [ctx.say(n) for n in ORDER]
    await ctx.step.gather("all", *pending)
    first = ctx.step.run("a", slow, 1)
    second = ctx.step.run("b", slow, 2)
    a, b = await ctx.step.gather("ab", first, second)
    approvals = await ctx.step.gather("asks", *(ctx.approval(n, "?", policy=POLICY, timeout="1h") for n in ORDER))
    yes = [n for n, each in zip(ORDER, approvals, strict=True) if isinstance(each, Approved)]
    by = {each.by for each in approvals if isinstance(each, Approved)}
    match approvals:
        case [Approved(), *_]: text += "first"
        case _: pass
    if ctx.patched("x") and left: text += ctx.run.url
    return f"{text} {a + b} {', '.join(yes)} {len(by)} {ctx.run.requested_by}"
@job(name="dd", cron="0 9 * * *", listed=False)
async def dd(ctx: Context, request: Request) -> None:
    now = await ctx.step.now()
    if now - EPOCH > dt.timedelta(days=1) and now.weekday() < 5:
        await ctx.step.sleep("until", dt.timedelta(seconds=max(1, 60 - now.second)))
    cursor: str | None = None
    while True:
        page = await ctx.plugins.crm.list(cursor=cursor)
        for item in page["items"]:
            await ctx.run_job(cc, Request(name=item["name"]), timeout="1d", name=f"cc {item['id']}")
        cursor = page.get("cursor")
        if not cursor: break
