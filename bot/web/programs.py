"""The programs' door: every route of the API, its description and the command line's own."""

from aiohttp import web

from bot.access import Access
from bot.web import docs
from bot.web.admission import Admission
from bot.web.api import Api
from bot.web.cursors import Cursors
from bot.web.limits import Limits
from bot.web.operator import Operating
from workflows.approvals.gates import Gates
from workflows.clock import Clock
from workflows.engine.base import Engine
from workflows.registry import Registry


def routes(
    access: Access, key: str, engine: Engine, gates: Gates, registry: Registry, clock: Clock
) -> list[web.RouteDef]:
    """Answer the routes; *key* signs cursors."""
    api = Api(Admission(access, Limits(clock)), Cursors(key), engine, gates, registry)
    return [*api.routes(), *Operating(api).routes(), *docs.routes()]
