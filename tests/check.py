"""`make test`: every check, one after the other, and the suite last. The first red one ends it."""

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

BIN = Path(sys.executable).parent
CHECKS = (
    ("format", ["ruff", "format", "--check", "--quiet", "."]),
    ("lint", ["ruff", "check", "--quiet", "."]),
    ("types", ["mypy"]),
    ("imports", ["lint-imports", "--no-cache"]),
    ("tests", ["pytest", "-q", "-n", "2", "--dist", "worksteal"]),
)
BROWSER = ("apt-get", "install", "-y", "-qq", "--no-install-recommends", "chromium")


def main() -> int:
    """Run all checks; answers the exit status of the first that failed."""
    # Compiled once, our modules are not compiled again by each process that the tests start.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    provide_browser()
    for name, command in CHECKS:
        began = time.monotonic()
        sys.stdout.write(f"── {name}\n")
        sys.stdout.flush()
        status = subprocess.run([str(BIN / command[0]), *command[1:]], check=False).returncode
        if status:
            sys.stdout.write(f"{name} failed after {time.monotonic() - began:.0f} s\n")
            return status
    return 0


def provide_browser() -> None:
    """Install Debian's Chromium where it is missing and can be had; else its tests say so."""
    if shutil.which("chromium") or not shutil.which("apt-get") or os.geteuid() != 0:
        return
    sys.stdout.write("── installing chromium for the browser tests\n")
    sys.stdout.flush()
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    for command in (("apt-get", "update", "-qq"), BROWSER):
        subprocess.run(command, check=False, env=environment, **quiet)


if __name__ == "__main__":
    raise SystemExit(main())
