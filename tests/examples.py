"""The pages under docs/ as programs: what they print is what runs."""

import re
from collections.abc import Callable, Iterable
from pathlib import Path
from types import ModuleType
from typing import Any

DOCS = Path(__file__).parents[1] / "docs"


def blocks(page: str, language: str = "python") -> list[str]:
    """Answer the examples on a page, in order."""
    text = (DOCS / page).read_text()
    return re.findall(rf"^```{language}\n(.*?)^```$", text, re.DOTALL | re.MULTILINE)


def module(name: str, sources: Iterable[str]) -> ModuleType:
    """Answer a module made of *sources*, one after the other."""
    made = ModuleType(name)
    exec(compile("\n".join(sources), f"<{name}>", "exec"), made.__dict__)  # noqa: S102  our own page
    return made


def examples(page: str) -> dict[str, Callable[..., Any]]:
    """Answer the test functions that the examples of a page define, by name."""
    found = vars(module(page.partition(".")[0].replace("-", "_"), blocks(page)))
    return {name: value for name, value in found.items() if name.startswith("test_")}
