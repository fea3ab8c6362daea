"""The page about writing jobs: its examples pass, and its signatures are those of the code."""

import inspect
from inspect import Parameter

import pytest

import workflows
from tests.examples import DOCS, blocks, examples
from workflows import App, Context, Policy, Retries, Route, current_step, job
from workflows.engine.local.replay import Replay
from workflows.log import Log
from workflows.step import Step

PAGE = "writing-jobs.md"
TEXT = (DOCS / PAGE).read_text()
EXAMPLES = examples(PAGE)
SIGNATURES = [line for block in blocks(PAGE, "text") for line in block.splitlines()]
# What other parts of Harbor call, and no author.
OURS = {"to_await", "is_first_time", "opening", "asked", "given", "self"}
MADE_OF = {"run_job", "patched"}  # `ctx.run_job` and `ctx.patched` are these


def own(cls):
    """Answer the public methods of a class."""
    return {name for name, _ in inspect.getmembers(cls, inspect.isfunction) if name[0] != "_"}


def written(name, function):
    """Answer the signature of a function as the page writes it."""
    parameters = [
        each.replace(annotation=Parameter.empty)
        for each in inspect.signature(function).parameters.values()
        if each.name not in OURS
    ]
    words = str(inspect.Signature(parameters)).replace("'", '"')
    return f"{name}{words}"


NAMES = {
    **{f"ctx.step.{name}": getattr(Replay, name) for name in own(Step) - OURS - MADE_OF},
    **{f"ctx.{name}": getattr(Context, name) for name in own(Context) - OURS},
    **{f"ctx.log.{name}": getattr(Log, name) for name in own(Log)},
    "@job": job,
    "Policy": Policy,
    "Retries": Retries,
    "current_step": current_step,
    "App": App,
    "Route": Route,
}


@pytest.mark.parametrize("name", EXAMPLES)
async def test_the_example_on_the_page_runs(name):
    await EXAMPLES[name]()


@pytest.mark.parametrize("name", sorted(NAMES))
def test_every_signature_on_the_page_is_that_of_the_code(name):
    assert written(name, NAMES[name]) in SIGNATURES


def test_the_page_writes_no_signature_of_what_is_not_there():
    assert {line.partition("(")[0] for line in SIGNATURES} == set(NAMES)


@pytest.mark.parametrize("name", workflows.__all__)
def test_every_name_that_an_author_can_import_is_on_the_page(name):
    assert f"`{name}`" in TEXT or f"`{name}()`" in TEXT


def test_the_page_has_an_example_of_each_thing_it_speaks_of():
    assert len(EXAMPLES) == 15
