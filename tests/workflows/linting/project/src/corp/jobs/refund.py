from __future__ import annotations
from typing import TYPE_CHECKING
import corp.lib, corp.lib.tools as t
from corp import lib
from corp.lib import public, visible, nested, lazy, quick, dynamic, key
from ..lib.tools import Child, now
from .. import lib as up
from workflows import Approved, Context, Policy, job
from pydantic import BaseModel
if TYPE_CHECKING:
    from ..lib.tools import ask as _typing
POLICY = Policy(channel_members=True)
class R(BaseModel):
    x: int = 0
@job(name="refund")
async def refund(ctx: Context, request: R) -> None:
    public(); visible(); lazy.later(); quick(); dynamic()
    sorted([1], key=key)
    nested.clockwork.now()
    Child().run(); now()
    up.tools.higher(t.cached_path)
    await corp.lib.tools.spawn(ctx)
    if await t.ask(ctx, "x", policy=POLICY): return  # L9
    await lib.ask(ctx, "y", policy=POLICY)  # L10
    await t.ask(ctx, "z", policy=POLICY, timeout="1 h")  # L10
    await t.tell(ctx); await t.nap(ctx); await t.careless(ctx)
    await t.safe(ctx, ctx.say("x"))
    t.remember(1); t.each({1, 2})
    await t.step(ctx, lambda: 5)
    with t.threading.Lock():  # L6 L12
        await ctx.say("x")
