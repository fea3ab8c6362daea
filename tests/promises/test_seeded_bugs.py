"""The tests of the tests: nineteen bugs, put into a copy of the tree, are all caught."""

import pytest

from tests.promises.seeded import BUGS, FOREIGN, AnchorGone, Bug, Edit, copied, hunt, line, put


@pytest.fixture(scope="module")
def tree(tmp_path_factory):
    return copied(tmp_path_factory.mktemp("seeded"))


# Those of other people's code are all in `make soak`: one that hangs takes its time to be noticed.
@pytest.mark.parametrize(
    "bug", [*BUGS, FOREIGN[3]], ids=lambda bug: f"{bug.number}-{bug.what.replace(' ', '-')}"
)
def test_a_seeded_bug_is_caught_within_its_budget(tree, bug):
    done = hunt(bug, tree)

    assert done.is_caught, line(done)
    assert done.seen


def test_there_are_nineteen_of_them():
    assert [bug.number for bug in BUGS] == list(range(1, 20))


def test_a_bug_whose_place_in_the_code_is_gone_fails_loudly(tree):
    edit = Edit("store/waits.py", "what nobody ever wrote", "")

    with pytest.raises(AnchorGone, match="bug 20"):
        put(Bug(20, "nothing", (edit,)), tree)
