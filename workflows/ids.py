"""Names that cannot be guessed: runs, gates, and the key of a step."""

import re
import secrets
from base64 import b32encode
from datetime import UTC, datetime, timedelta
from hashlib import sha256

ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"  # Crockford's base 32, lower case
RUN_ID = re.compile(r"[0-9a-hjkmnp-tv-z]{26}", re.ASCII)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def run_id(now: datetime) -> str:
    """Answer 26 characters: 48 bits of time in milliseconds, so that ids sort, and 80 random."""
    milliseconds = (now - EPOCH) // timedelta(milliseconds=1)
    number = milliseconds << 80 | secrets.randbits(80)
    return "".join(ALPHABET[number >> shift & 31] for shift in range(125, -1, -5))


def is_run_id(text: str) -> bool:
    """Whether *text* has the form of a run's id."""
    return RUN_ID.fullmatch(text) is not None


def gate_id() -> str:
    """Answer 32 hexadecimal characters, 128 random bits: what a button carries."""
    return secrets.token_hex(16)


def step_key(installation: str, run: str, name: str, nth: int) -> str:
    """Answer a step's idempotency key: the same over retries, replays, restarts and replicas."""
    digest = sha256("\0".join((installation, run, name, str(nth))).encode()).digest()
    return b32encode(digest).decode().lower()[:32]
