"""Paths: which pages a browser is sent back to, and which patterns are one address."""

import pytest

from bot.web.paths import LocalPaths, meet

RUN = "0123456789abcdefghjkmnpqrs"
GATE = "0123456789abcdef" * 2


@pytest.mark.parametrize(
    "target",
    [
        "https://evil.example",
        "//evil.example",
        "/\\evil.example",
        "/%09/evil.example",
        "/\t/evil.example",
        "javascript:alert(1)",
        "data:text/html,x",
        f"/run/{RUN}\r\nSet-Cookie: x=1",
        f"/run/{RUN}\n",
        f"/run/{RUN}%0d%0aX: 1",
        f"/run/{RUN}/../../evil",
        f"https://evil.example/run/{RUN}",
        f"/run/{RUN}?gate=//evil.example",
        "/water/..%2f..",
        "/water/a/b",
        "/auth/logout",
        "/run/" + "a" * 5_000,
        "",
        None,
    ],
)
def test_x68_anything_but_a_page_of_ours_becomes_the_first_page(target: str | None):
    assert LocalPaths(["/water/{place}"]).checked(target) == "/"


@pytest.mark.parametrize(
    "target",
    [f"/run/{RUN}", f"/run/{RUN}/reject", f"/run/{RUN}/approve?gate={GATE}", "/water/window-sill"],
)
def test_the_pages_of_runs_and_of_apps_are_gone_to(target: str):
    assert LocalPaths(["/water/{place}"]).checked(target) == target


@pytest.mark.parametrize(
    ("one", "other", "do_meet"),
    [
        ("/run/{run_id}", "/run/{other}", True),
        ("/run/{run_id}", "/run/new", True),
        ("/{anything}/new", "/run/{run_id}", True),
        ("/run/{run_id}", "/runs/{run_id}", False),
        ("/run/{run_id}", "/run/{run_id}/approve", False),
    ],
)
def test_two_patterns_meet_where_some_address_belongs_to_both(
    one: str, other: str, *, do_meet: bool
):
    assert meet(one, other) is do_meet
