"""Following: through however many hops, and in a bounded time; comments in what is followed."""

from pathlib import Path

import pytest

from workflows.linting import lint

JOB = """\
from pydantic import BaseModel
from workflows import Context, job
from {module} import {name}


class Request(BaseModel):
    name: str


@job(name="pay")
async def pay(ctx: Context, request: Request) -> None:
    {call}
"""


def job_that_calls(tmp_path: Path, module: str, name: str, call: str = "") -> Path:
    path = tmp_path / "jobs.py"
    path.write_text(JOB.format(module=module, name=name, call=call or f"{name}()"))
    return path


def test_l7_a_clock_three_hundred_modules_away_is_found(tmp_path: Path):
    for n in range(300):
        (tmp_path / f"hop{n}.py").write_text(
            f"from hop{n + 1} import hop as further\n\n\ndef hop():\n    return further()\n"
        )
    (tmp_path / "hop300.py").write_text("import time\n\n\ndef hop():\n    return time.time()\n")

    (finding,) = lint(job_that_calls(tmp_path, "hop0", "hop"))

    assert (finding.number, finding.path.name, finding.line) == ("L7", "hop300.py", 5)
    assert finding.via[0] == "pay"
    assert len(finding.via) == 301


@pytest.mark.timeout(60)
def test_functions_that_all_call_each_other_are_read_in_a_bounded_time(tmp_path: Path):
    names = [f"f{n}" for n in range(15)]
    functions = [
        f"def {name}(*given):\n    return [{', '.join(f'{each}(given, {n})' for each in names)}]\n"
        for n, name in enumerate(names)
    ]
    (tmp_path / "many.py").write_text("\n".join(functions) + "\n")

    assert lint(job_that_calls(tmp_path, "many", "f0", "f0(ctx, [request])")) == []


@pytest.mark.parametrize("comment", ["", "[L7]", "[helper]", "[clock]", "[L9, clock]"])
def test_a_comment_in_the_helper_lets_its_line_pass(tmp_path: Path, comment: str):
    (tmp_path / "clocks.py").write_text(
        f"import time\n\n\ndef now():\n    return time.time()  # harbor: ignore{comment} a log\n"
    )

    assert lint(job_that_calls(tmp_path, "clocks", "now")) == []


def test_a_comment_that_names_another_rule_lets_nothing_pass(tmp_path: Path):
    (tmp_path / "clocks.py").write_text(
        "import time\n\n\ndef now():\n    return time.time()  # harbor: ignore[files, L1]\n"
    )

    assert [each.number for each in lint(job_that_calls(tmp_path, "clocks", "now"))] == ["L7"]


@pytest.mark.parametrize("text", ["def (", "\0", "import ", "x = ("])
def test_a_helper_that_is_no_python_says_nothing_here(tmp_path: Path, text: str):
    (tmp_path / "broken.py").write_text(text)

    assert lint(job_that_calls(tmp_path, "broken", "now")) == []


def test_modules_that_import_each_other_are_read_once(tmp_path: Path):
    (tmp_path / "one.py").write_text("from two import *\nfrom two import b\n\ndef a():\n    b()\n")
    (tmp_path / "two.py").write_text(
        "from one import *\nfrom one import a\nimport time\n\ndef b():\n    time.time()\n    a()\n"
    )

    found = lint(job_that_calls(tmp_path, "one", "a"))

    assert [(each.number, each.path.name, each.line) for each in found] == [("L7", "two.py", 6)]


def test_what_is_installed_is_not_followed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    folder = tmp_path / "lib" / "site-packages"
    folder.mkdir(parents=True)
    (folder / "vendor.py").write_text("import time\n\n\ndef now():\n    return time.time()\n")
    monkeypatch.syspath_prepend(folder)

    assert lint(job_that_calls(tmp_path, "vendor", "now")) == []


def test_what_is_installed_is_followed_within_its_own_package(tmp_path: Path):
    folder = tmp_path / "lib" / "site-packages" / "acme"
    folder.mkdir(parents=True)
    (folder / "__init__.py").touch()
    (folder / "clocks.py").write_text("import time\n\n\ndef now():\n    return time.time()\n")
    relative = job_that_calls(folder, ".clocks", "now")

    assert [each.number for each in lint(relative)] == ["L7"]
    absolute = job_that_calls(folder, "acme.clocks", "now")
    assert [each.number for each in lint(absolute)] == ["L7"]
