"""Where the peers live: an environment each, made once, and a PostgreSQL of their own."""

import os
import pwd
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

HERE = Path(__file__).parent
CACHE = HERE.parents[2] / ".bench"
RESTATE = "1.7.12"
QUIET = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}


class Unavailable(Exception):
    """A peer cannot be had here; the message says why."""


@dataclass(frozen=True)
class Peer:
    """A system to compare with: its script, what that needs, and where it keeps its runs."""

    name: str
    script: str
    packages: tuple[str, ...]
    on_postgres: bool = False
    npm: tuple[str, ...] = ()
    options: tuple[str, ...] = ()


DBOS = ("dbos==3.4.0", "psycopg[binary]==3.3.9")
LANGGRAPH = (
    "langgraph==1.2.24",
    "langgraph-checkpoint-sqlite==3.1.2",
    "langgraph-checkpoint-postgres==3.2.0",
    "psycopg[binary]==3.3.9",
)
RESTATE_SDK = (
    "restate-sdk[serde]==1.3.0",
    "hypercorn==0.18.0",
    "granian==2.8.9",
    "aiohttp==3.14.5",
)
RESTATE_SERVER = (f"@restatedev/restate-server@{RESTATE}",)
PEERS = (
    *(
        Peer(
            f"Restate, {by.capitalize()}",
            "restate_approve.py",
            RESTATE_SDK,
            npm=RESTATE_SERVER,
            options=("--by", by),
        )
        for by in ("hypercorn", "granian")
    ),
    Peer("DBOS, SQLite", "dbos_approve.py", DBOS),
    Peer("DBOS, Postgres", "dbos_approve.py", DBOS, on_postgres=True),
    Peer("LangGraph, SQLite", "langgraph_approve.py", LANGGRAPH),
    Peer("LangGraph, Postgres", "langgraph_approve.py", LANGGRAPH, on_postgres=True),
)


def python_of(peer: Peer) -> Path:
    """Answer the interpreter of a peer's environment, made where it is missing.

    Raises Unavailable.
    """
    folder = CACHE / peer.script.removesuffix(".py")
    python = folder / "bin" / "python"
    made = folder / "made"
    wanted = "\n".join((*peer.packages, *peer.npm))
    if made.exists() and made.read_text() == wanted:
        return python
    shutil.rmtree(folder, ignore_errors=True)
    _run(peer, [sys.executable, "-m", "venv", str(folder)])
    _run(peer, [str(python), "-m", "pip", "install", "--quiet", *peer.packages])
    if peer.npm:
        if shutil.which("npm") is None:
            raise Unavailable("there is no npm to install its server with")
        _run(peer, ["npm", "install", "--silent", "--prefix", str(folder / "node"), *peer.npm])
    made.write_text(wanted)
    return python


def variables_of(peer: Peer) -> dict[str, str]:
    """Answer the environment of a peer's script."""
    server = CACHE / peer.script.removesuffix(".py") / "node/node_modules/.bin/restate-server"
    return os.environ | {"RESTATE_SERVER": str(server), "RESTATE_VERSION": RESTATE}


@contextmanager
def store_of(peer: Peer, nth: int) -> Iterator[str]:
    """Answer where a peer keeps one repetition's runs: nothing is there yet."""
    with TemporaryDirectory(prefix="harbor-bench-", ignore_cleanup_errors=True) as folder:
        if peer.on_postgres:
            with postgres(Path(folder)) as url:
                yield url
        elif peer.npm:
            yield folder
        else:
            yield f"sqlite:///{folder}/peer-{nth}.db"


@contextmanager
def postgres(folder: Path) -> Iterator[str]:
    """Run a new PostgreSQL in *folder*, as it comes (fsync on); answer its URL on a socket."""
    found = _postgres_programs()
    owner = "postgres" if os.geteuid() == 0 else None
    if owner:
        entry = pwd.getpwnam(owner)
        os.chown(folder, entry.pw_uid, entry.pw_gid)
    cluster = folder / "cluster"
    options = f"-c listen_addresses='' -k {folder} -c max_connections=200"
    as_owner = ["runuser", "-u", owner, "--"] if owner else []
    start = [*as_owner, str(found / "pg_ctl"), "-D", str(cluster), "-w"]
    try:
        subprocess.run(
            [*as_owner, str(found / "initdb"), "-D", str(cluster), "-U", "bench", "-A", "trust"],
            check=True, cwd=folder, **QUIET,
        )  # fmt: skip
        subprocess.run([*start, "-o", options, "start"], check=True, cwd=folder, **QUIET)
    except subprocess.CalledProcessError as error:
        raise Unavailable(f"PostgreSQL did not start: {error}") from error
    try:
        yield f"postgresql+psycopg://bench@/postgres?host={folder}"
    finally:
        subprocess.run([*start, "-m", "immediate", "stop"], check=False, cwd=folder, **QUIET)


def _postgres_programs() -> Path:
    for name in ("initdb", *sorted(map(str, Path("/usr/lib/postgresql").glob("*/bin/initdb")))):
        if found := shutil.which(name):
            return Path(found).resolve().parent
    raise Unavailable("there is no PostgreSQL here (initdb)")


def _run(peer: Peer, command: list[str]) -> None:
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    if done.returncode:
        last = (done.stderr.strip().splitlines() or ["no reason given"])[-1]
        raise Unavailable(f"{peer.name} could not be installed: {last[:200]}")
