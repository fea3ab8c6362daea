"""A side door for other processes: plan faults, look at everything."""

import orjson
from aiohttp import web

from bot.sandbox import faults, keep
from bot.sandbox.faults import Faults
from bot.sandbox.local import guarded
from bot.sandbox.workspace import Workspace


class Control:
    def __init__(self, workspace: Workspace, planned: Faults) -> None:
        self._workspace = workspace
        self._faults = planned

    def add_routes(self, application: web.Application) -> None:
        application.router.add_get("/sandbox/state", guarded(self._state))
        application.router.add_get("/sandbox/faults", guarded(self._planned))
        application.router.add_post("/sandbox/faults", guarded(self._plan))
        application.router.add_delete("/sandbox/faults", guarded(self._clear))

    async def _state(self, request: web.Request) -> web.Response:
        state = orjson.loads(keep.dump(self._workspace))
        # What opens doors stays out of what anybody on this machine may look at.
        state["credentials"] = {name: state["credentials"][name] for name in ("app_id", "team_id")}
        del state["signing_keys"]
        return web.json_response(body=orjson.dumps(state))

    async def _planned(self, request: web.Request) -> web.Response:
        plans = [
            {"method": each.method, "fault": each.fault.name, "times": each.times}
            for each in self._faults.planned()
        ]
        return web.json_response({"faults": plans, "known": sorted(faults.KINDS)})

    async def _plan(self, request: web.Request) -> web.Response:
        try:
            wish = orjson.loads(await request.read())
            plan = faults.parse(wish if isinstance(wish, dict) else {})
        except ValueError as error:
            return web.json_response({"error": str(error)}, status=400)
        self._faults.add(plan.method, plan.fault, plan.times)
        return web.json_response({"planned": plan.method}, status=201)

    async def _clear(self, request: web.Request) -> web.Response:
        self._faults.clear()
        return web.Response(status=204)
