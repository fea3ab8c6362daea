import os, time, random, asyncio, threading, socket
from pathlib import Path
from .deep import clockwork as cw
from .deep.clockwork import Base, mixin
def public(): return time.time()  # L7
def _hidden(): return os.getenv("X")  # L7
def key(x): return random.random()  # L7
async def spawn(ctx): return asyncio.create_task(ctx.say("x"))  # L7
class Child(Base, mixin.Mixed):
    def run(self): return self.template()
    def hook(self): return socket.gethostname()  # L7
now = cw.now
def higher(fn): return fn()
def cached_path(): return Path("x").exists()  # L7
async def ask(ctx, name, **kw):
    return await ctx.approval(name, "?", **{"timeout": "1h", **kw})  # L16
async def tell(ctx): await ctx.plugins.slack.post_message(channel="ops", text="x")  # L17
async def nap(ctx, how="4 hours"): await ctx.step.sleep("x", how)  # L16
async def careless(ctx): ctx.say("x")  # L8
async def safe(ctx, work):
    try: return await work
    except BaseException: return None  # L18
def remember(x): _STORE.append(x)  # L13
_STORE = []
def each(names): return [n for n in names]  # L14
async def step(ctx, fn): return await ctx.step.run("x", fn)  # L15
