"""The composition root: builds the whole object graph, opens it in order, closes it in order."""

import asyncio
import logging
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from aiohttp import web
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from bot.access import Access
from bot.config import Settings
from bot.dispatcher import Dispatcher
from bot.metrics import Metrics
from bot.passes import AtHome, Passes
from bot.retention import Retention
from bot.scheduler import Scheduler
from bot.seals import Seals
from bot.secret import secret_key
from bot.sessions import Sessions
from bot.slack import app as slack_app
from bot.slack import client as slack_client
from bot.slack.cards import Cards
from bot.slack.connection import Connection
from bot.slack.drafts import Drafts
from bot.slack.home import Homes
from bot.slack.identity import Identity, introduce, keep_asking
from bot.slack.links import Pages, Permalinks
from bot.slack.people import People
from bot.slack.plugin import SlackPlugin
from bot.slack.private import Private
from bot.slack.sender import Sender
from bot.slack.sending import Slack
from bot.slack.services import Services
from bot.slack.socket import Sockets, Timings
from bot.watch import Heartbeat, Watch
from bot.web import app as web_app
from bot.web import routes
from bot.web.admission import Admission
from bot.web.health import Health
from bot.web.issuer import Issuer
from bot.web.limits import Limits
from bot.web.metrics import MetricsDoor
from bot.web.paths import CALLBACK
from bot.web.programs import routes as routes_for_programs
from bot.web.server import Runner
from bot.web.site import Site
from bot.web.slack import SlackDoor
from store import meta
from store.database import Database
from store.opening import open_database
from store.ready import Claimed
from workflows.approvals.gates import Gates
from workflows.clock import Clock, SystemClock
from workflows.context import Context, RunInfo, Surroundings
from workflows.delivering import Delivering
from workflows.engine.local.calls import Calls
from workflows.engine.local.engine import LocalEngine
from workflows.engine.local.living import Living
from workflows.engine.local.worker import Worker
from workflows.errors import ConfigurationError
from workflows.failpoint import failpoint
from workflows.plugins import Plugins, configured
from workflows.plugins.base import Plugin
from workflows.plugins.mcp import McpPlugin
from workflows.registry import Registry, load
from workflows.step import Step

log = logging.getLogger(__name__)

GRACE_S = 20.0
LINGER_S = 1.0
# A connection on which nothing is asked, or half a request. More than the minute for which proxies
# keep theirs: what they send into a connection that is just being closed is lost.
IDLE_S = 75.0
DEFAULT_PLUGINS = Path("plugins.toml")


@dataclass
class Harbor:
    """A running Harbor: what tests and commands reach into. Made by `running`."""

    db: Database
    engine: LocalEngine
    gates: Gates
    passes: Passes
    dispatcher: Dispatcher
    scheduler: Scheduler
    homes: Homes
    watch: Watch
    url: str = ""


@dataclass(frozen=True)
class Outside:
    """What is opened before the database: Slack, and who we are there."""

    settings: Settings
    clock: Clock
    registry: Registry
    client: AsyncWebClient
    connection: Connection
    identity: Identity
    timings: Timings

    @property
    def slack(self) -> Slack:
        """The calls of the outbox."""
        return Slack(self.client, self.connection, self.clock)


@dataclass(frozen=True)
class Listening:
    """The ways in: the web server, and in Socket Mode the sockets."""

    runner: web.AppRunner
    sockets: Sockets | None

    async def close(self) -> None:
        """Let nobody new in; what was let in is answered."""
        if self.sockets is not None:
            await self.sockets.close()
        await self.runner.cleanup()


@asynccontextmanager
async def running(
    settings: Settings,
    clock: Clock | None = None,
    registry: Registry | None = None,
    timings: Timings | None = None,
) -> AsyncIterator[Harbor]:
    """Run Harbor until the block ends, then close it in order. *timings* are those of sockets.

    Raises ConfigurationError, CannotOpen or JobRefused where it cannot start.
    """
    clock, registry = clock or SystemClock(), registry or load(settings.jobs)
    mcp = _configured_plugins(settings)
    async with _outside(settings, clock, registry, timings or Timings()) as outside:
        db = open_database(settings.database_url, clock.now, failpoint)
        slack = outside.slack
        home = asyncio.get_running_loop()
        clients: list[Plugin] = [SlackPlugin(slack), *mcp]
        plugins = Plugins(AtHome(each, home) for each in clients)
        try:
            installation = await db.read(meta.installation_id)
            harbor = _build(outside, db, slack, plugins, installation)
            await harbor.engine.recover()
            await harbor.dispatcher.recover()
            async with _working(harbor, outside):
                yield harbor
        finally:
            await plugins.close()
            await db.close()


def _configured_plugins(settings: Settings) -> tuple[McpPlugin, ...]:
    """Read plugins.toml; without the setting it need not exist."""
    path = settings.plugins or DEFAULT_PLUGINS
    if settings.plugins is None and not path.exists():
        return ()
    return configured(path, os.environ)


@asynccontextmanager
async def _outside(
    settings: Settings, clock: Clock, registry: Registry, timings: Timings
) -> AsyncIterator[Outside]:
    async with slack_client.session() as session:
        token = settings.bot_token.get_secret_value()
        client = slack_client.client(token, settings.slack_api_base_url, session)
        how = "HTTP" if settings.app_token is None else "Socket Mode"
        connection, identity = Connection(clock, how), Identity()
        await introduce(client, connection, identity)
        yield Outside(settings, clock, registry, client, connection, identity, timings)


def _build(
    outside: Outside, db: Database, slack: Slack, plugins: Plugins, installation: str
) -> Harbor:
    """Put the objects together; nothing is started."""
    settings, clock = outside.settings, outside.clock
    living = Living()
    engine = LocalEngine(db, outside.registry, clock, living, settings.public_url)
    gates = Gates(db, engine)
    surroundings = Surroundings(
        settings.public_url, settings.approvals_channel, plugins, Delivering(engine.send)
    )
    calls, context = Calls(settings.step_threads), partial(_context, surroundings)
    passes = Passes(
        lambda: Worker(db, outside.registry, installation, context, clock, calls, living)
    )
    pages = Pages(_page_url(settings))
    dispatcher = Dispatcher(
        db,
        Cards(db, slack, clock, pages),
        Sender(db, slack, engine, clock, pages, outside.registry),
        outside.connection,
    )
    people = People(outside.client, outside.identity, clock, settings.admins)
    homes = Homes(
        db,
        outside.client,
        people,
        gates,
        engine,
        outside.registry,
        outside.connection,
        clock,
        calls,
        Permalinks(outside.client, gates),
    )
    scheduler = Scheduler(
        engine,
        clock,
        chores=(Retention(db, engine, clock), Seals(db, clock)),
        on_tick=(passes.wake, dispatcher.wake),
    )
    watch = Watch(db, scheduler, clock, calls)
    return Harbor(db, engine, gates, passes, dispatcher, scheduler, homes, watch)


def _context(surroundings: Surroundings, step: Step, run: Claimed) -> Context:
    # As it was when the run was accepted: a job that writes it into a question asks the same.
    url = f"{run.address or surroundings.public_url}/run/{run.id}"
    return Context(step, RunInfo(run.id, run.job, run.requested_by, url), surroundings)


@asynccontextmanager
async def _working(harbor: Harbor, outside: Outside) -> AsyncIterator[None]:
    """Start what works; at the end stop it in the order in which nothing is lost."""
    listening = await _listen(harbor, outside)
    loops = [
        asyncio.create_task(harbor.dispatcher.run(), name="dispatcher"),
        asyncio.create_task(harbor.homes.run(), name="homes"),
        asyncio.create_task(Heartbeat().run(), name="heartbeat"),
        asyncio.create_task(
            keep_asking(outside.client, outside.connection, outside.identity), name="identity"
        ),
    ]
    try:
        await harbor.passes.start()
        await harbor.scheduler.tick()
        harbor.scheduler.start()
        yield
    finally:
        # Nobody new comes in; what was accepted is committed; then the clock, the work, the post.
        await listening.close()
        harbor.scheduler.stop()
        await harbor.passes.stop(GRACE_S)
        await harbor.dispatcher.stop(GRACE_S / 4)
        for loop in loops:
            loop.cancel()
        await asyncio.gather(*loops, return_exceptions=True)


async def _listen(harbor: Harbor, outside: Outside) -> Listening:
    """Let Slack and browsers in. Raises ConfigurationError where the port or a token is refused."""
    bolt = _bolt(harbor, outside)
    sockets = _sockets(bolt, outside)
    runner = await _serve(harbor, outside, None if sockets else _door(bolt, outside))
    try:
        if sockets is not None:
            await sockets.open()
    except BaseException:
        await runner.cleanup()
        raise
    return Listening(runner, sockets)


def _bolt(harbor: Harbor, outside: Outside) -> AsyncApp:
    """Answer the app that both ways in lead to."""
    settings, people = outside.settings, harbor.homes.people
    services = Services(
        client=outside.client,
        people=people,
        private=Private(outside.client, settings.slack_api_base_url),
        gates=harbor.gates,
        engine=harbor.engine,
        registry=outside.registry,
        homes=harbor.homes,
        pages=Pages(_page_url(settings)),
        permalinks=harbor.homes.permalinks,
        drafts=Drafts(harbor.db, outside.clock),
    )
    token = settings.bot_token.get_secret_value()
    return slack_app.build(services, outside.identity, token, _signing_secret(settings))


def _sockets(bolt: AsyncApp, outside: Outside) -> Sockets | None:
    """Answer the sockets, where an app-level token says that there are to be any."""
    token = outside.settings.app_token
    if token is None:
        return None
    secret = token.get_secret_value()
    return Sockets(bolt, outside.identity, outside.connection, secret, outside.timings)


def _door(bolt: AsyncApp, outside: Outside) -> SlackDoor:
    secret = _signing_secret(outside.settings)
    return SlackDoor(bolt, outside.identity, secret, outside.clock)


def _signing_secret(settings: Settings) -> str:
    """Answer "" only in Socket Mode, where nothing is signed: the settings see to that."""
    return settings.signing_secret.get_secret_value() if settings.signing_secret else ""


async def _serve(harbor: Harbor, outside: Outside, door: SlackDoor | None) -> web.AppRunner:
    """Open the web server. Raises ConfigurationError where the port is taken."""
    settings = outside.settings
    health = Health(harbor.scheduler, outside.connection, outside.clock)
    # handler_cancellation stays off: a client that goes away does not take its click along.
    app = web_app.build(door, health, _programs(harbor, outside), settings.public_url)
    routes.add(app, _site(harbor, outside))
    runner = Runner(
        app,
        access_log=None,
        # A body that was refused is neither unpacked nor read to its end.
        auto_decompress=False,
        lingering_time=LINGER_S,
        keepalive_timeout=IDLE_S,
    )
    await runner.setup()
    site = web.TCPSite(runner, settings.host, settings.port)
    try:
        await site.start()
    except OSError as error:
        await runner.cleanup()
        raise ConfigurationError(
            f"HARBOR_PORT: {settings.host}:{settings.port} cannot be opened ({error.strerror});"
            " stop what uses it, or set another port"
        ) from error
    host, port = runner.addresses[0][:2]
    harbor.url = f"http://{host}:{port}"
    return runner


def _programs(harbor: Harbor, outside: Outside) -> list[web.RouteDef]:
    """Answer the routes of the HTTP API, and of the figures."""
    clock, key = outside.clock, secret_key(outside.settings)
    admission = Admission(Access(harbor.db, key, clock), Limits(clock))
    metrics = MetricsDoor(
        admission, Metrics(harbor.db, harbor.scheduler, harbor.homes.calls, clock).drawn
    )
    engine, gates = harbor.engine, harbor.gates
    people = harbor.homes.people
    api = routes_for_programs(admission, key, engine, gates, outside.registry, clock, people)
    return [*api, *metrics.routes()]


def _page_url(settings: Settings) -> str | None:
    """Answer where people can sign in and decide; None: cards get no *Open in browser*."""
    return settings.public_url if settings.sign_in_client_id else None


def _site(harbor: Harbor, outside: Outside) -> Site:
    """Answer what the pages stand on."""
    settings = outside.settings
    return Site(
        public_url=settings.public_url,
        key=secret_key(settings),
        clock=outside.clock,
        identity=outside.identity,
        people=harbor.homes.people,
        gates=harbor.gates,
        engine=harbor.engine,
        registry=outside.registry,
        sessions=Sessions(harbor.db),
        limits=Limits(outside.clock),
        issuer=_issuer(settings, outside.clock),
    )


def _issuer(settings: Settings, clock: Clock) -> Issuer | None:
    """Answer where people sign in; None where it is not set up."""
    if settings.sign_in_client_id is None or settings.sign_in_client_secret is None:
        return None
    return Issuer(
        address=settings.sign_in_issuer,
        client_id=settings.sign_in_client_id,
        client_secret=settings.sign_in_client_secret.get_secret_value(),
        redirect_uri=f"{settings.public_url}{CALLBACK}",
        clock=clock,
    )
