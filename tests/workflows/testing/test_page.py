"""The page about testing jobs: every example on it is a test, and passes."""

import pytest

from tests.examples import examples

EXAMPLES = examples("testing-jobs.md")


@pytest.mark.parametrize("name", EXAMPLES)
async def test_the_example_on_the_page_runs(name):
    await EXAMPLES[name]()


def test_the_page_has_an_example_of_each_thing_it_speaks_of():
    assert len(EXAMPLES) == 8
