"""The demo as people run it: `harbor demo`, a process of its own, on free ports."""

import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

LAST_LINE = "Ctrl-C stops both."
LONGEST_STOP_S = 20


@dataclass(frozen=True)
class Started:
    """A demo that has said it is running."""

    process: subprocess.Popen[str]
    folder: Path
    ports: tuple[int, int]
    words: str  # what it said until then

    @property
    def url(self) -> str:
        """The one address to open."""
        (address,) = re.findall(r"http://\S+", self.words)
        return address

    @property
    def bot(self) -> int:
        """The bot's process id, as printed."""
        return _number(self.words)

    def comes_back(self) -> int:
        """Wait until a killed bot is back; answers its new process id."""
        return _number(self.says("is back"))

    def says(self, words: str) -> str:
        """Read on until a line holds *words*; answers everything read."""
        return _read(self.process, words)

    def stop(self) -> str:
        """Press Ctrl-C; answers what it said since it was last read."""
        self.process.send_signal(signal.SIGINT)
        return self.ends()

    def ends(self) -> str:
        """Wait until it ends; answers what it said since it was last read."""
        return self.process.communicate(timeout=LONGEST_STOP_S)[0]

    def processes(self) -> set[int]:
        """Answer the ids of the processes it has started and that are alive."""
        return {pid for pid, parent in _parents() if parent == self.process.pid}


def launch(
    folder: Path, ports: tuple[int, int] | None = None, **environment: str
) -> subprocess.Popen[str]:
    """Start `harbor demo` with its data in *folder*."""
    port, slack_port = ports or free_ports()
    where = [f"--port={port}", f"--slack-port={slack_port}", f"--folder={folder}"]
    return subprocess.Popen(
        [sys.executable, "-m", "bot", "demo", *where],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env=os.environ | environment,
    )


@contextmanager
def demo(
    folder: Path, ports: tuple[int, int] | None = None, **environment: str
) -> Iterator[Started]:
    """Run a demo until the block ends."""
    ports = ports or free_ports()
    process = launch(folder, ports, **environment)
    try:
        yield Started(process, folder, ports, _read(process, LAST_LINE))
    finally:
        if process.poll() is None:
            process.terminate()
        process.communicate(timeout=LONGEST_STOP_S)


def refusal(
    folder: Path, ports: tuple[int, int] | None = None, **environment: str
) -> tuple[int, str]:
    """Answer the exit status and the words of a demo that cannot start."""
    process = launch(folder, ports, **environment)
    words = process.communicate(timeout=60)[0]
    return process.returncode, words


def free_ports() -> tuple[int, int]:
    """Answer two ports that nobody listens on."""
    with socket.socket() as one, socket.socket() as other:
        one.bind(("127.0.0.1", 0))
        other.bind(("127.0.0.1", 0))
        return one.getsockname()[1], other.getsockname()[1]


def is_open(port: int) -> bool:
    """Whether somebody listens there."""
    with socket.socket() as found:
        return found.connect_ex(("127.0.0.1", port)) == 0


def is_alive(pid: int) -> bool:
    """Whether there is such a process."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def _parents() -> Iterator[tuple[int, int]]:
    """Yield every process with its parent; small machines have no `ps`, others no `/proc`."""
    if not Path("/proc/self/stat").exists():
        listed = subprocess.run(["ps", "-Ao", "pid=,ppid="], capture_output=True, check=True)
        pids = map(int, listed.stdout.split())
        yield from zip(pids, pids, strict=True)
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):  # it has just ended
            # The command's name stands in parentheses, and may hold anything.
            yield int(stat.parent.name), int(stat.read_text().rpartition(")")[2].split()[1])


def _read(process: subprocess.Popen[str], until: str) -> str:
    assert process.stdout is not None
    said = ""
    for line in process.stdout:
        said += line
        if until in line:
            return said
    raise AssertionError(f"the demo ended before it said {until!r}: {said}")


def _number(words: str) -> int:
    found = re.search(r"process (\d+)", words)
    assert found is not None, words
    return int(found[1])
