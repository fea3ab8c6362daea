"""Offline: the same API over the database itself, for as long as a command needs it.

No worker and no Slack: what is started stays ready, and what is decided goes on, when Harbor is
started next.
"""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager

from aiohttp import web
from anyio.from_thread import start_blocking_portal

from bot.access import Access
from bot.config import Settings
from bot.web.admission import Admission
from bot.web.app import guard
from bot.web.host import checked
from bot.web.limits import Limits
from bot.web.problems import mapped
from bot.web.programs import routes
from bot.web.server import Runner
from bot.web.strict import LARGEST_BODY
from store.opening import open_database
from workflows.approvals.gates import Gates
from workflows.clock import SystemClock
from workflows.engine.local.engine import LocalEngine
from workflows.registry import load


@contextmanager
def served(settings: Settings, key: str) -> Iterator[str]:
    """Answer the address of the API over the database, locked until the block ends.

    Raises CannotOpen where the database is in use or cannot be used.
    """
    with (
        start_blocking_portal() as portal,
        portal.wrap_async_context_manager(_serving(settings, key)) as url,
    ):
        yield url


@asynccontextmanager
async def _serving(settings: Settings, key: str) -> AsyncIterator[str]:
    clock, registry = SystemClock(), load(settings.jobs)
    db = open_database(settings.database_url, clock.now)
    try:
        engine = LocalEngine(db, registry, clock, address=settings.public_url)
        app = web.Application(
            client_max_size=LARGEST_BODY, middlewares=[guard, mapped, checked(settings.public_url)]
        )
        admission = Admission(Access(db, key, clock), Limits(clock))
        app.add_routes(routes(admission, key, engine, Gates(db, engine), registry, clock))
        async with _listening(app) as url:
            yield url
    finally:
        await db.close()


@asynccontextmanager
async def _listening(app: web.Application) -> AsyncIterator[str]:
    runner = Runner(app, access_log=None)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        host, port = runner.addresses[0][:2]
        yield f"http://{host}:{port}"
    finally:
        await runner.cleanup()
