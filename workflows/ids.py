"""Names that cannot be guessed: runs, gates, and the key of a step."""

import re
import secrets
from datetime import UTC, datetime, timedelta
from hashlib import sha256

ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"  # Crockford's base 32, lower case
RFC_ALPHABET = "abcdefghijklmnopqrstuvwxyz234567"  # RFC 4648's, lower case
RUN_ID = re.compile(r"[0-9a-hjkmnp-tv-z]{26}", re.ASCII)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
# Two characters at a time: 1,024 pairs.
_RUN_PAIRS = [a + b for a in ALPHABET for b in ALPHABET]
_STEP_PAIRS = [a + b for a in RFC_ALPHABET for b in RFC_ALPHABET]


def run_id(now: datetime) -> str:
    """Answer 26 characters: 48 bits of time in milliseconds, so that ids sort, and 80 random."""
    milliseconds = (now - EPOCH) // timedelta(milliseconds=1)
    number = milliseconds << 80 | secrets.randbits(80)
    return _in_pairs(number, 13, _RUN_PAIRS)


def child_id(parent: str, name: str, use: int, number: int) -> str:
    """Answer the id of the *number*-th run that was started for a use of a name in its parent.

    It begins with the parent's time, so that they stand together; the rest says which it is.
    """
    digest = sha256("\0".join(("child", parent, name, str(use), str(number))).encode()).digest()
    return parent[:10] + _in_pairs(int.from_bytes(digest[:10]), 8, _RUN_PAIRS)


def is_run_id(text: str) -> bool:
    """Whether *text* has the form of a run's id."""
    return RUN_ID.fullmatch(text) is not None


def gate_id() -> str:
    """Answer 32 hexadecimal characters, 128 random bits: what a button carries."""
    return secrets.token_hex(16)


def step_key(installation: str, run: str, name: str, nth: int) -> str:
    """Answer a step's idempotency key: the same over retries, replays, restarts and replicas."""
    digest = sha256("\0".join((installation, run, name, str(nth))).encode()).digest()
    # What b32encode would say, in lower case: it is written in Python, and takes 10 µs a step.
    return _in_pairs(int.from_bytes(digest[:20]), 16, _STEP_PAIRS)


def _in_pairs(number: int, count: int, pairs: list[str]) -> str:
    """Write *number* in base 32, in *count* pairs of digits."""
    return "".join([pairs[number >> shift & 1023] for shift in range(10 * count - 10, -1, -10)])
