"""The programs' door: every route of the API, its description and the command line's own."""

from aiohttp import web

from bot.slack.people import People
from bot.web import docs
from bot.web.admission import Admission
from bot.web.api import Api
from bot.web.cursors import Cursors
from bot.web.operator import Operating
from workflows.approvals.gates import Gates
from workflows.clock import Clock
from workflows.engine.base import Engine
from workflows.registry import Registry


def routes(
    admission: Admission,
    key: str,
    engine: Engine,
    gates: Gates,
    registry: Registry,
    clock: Clock,
    people: People | None = None,
) -> list[web.RouteDef]:
    """Answer the routes; *key* signs cursors. Without *people* they are called by their ids."""
    api = Api(admission, Cursors(key), engine, gates, registry, clock)
    return [*api.routes(), *Operating(api, people).routes(), *docs.routes()]
