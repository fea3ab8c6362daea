"""Servers of the older generation may forget a session; the call is then made in a new one."""

from typing import Any

import pytest

from workflows.errors import StepFailed

pytestmark = pytest.mark.parametrize("is_old", [True], ids=["2025"])


async def test_a_lost_session_is_opened_anew_and_the_call_is_made_in_it(
    door: Any, outside: Any, fault: Any
):
    not_found = fault(404, "no such session")

    async def once(scope: Any, receive: Any, send: Any) -> None:
        del outside.faults["tools/call"]
        await not_found(scope, receive, send)

    outside.faults["tools/call"] = once

    assert await door.linear.numbers() == [1, 2, 3]
    assert outside.requests.count("initialize") == 2


async def test_a_server_that_loses_every_session_fails_the_step(
    door: Any, outside: Any, fault: Any
):
    outside.faults["tools/call"] = fault(404, "no such session")

    with pytest.raises(StepFailed, match=r"no such session \(twice in a row\)"):
        await door.linear.numbers()

    assert outside.requests.count("tools/call") == 2
