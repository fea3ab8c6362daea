"""Named points where tests make the process die; nothing otherwise.

``failpoint("park:pre-commit")`` does nothing until somebody arms it. A test arms it in its own
process with :func:`armed`, or in a child process through the environment variable of
:data:`VARIABLE`: ``name`` dies at the first passing, ``name:3`` at the third, ``#17`` at the
seventeenth point passed, whatever its name; ``first>name`` at the first passing of ``name`` that
comes after one of ``first``.
"""

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count

VARIABLE = "HARBOR_FAILPOINT"

_on_pass: Callable[[str], None] | None = None


class Killed(BaseException):
    """Raised by a stub: the process dies there. The one error that is nobody's result."""


def failpoint(name: str) -> None:
    """Pass the point *name*; costs one comparison when nothing is armed."""
    if _on_pass is not None:
        _on_pass(name)


@contextmanager
def armed(on_pass: Callable[[str], None]) -> Iterator[None]:
    """Call *on_pass* with the name of every point passed, until the block ends."""
    global _on_pass  # noqa: PLW0603  one switch for the whole process is what this is
    before, _on_pass = _on_pass, on_pass
    try:
        yield
    finally:
        _on_pass = before


def arm_from_environment() -> None:
    """Arm a SIGKILL of this process where the environment asks for one (tests only)."""
    global _on_pass  # noqa: PLW0603
    if wanted := os.environ.get(VARIABLE):
        _on_pass = dying_at(wanted)


def dying_at(wanted: str) -> Callable[[str], None]:
    """Answer what kills this process at the point *wanted* (see the top of the file)."""
    *firsts, last = wanted.split(">")
    name, _, nth = last.rpartition("#" if last.startswith("#") else ":")
    if not nth.isdigit():  # The names of points have colons themselves.
        name, nth = last, "1"
    left = count(int(nth), -1)

    def on_pass(passed: str) -> None:
        if firsts:
            if passed == firsts[0]:
                firsts.pop(0)
        elif name in {"", passed} and next(left) == 1:
            os.kill(os.getpid(), signal.SIGKILL)

    return on_pass
