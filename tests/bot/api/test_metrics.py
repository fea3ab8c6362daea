"""`/metrics`: what is stored is what it says, and not everybody is told."""

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families

from bot.access import Scope
from bot.logs import ERRORS
from tests.bot.api.desk import Desk

Samples = dict[tuple[str, frozenset[tuple[str, str]]], float]
REJECTED = {"name": "decision", "payload": {"kind": "rejected"}}


def asked(desk: Desk, **headers: str) -> httpx.Response:
    """Ask from this machine, without a token; what was counted before is not fresh any more."""
    desk.town.clock.move(seconds=20)
    return httpx.get(f"{desk.url}/metrics", headers=headers, trust_env=False)


def read(text: str) -> Samples:
    return {
        (sample.name, frozenset(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def of(found: Samples, name: str, **labels: str) -> float:
    return found.get((name, frozenset(labels.items())), 0.0)


def test_runs_and_waits_are_counted_as_they_are_stored(desk: Desk):
    before = read(asked(desk).text)

    desk.waiting("listen")
    desk.ended(desk.started("echo", item="tea"))

    after = read(asked(desk).text)
    assert of(after, "harbor_waits_open") == of(before, "harbor_waits_open") + 1
    for status in ("waiting", "completed"):
        name = "harbor_runs"
        assert of(after, name, status=status) == of(before, name, status=status) + 1


def test_decisions_and_refusals_are_counted_once_each(desk: Desk, api: httpx.Client):
    before = read(asked(desk).text)
    run_id = desk.waiting("ask-people")

    refused = api.post(f"/runs/{run_id}/events", json=REJECTED)

    assert refused.json()["code"] == "human_required"
    for _ in range(2):  # and reading twice counts nothing twice
        after = read(asked(desk).text)
        labels = {"outcome": "refused:human_required", "via": "api"}
        name = "harbor_decisions_total"
        assert of(after, name, **labels) == of(before, name, **labels) + 1


def test_deliveries_are_counted(desk: Desk, api: httpx.Client):
    before = read(asked(desk).text)

    api.post(f"/runs/{desk.waiting('listen')}/events", json=REJECTED)

    after = read(asked(desk).text)
    labels = {"outcome": "resolved", "via": "api"}
    name = "harbor_deliveries_total"
    assert of(after, name, **labels) == of(before, name, **labels) + 1


def test_the_outbox_the_tick_and_the_log_are_there(desk: Desk):
    found = read(asked(desk).text)

    names = {name for name, _ in found}
    assert {"harbor_outbox_depth", "harbor_outbox_dead", "harbor_last_tick_age_seconds"} <= names
    assert of(found, "harbor_wal_bytes") > 0


def test_errors_are_counted(desk: Desk, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(ERRORS.seen, "bot.somewhere", 7)

    found = read(asked(desk).text)

    assert of(found, "harbor_errors_total", logger="bot.somewhere") == 7


def test_x110_what_a_proxy_passes_on_needs_a_token(desk: Desk):
    for mark in ("X-Forwarded-For", "Forwarded", "Via", "X-Real-IP"):
        answer = asked(desk, **{mark: "for=203.0.113.9"})

        assert (answer.status_code, answer.json()["code"]) == (401, "unauthorized")


@pytest.mark.parametrize(("scope", "status"), [(Scope.METRICS_READ, 200), (Scope.RUNS_READ, 403)])
def test_x110_a_token_needs_the_scope(desk: Desk, scope: Scope, status: int):
    answer = asked(desk, Authorization=f"Bearer {desk.token(scope)}", Via="1.1 proxy")

    assert answer.status_code == status


def test_x110_a_token_that_is_none_is_refused_on_loopback_too(desk: Desk):
    assert asked(desk, Authorization="Bearer hbr_nothing").status_code == 401


def test_nothing_is_written_by_a_post(desk: Desk):
    assert httpx.post(f"{desk.url}/metrics", trust_env=False).status_code == 405
