"""The programs' door: every route of the API, its description and the command line's own."""

from aiohttp import web

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
    admission: Admission, key: str, engine: Engine, gates: Gates, registry: Registry, clock: Clock
) -> list[web.RouteDef]:
    """Answer the routes; *key* signs cursors."""
    api = Api(admission, Cursors(key), engine, gates, registry, clock)
    return [*api.routes(), *Operating(api).routes(), *docs.routes()]
