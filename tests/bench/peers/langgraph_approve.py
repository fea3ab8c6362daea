"""`approve` on LangGraph: a node, an interrupt, a node, with its checkpointer."""

import asyncio
from contextlib import asynccontextmanager
from importlib.metadata import version
from pathlib import Path
from typing import Any, TypedDict

import shared
from langgraph.graph import END, START, StateGraph
from langgraph.types import Command, interrupt

POOL = 20


class State(TypedDict, total=False):
    number: int
    kind: str


async def post(state: State) -> dict[str, Any]:
    return {"number": state["number"]}


async def wait(state: State) -> dict[str, Any]:
    return {"kind": interrupt("decision")}


def graph(saver: Any) -> Any:
    built = StateGraph(State)
    for name, node in (("post", post), ("wait", wait), ("act", post)):
        built.add_node(name, node)
    for edge in ((START, "post"), ("post", "wait"), ("wait", "act"), ("act", END)):
        built.add_edge(*edge)
    return built.compile(checkpointer=saver)


class LangGraph:
    def __init__(self, saver: Any, package: str) -> None:
        self._graph = graph(saver)
        self._parked = 0
        self.versions = f"langgraph {version('langgraph')}, {package} {version(package)}"
        self.settings = "defaults; it has no timers, no recovery and no scheduler of its own"

    async def start(self, key: str) -> None:
        await self._graph.ainvoke({"number": 1}, _thread(key))
        self._parked += 1

    async def deliver(self, key: str) -> None:
        assert (await self._graph.ainvoke(Command(resume="approved"), _thread(key)))["kind"]

    async def completed(self, key: str) -> None:
        """`deliver` answers when the graph has ended."""

    def parked(self) -> int:
        return self._parked


def _thread(key: str) -> dict[str, Any]:
    return {"configurable": {"thread_id": key}}


@asynccontextmanager
async def opened(store: str) -> Any:
    if store.startswith("postgresql"):
        from langgraph.checkpoint.postgres.aio import AsyncPostgresSaver  # noqa: PLC0415
        from psycopg.rows import dict_row  # noqa: PLC0415
        from psycopg_pool import AsyncConnectionPool  # noqa: PLC0415

        url = store.replace("+psycopg", "")
        how = {"autocommit": True, "row_factory": dict_row}
        async with AsyncConnectionPool(url, min_size=POOL, max_size=POOL, kwargs=how) as pool:
            saver = AsyncPostgresSaver(pool)
            await saver.setup()
            yield LangGraph(saver, "langgraph-checkpoint-postgres")
        return
    from langgraph.checkpoint.sqlite.aio import AsyncSqliteSaver  # noqa: PLC0415

    path = store.removeprefix("sqlite:///")
    Path(path).parent.mkdir(exist_ok=True)
    async with AsyncSqliteSaver.from_conn_string(path) as saver:
        yield LangGraph(saver, "langgraph-checkpoint-sqlite")


async def main() -> None:
    given = shared.options()
    async with opened(given.store) as peer:
        shared.tell(await shared.measure(peer, given.n))


asyncio.run(main())
