"""An author's own project: `mypy --strict` finds there what must be found, and nothing else."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent
CACHE = HERE.parents[1] / ".mypy_cache" / "author"
MARK = re.compile(r"# mypy: ([a-z-]+(?:, [a-z-]+)*)$")
FOUND = re.compile(r"(\w+\.py):(\d+): error: .*\[([a-z-]+)\]$", re.MULTILINE)

Finding = tuple[str, int, str]


def found(project: Path, folder: Path) -> set[Finding]:
    """Answer what mypy says of a project that stands where no checkout of ours is."""
    shutil.copytree(project, folder)
    said = subprocess.run(
        [sys.executable, "-m", "mypy", "--config-file", HERE / "mypy.ini", "--cache-dir", CACHE]
        + [path.name for path in sorted(folder.glob("*.py"))],
        cwd=folder,
        check=False,  # it answers 1 where it finds something
        capture_output=True,
        text=True,
    )
    assert said.returncode in {0, 1}, said
    return {(name, int(line), code) for name, line, code in FOUND.findall(said.stdout)}


def marked(project: Path) -> set[Finding]:
    """Answer what the comments of a project say that mypy must find."""
    return {
        (path.name, number, code)
        for path in project.glob("*.py")
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if (mark := MARK.search(line))
        for code in mark[1].split(", ")
    }


def test_mypy_finds_the_mistakes_in_an_authors_project_and_nothing_else_l8_l9(tmp_path):
    assert found(HERE / "wrong", tmp_path / "project") == marked(HERE / "wrong")


def test_mypy_finds_nothing_in_an_authors_project_without_mistakes(tmp_path):
    assert found(HERE / "right", tmp_path / "project") == set()
