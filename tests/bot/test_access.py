"""Who a caller is: tokens, the command line's credential, and how often somebody may try."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from bot import access
from bot.access import Access, Caller, NameTaken, Scope, operator_credential
from bot.web import limits
from bot.web.limits import Exhausted, Limit, Limits
from store.database import Database
from store.opening import open_database
from tests.journeys.town import MovedClock

KEY = "a key of the installation's own, long enough"
OLGA = Caller("operator:olga", "olga", frozenset(Scope), is_operator=True)
FEW = Limit("tries", 3, timedelta(minutes=1))


@pytest.fixture
def clock() -> MovedClock:
    return MovedClock()


@pytest.fixture
async def db(tmp_path: Path, clock: MovedClock) -> AsyncIterator[Database]:
    found = open_database(f"sqlite:///{tmp_path / 'harbor.db'}", clock.now)
    yield found
    await found.close()


@pytest.fixture
def known(db: Database, clock: MovedClock) -> Access:
    return Access(db, KEY, clock)


async def test_a_token_is_known_with_its_scopes_and_its_job(known: Access):
    token = await known.create_token("ci", [Scope.RUNS_READ], "echo", OLGA)

    caller = await known.caller(token)

    assert caller == Caller("token:ci", "ci", frozenset({Scope.RUNS_READ}), "echo")
    assert caller.may(Scope.RUNS_READ)
    assert not caller.may(Scope.RUNS_WRITE)
    assert caller.sees("echo")
    assert not caller.sees("listen")


async def test_a_token_has_256_secret_bits_and_another_one_each_time(known: Access):
    tokens = {await known.create_token(f"t{n}", Scope, None, OLGA) for n in range(20)}

    assert len(tokens) == 20
    assert {len(bytes.fromhex(token.split("_")[2])) for token in tokens} == {32}


async def test_an_unknown_token_costs_the_same_look_up_and_comparison(
    known: Access, monkeypatch: pytest.MonkeyPatch
):
    token = await known.create_token("ci", Scope, None, OLGA)
    compared: list[tuple[int, int]] = []

    def counted(one: bytes, other: bytes) -> bool:
        compared.append((len(one), len(other)))
        return one == other

    monkeypatch.setattr(access, "compare_digest", counted)
    for each in (token, f"hbr_{'0' * 16}_{'0' * 64}", "hbr_ä", "hbr_"):
        await known.caller(each)

    assert compared == [(64, 64)] * 4


async def test_the_public_half_with_another_secret_is_nobody(known: Access):
    token = await known.create_token("ci", Scope, None, OLGA)

    assert await known.caller(token[:-1] + ("0" if token[-1] != "0" else "1")) is None


async def test_a_revoked_token_is_nobody_and_keeps_its_name(known: Access):
    token = await known.create_token("ci", Scope, None, OLGA)

    assert await known.revoke_token("ci", OLGA)

    assert await known.caller(token) is None
    assert not await known.revoke_token("ci", OLGA)
    with pytest.raises(NameTaken):
        await known.create_token("ci", Scope, None, OLGA)


async def test_making_and_revoking_are_on_record(known: Access):
    await known.create_token("ci", [Scope.RUNS_READ], None, OLGA)
    await known.revoke_token("ci", OLGA)

    lines = await known.audit(None, 0, 10)

    assert [(line.actor, line.via, line.action, line.outcome) for _, line in lines] == [
        ("operator:olga", "cli", "create_token", "ci runs:read"),
        ("operator:olga", "cli", "revoke_token", "ci"),
    ]


async def test_the_command_line_is_an_operator_in_the_name_of_who_is_logged_in(
    known: Access, clock: MovedClock, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("LOGNAME", "olga")

    caller = await known.caller(operator_credential(KEY, clock))

    assert caller == OLGA


@pytest.mark.parametrize(
    ("login", "name"), [("o'neil <x>", "oxneilxxxx"), ("_svc", "xsvc"), ("x" * 99, "x" * 64)]
)
async def test_a_login_becomes_a_name_that_an_actor_can_have(
    known: Access, clock: MovedClock, monkeypatch: pytest.MonkeyPatch, login: str, name: str
):
    monkeypatch.setenv("LOGNAME", login)

    caller = await known.caller(operator_credential(KEY, clock))

    assert caller is not None
    assert caller.actor == f"operator:{name}"


async def test_a_credential_is_over_after_a_minute(known: Access, clock: MovedClock):
    credential = operator_credential(KEY, clock)
    clock.move(seconds=66)

    assert await known.caller(credential) is None


# -- limits ----------------------------------------------------------------------------------------


def test_a_limit_counts_for_each_key_and_begins_anew(clock: MovedClock):
    counted = Limits(clock)
    for _ in range(3):
        counted.take(FEW, "a")

    with pytest.raises(Exhausted) as refused:
        counted.take(FEW, "a")
    counted.take(FEW, "b")
    clock.move(minutes=1)
    counted.take(FEW, "a")

    assert 0 < refused.value.seconds <= 60


def test_looking_does_not_count(clock: MovedClock):
    counted = Limits(clock)

    for _ in range(10):
        counted.check(FEW, "a")


def test_a_clock_that_steps_back_locks_nobody_out(clock: MovedClock):
    counted = Limits(clock)
    for _ in range(3):
        counted.take(FEW, "a")

    clock.move(hours=-2)

    counted.take(FEW, "a")


def test_what_is_counted_is_bounded(clock: MovedClock, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(limits, "MOST_COUNTED", 100)
    counted = Limits(clock)

    for number in range(500):
        counted.take(FEW, str(number))

    assert len(counted._counts) == 100
