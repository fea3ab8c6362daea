"""Cancelling a blocked run takes a second word, which says what stays done."""

from tests.bot.api.desk import Desk
from tests.bot.cli.conftest import Shell


def blocked(desk: Desk) -> str:
    """Answer a run that has done something, and whose job is no more."""
    run = desk.waiting("listen-later", "first")
    with desk.http() as api:
        api.post(f"/runs/{run}/events", json={"name": "first", "payload": {"kind": "go"}})
    desk.until(run, lambda found: found["waits"][-1]["name"] == "second")
    desk.portal.call(desk.town.harbor.db.write, _block, run)
    return run


def _block(tx, run):
    query = "UPDATE runs SET status = 'blocked', blocked_reason = 'poison: test' WHERE id = ?"
    tx._connection.execute(query, (run,))


def test_the_command_line_and_the_api_say_what_stays_done_g30(shell: Shell, desk: Desk):
    run = blocked(desk)

    said = shell.harbor("cancel", run)
    with desk.http() as api:
        answer = api.post(f"/runs/{run}/cancel")
    forced = shell.harbor("cancel", run, "--force")

    assert (said.status, forced.status) == (1, 0)
    assert "its closing code cannot run. Done, and staying so: first. Not done: second" in said.err
    assert (answer.status_code, answer.json()["code"]) == (409, "blocked")
    assert (answer.json()["done"], answer.json()["undone"]) == (["first"], ["second"])
    assert forced.out == f"{run} cancelled\n"
