"""Names that cannot be guessed: their form does not change, for keys outlive upgrades."""

from base64 import b32encode
from datetime import UTC, datetime, timedelta
from hashlib import sha256

import pytest

from workflows.ids import is_run_id, run_id, step_key

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


@pytest.mark.parametrize("nth", range(1, 200))
def test_a_steps_key_is_the_base32_of_its_digest(nth):
    digest = sha256(f"installation\0run\0post\0{nth}".encode()).digest()

    assert step_key("installation", "run", "post", nth) == b32encode(digest)[:32].decode().lower()


def test_run_ids_sort_by_the_millisecond_in_which_they_were_made():
    ids = [run_id(NOON + timedelta(milliseconds=n)) for n in range(500)]

    assert ids == sorted(ids)
    assert all(is_run_id(each) for each in ids)


def test_a_run_id_carries_its_time_in_its_first_characters():
    digits = "0123456789abcdefghjkmnpqrstvwxyz"
    number = 0
    for character in run_id(NOON):
        number = number * 32 + digits.index(character)

    assert number >> 80 == int(NOON.timestamp() * 1000)
