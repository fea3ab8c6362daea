"""A child process: started with a log of its own, watched, stopped, and what became of it."""

import http.client
import signal
import socket
import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path

HOST = "127.0.0.1"
LONGEST_START_S = 60.0
STOP_S = 30.0  # a little more than the bot takes at most to finish what it is doing


@dataclass(frozen=True)
class Program:
    """What is started: one of our own commands, where it listens, and where its words go."""

    title: str
    arguments: tuple[str, ...]
    port: int
    ready: str | None  # the path that answers 200 once it works; None: listening is enough
    log: Path  # its folder is where the program runs

    def start(self, environment: dict[str, str]) -> "Child":
        said = self.log.stat().st_size if self.log.exists() else 0
        with self.log.open("ab") as log:
            process = subprocess.Popen(  # noqa: S603  our own command
                [sys.executable, "-m", "bot", *self.arguments],
                env=environment,
                cwd=self.log.parent,  # a .env of the real bot has no business here
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                # Ctrl-C reaches the parent alone, which stops them in order.
                start_new_session=True,
            )
        return Child(self, process, said, time.monotonic())


@dataclass(frozen=True)
class Child:
    """A program that was started."""

    program: Program
    process: subprocess.Popen[bytes]
    said_before: int  # bytes of the log that are from before its time
    started_at: float

    @property
    def is_alive(self) -> bool:
        return self.process.poll() is None

    @property
    def is_ready(self) -> bool:
        if not self.is_alive or not is_open(self.program.port):
            return False
        return self.program.ready is None or _answers(self.program.port, self.program.ready)

    def epitaph(self) -> str:
        """Say in one line what became of it, with its last words."""
        with self.program.log.open("rb") as log:
            log.seek(self.said_before)
            lines = log.read().decode(errors="replace").split("\n")
        last = next((line.strip() for line in reversed(lines) if line.strip()), None)
        words = f"ends with: {last}" if last else "says nothing"
        return f"{self.program.title} {self.fate()}; {_short(self.program.log)} {words}"

    def fate(self) -> str:
        status = self.process.poll()
        if status is None:
            return f"was not ready after {LONGEST_START_S:.0f} s"
        if status < 0:
            return f"was killed ({signal.Signals(-status).name})"
        return f"ended with status {status}"

    def stop(self) -> None:
        """Ask it to stop, wait, and insist."""
        if self.is_alive:
            self.process.terminate()
            with suppress(subprocess.TimeoutExpired):
                self.process.wait(STOP_S)
            self.process.kill()
        self.process.wait()


def is_open(port: int) -> bool:
    with socket.socket() as found:
        return found.connect_ex((HOST, port)) == 0


def _answers(port: int, path: str) -> bool:
    """Whether a GET answers 200; no proxy is asked, as other clients would."""
    connection = http.client.HTTPConnection(HOST, port, timeout=2)
    try:
        connection.request("GET", path)
        return connection.getresponse().status == HTTPStatus.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def _short(path: Path) -> Path:
    return path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path
