"""What the documentation shows is what the linter lets pass: its examples are read as jobs."""

import re
from pathlib import Path

import pytest

from tests.examples import DOCS
from workflows.linting import lint

PAGES = sorted({*DOCS.glob("*.md"), DOCS.parent / "README.md"} - {DOCS / "linting.md"})


@pytest.mark.parametrize("page", PAGES, ids=[page.stem for page in PAGES])
def test_no_example_of_a_page_is_found_fault_with(page: Path, tmp_path: Path):
    blocks = re.findall(r"^```python\n(.*?)^```$", page.read_text(), re.DOTALL | re.MULTILINE)
    shown = tmp_path / "shown.py"
    shown.write_text("\n".join(blocks))

    assert [str(each) for each in lint(shown)] == []
