"""The generator of models: what it promises holds, and it notices each fix that is taken out."""

import asyncio
import re
import subprocess
import sys
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.promises.making import made
from tests.promises.models import judge, through_engine
from tests.promises.seeded import Bug, Edit, copied, put, take_out

EXAMPLES = 600
BY_TYPES = "workflows/by_types.py"
KEPT = "workflows/kept.py"
INPUTS = "workflows/inputs.py"
BLIND = Edit(
    KEPT,
    "            return difference(value, read, exact=self._exact)\n",
    "            return None\n",
)

WITHOUT = (
    Bug(
        18,
        "what is stored is read by the aliases of the model (G18)",
        (Edit(BY_TYPES, '"required", "preserve', '"required", "validation_alias", "preserve'),),
    ),
    Bug(
        19,
        "the author's validators run again at every pass (G19)",
        (
            Edit(
                BY_TYPES,
                "    bare = _bare(function)\n    if isinstance",
                "    return True\n    if isinstance",
            ),
            BLIND,
        ),
    ),
    Bug(
        20,
        "a moment has to be in the future at every pass (G20)",
        (
            Edit(
                BY_TYPES,
                '            made = {"type": schema["type"]}\n',
                "            made = {**schema}\n",
            ),
        ),
    ),
    Bug(
        21,
        "the model itself validates what is stored, as in 0.1.0",
        (
            Edit(
                INPUTS,
                "            read: tuple[BaseModel, str | None] = self._kept.complete(stored)\n",
                "            read = (self._model.model_validate_json(stored), None)\n",
            ),
        ),
    ),
    Bug(
        22,
        "what would not come back is accepted",
        (BLIND,),
    ),
    Bug(
        23,
        "a model that a job gives another one goes by way of its JSON",
        (
            Edit(
                INPUTS,
                "            return self._model.model_validate(given)\n        asked",
                "            return self._model.model_validate(plain(given))\n        asked",
            ),
        ),
    ),
)


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck), database=None)
@given(st.randoms(use_true_random=False))
def test_what_a_job_gets_is_what_validation_made_at_every_pass_and_by_every_door_i35(random):
    judge(made(random))


def test_a_real_engine_gives_it_before_and_after_a_restart_i35():
    examples = [made(Random(seed)) for seed in range(40)]  # noqa: S311  a seed is the point

    asyncio.run(through_engine(examples))


@pytest.fixture(scope="module")
def tree(tmp_path_factory):
    return copied(tmp_path_factory.mktemp("models"))


@pytest.mark.parametrize("bug", WITHOUT, ids=lambda bug: f"{bug.number}")
def test_the_generator_notices_each_fix_that_is_taken_out_g18_to_g20(tree, bug):
    put(bug, tree)
    try:
        done = subprocess.run(
            [sys.executable, "-m", "tests.promises.models", "--examples", str(EXAMPLES)],
            cwd=tree,
            env={"PYTHONPATH": str(tree), "PYTHONDONTWRITEBYTECODE": "1", "PATH": ""},
            capture_output=True,
            text=True,
            check=False,
        )
    finally:
        take_out(bug, tree)

    assert re.search(r"\d+ examples, 1 broken", done.stdout), done.stderr[-2_000:]
