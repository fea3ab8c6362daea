"""A refund: limits, two approvals, compensation, a note. Nothing here is wrong."""

import enum
import json
import logging
import math
import re
from collections import Counter, defaultdict
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from itertools import chain, groupby, pairwise
from textwrap import shorten
from typing import Literal

import httpx
from pydantic import BaseModel, Field

from shop import money
from shop.bank import Bank, Receipt
from shop.money import as_text as amount_text
from workflows import (
    Approved, Context, Expired, Policy, Rejected, Retries, StepFailed, StepOutcomeUnknown,
    current_step, job,
)

log = logging.getLogger(__name__)
SUPPORT = Policy(groups=("S0614TZR7",), need=1)
FINANCE = Policy(groups=("S0614TZR8",), need=2, requester_may_decide=False)
OFTEN = Retries(attempts=8, backoff="2s", longest="5m")
ORDER = re.compile(r"[A-Z]\d{4}")
KNOWN_REASONS = frozenset({"broken", "late", "lost"})
LIMITS: dict[str, Decimal] = {"small": Decimal(50), "large": Decimal(1000)}
DAYS = 30
CHANNEL = "#refunds"


class Reason(enum.StrEnum):
    BROKEN = "broken"
    LATE = "late"


class Refund(BaseModel):
    order: str = Field(pattern=r"[A-Z]\d{4}", title="Order")
    amount: Decimal
    reason: Reason = Reason.BROKEN
    bought: date
    kind: Literal["full", "part"] = "full"
    note: str | None = None


class Outcome(BaseModel):
    paid: bool
    receipt: str | None = None
    why: str | None = None


@dataclass
class Totals:
    lines: list[str] = field(default_factory=list)
    total: Decimal = Decimal(0)

    def add(self, line: str, amount: Decimal) -> None:
        self.lines.append(line)
        self.total += amount

    @property
    def text(self) -> str:
        return "; ".join(self.lines)


def pay(order: str, amount: str) -> str:
    answer = httpx.post(
        "https://bank.example.com/refunds",
        json={"order": order, "amount": amount},
        headers={"Idempotency-Key": current_step().key},
    )
    return answer.json()["id"]


async def undo(receipt: str) -> None:
    async with httpx.AsyncClient() as client:
        await client.delete(f"https://bank.example.com/refunds/{receipt}")


def stamp() -> str:
    return datetime.now(UTC).isoformat()


@job(name="refund", description="Refund an order.", on_failure="#ops")
async def refund(ctx: Context, request: Refund) -> Outcome:
    """Ask support, and finance above the limit; pay; say so."""
    now = await ctx.step.now()
    if (now.date() - request.bought).days > DAYS:
        return Outcome(paid=False, why="too late")
    if request.reason.value not in KNOWN_REASONS or not ORDER.fullmatch(request.order):
        return Outcome(paid=False, why="unknown")
    rounded = request.amount.quantize(Decimal("0.01"), rounding=ROUND_HALF_UP)
    title = f"Refund {amount_text(rounded)} for {request.order}?"
    decision = await ctx.approval(
        "support", title, show=request, policy=SUPPORT, timeout="24h", channel=CHANNEL
    )
    match decision:
        case Rejected(note=note):
            return Outcome(paid=False, why=note or "rejected")
        case Expired():
            return Outcome(paid=False, why="nobody answered")
        case Approved():
            log.info("support said yes to %s", request.order)
    if rounded > LIMITS["large"] and not await finance_agrees(ctx, request):
        return Outcome(paid=False, why="finance")
    try:
        receipt = await ctx.step.run("pay", pay, request.order, str(rounded), retries=OFTEN)
    except StepOutcomeUnknown:
        raise
    except StepFailed as failed:
        await ctx.say(f"Not paid: {shorten(str(failed), 200)}")
        return Outcome(paid=False, why=failed.kind)
    try:
        await ctx.plugins.crm.note(order=request.order, text=summary(request, receipt))
    except Exception:
        await ctx.step.run("undo", undo, receipt)
        raise
    return Outcome(paid=True, receipt=receipt)


async def finance_agrees(ctx: Context, request: Refund) -> bool:
    decision = await ctx.approval(
        "finance", "Above the limit: pay?", show=request, policy=FINANCE, timeout=timedelta(days=2)
    )
    return isinstance(decision, Approved)


def summary(request: Refund, receipt: str) -> str:
    totals = Totals()
    totals.add("refund", request.amount)
    by_kind: dict[str, list[str]] = defaultdict(list)
    by_kind[request.kind].append(receipt)
    words = Counter(totals.text.split())
    common = [word for word, _ in words.most_common(3)]
    parts = [f"{kind}: {', '.join(ids)}" for kind, ids in by_kind.items()]
    steps = [b - a for a, b in pairwise([1, 2, 3])]
    grouped = {key: len(list(each)) for key, each in groupby(sorted(common), key=len)}
    return json.dumps({"parts": parts, "steps": steps, "grouped": grouped}, sort_keys=True)


@job(name="refund-many", description="Refund every order in a list.", listed=False)
async def refund_many(ctx: Context, request: Refund) -> list[str]:
    orders = sorted({order.strip().upper() for order in (request.note or "").split(",")})
    receipts: list[str] = []
    for n, order in enumerate(orders, 1):
        receipts.append(await ctx.step.run(f"pay {n}", pay, order, "5.00"))
    stamped = await ctx.step.run("stamp", stamp)
    both = await ctx.step.gather(
        "checks", *(ctx.step.run(f"check {order}", pay, order, "0") for order in orders)
    )
    seen = set(receipts) | set(both)
    missing = [each for each in orders if each not in seen]
    if missing and all(len(each) == 5 for each in missing):
        await ctx.plugins.slack.post_message(channel="#refunds", text=", ".join(missing))
    low, high = math.floor(2.5), math.ceil(2.5)
    return [*receipts, stamped, str(low + high), *chain(missing)]


@job(name="refund-through-the-bank", listed=False)
async def refund_through_the_bank(ctx: Context, request: Refund) -> Outcome:
    bank = Bank(ctx, "main")
    receipt: Receipt | None = None
    with suppress(StepFailed):
        receipt = await bank.refund(request.order, request.amount)
    if receipt is None:
        return Outcome(paid=False)
    async with bank.reserved(request.order) as reservation:
        event = await ctx.step.wait_for_event(
            f"settled {reservation}", timeout="3d", expected=["settled", "bounced"]
        )
        if event.kind == "bounced":
            await bank.forget(receipt)
            return Outcome(paid=False, why="bounced")
    return Outcome(paid=event.kind == "settled", receipt=receipt.number, why=money.words(5))
