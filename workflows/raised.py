"""Raised: what an author's code raised where nobody reckoned with it, in words, and by which."""

from collections.abc import Iterator
from traceback import walk_tb
from types import CodeType, FrameType


def words(error: BaseException) -> str:
    """Answer what raised *error*, through pydantic, and its kind; never what it says, for that
    may repeat what was entered."""
    by = code(error)
    return f"{by.co_qualname if by else 'a check'} raised {type(error).__name__}"


def code(error: BaseException) -> CodeType | None:
    """Answer the code that pydantic called; None where it is not Python's."""
    return next(_codes(error), None)


def _codes(error: BaseException) -> Iterator[CodeType]:
    modules = [(frame, _module(frame)) for frame, _ in walk_tb(error.__traceback__)]
    for frame, module in modules:
        # The first is where it was caught.
        if module not in {modules[0][1], "workflows.kept"} and not module.startswith("pydantic."):
            yield frame.f_code


def _module(frame: FrameType) -> str:
    return str(frame.f_globals.get("__name__", ""))
