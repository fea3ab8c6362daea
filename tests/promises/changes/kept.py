"""Changes that once gave an answer to the wrong question, or did something twice."""

from tests.promises.changes.changing import Case
from tests.promises.changes.program import Ask, Gather, Patched, Program, Sleep, Step, Wait


def changed(before: Program, after: Program, deploy_at: int = 1) -> Case:
    """Answer a case in which nobody brings the old code back."""
    return Case(before, after, "by hand", deploy_at, goes_back=False)


def pay(amount: int, name: str = "p", need: int = 1) -> Ask:
    """Answer a question, and what is done where people say yes."""
    return Ask(name, 0, amount, need=need, then=[Step("a", amount)])


KEPT: dict[str, tuple[Case, str]] = {
    "g2: the branches of a gather change places": (
        changed([Gather("g", [[pay(0)], [pay(2)]])], [Gather("g", [[pay(2)], [pay(0)]])]),
        "blocked",
    ),
    "g3: another amount is worked out under the same name": (
        changed([pay(0)], [pay(1)]),
        "blocked",
    ),
    "g3: the words are all there is": (
        changed([Ask("p", 0, None)], [Ask("p", 1, None)]),
        "blocked",
    ),
    "g3: one more person is needed": (changed([pay(0)], [pay(0, need=2)]), "blocked"),
    "g4: two calls change places": (
        changed([Step("a", 1), Step("a", 2), Wait("e")], [Step("a", 2), Step("a", 1), Wait("e")]),
        "blocked",
    ),
    "g4: two calls change places, and one is still to be made": (
        changed([Step("a", 1), Wait("e"), Step("a", 2)], [Step("a", 2), Wait("e"), Step("a", 1)]),
        "blocked",
    ),
    "g4: a call of the same name is put in before one": (
        changed(
            [Step("a", 1), Wait("e"), Step("b", 0)],
            [Step("a", 0), Step("a", 1), Wait("e"), Step("b", 0)],
        ),
        "blocked",
    ),
    "g4: two calls in branches change places": (
        changed(
            [Gather("g", [[Step("a", 1)], [Step("a", 2)]]), Wait("e")],
            [Gather("g", [[Step("a", 2)], [Step("a", 1)]]), Wait("e")],
        ),
        "blocked",
    ),
    "g4: the branches of a gather that is over change places": (
        changed(
            [Gather("g", [[], [Step("b", 2)]]), Wait("e")],
            [Gather("g", [[Step("b", 2)], []]), Wait("e")],
        ),
        "blocked",
    ),
    "g2: a question moves to another branch of a gather": (
        changed([Gather("g", [[pay(0)], []])], [Gather("g", [[], [pay(0)]])]),
        "blocked",
    ),
    "g4: a call moves to another branch of a gather": (
        changed(
            [Gather("g", [[Step("b", 2)], [Wait("e")]])],
            [Gather("g", [[], [Wait("e"), Step("b", 2)]])],
        ),
        "blocked",
    ),
    "a guard in a branch of a gather that is over": (
        changed(
            [Gather("g", [[Step("b", 2)]]), Wait("e")],
            [Gather("g", [[Step("b", 2), Patched("x", [Step("c", 1)], [])]]), Wait("e")],
        ),
        "completed",
    ),
    "one branch is changed, and another one could go on": (
        changed(
            [Gather("g", [[Wait("e"), Step("a", 1)], [pay(0)]])],
            [Gather("g", [[Wait("e"), Step("a", 1)], [pay(0, need=2)]])],
        ),
        "blocked",
    ),
    "a wait becomes a question": (changed([Wait("p")], [pay(0)]), "blocked"),
    "a question becomes a wait": (changed([pay(0)], [Wait("p")]), "blocked"),
    "a sleep becomes a wait": (changed([Sleep("s")], [Wait("s")]), "blocked"),
}
