"""The service of `approve` on Restate; it says on a pipe when a run begins to wait.

Its processes are started by the ASGI server that `restate_approve` chooses.
"""

import os
from datetime import timedelta
from typing import Any

import restate

WAITING = os.open(os.environ["WAITING"], os.O_WRONLY)

workflow = restate.Workflow("approve")


async def post(number: int) -> dict[str, int]:
    return {"posted": number}


@workflow.main()
async def run(ctx: restate.WorkflowContext, number: int) -> dict[str, Any]:
    await ctx.run_typed("post", post, number=number)
    os.write(WAITING, b".")
    decision = ctx.promise("decision", type_hint=str).value()
    deadline = ctx.sleep(timedelta(hours=24))
    match await restate.select(decision=decision, deadline=deadline):
        case ["decision", kind]:
            await ctx.run_typed("act", post, number=number)
            return {"kind": kind}
    return {"kind": "timeout"}


@workflow.handler()
async def decide(ctx: restate.WorkflowSharedContext, kind: str) -> None:
    await ctx.promise("decision", type_hint=str).resolve(kind)


app = restate.app(services=[workflow])
