import time
from datetime import datetime

__all__ = ["by_star"]


def by_full_name() -> float:
    return time.time()  # L7


def by_alias() -> float:
    return time.time()  # L7


def by_star() -> float:
    return time.time()  # L7


def inside() -> float:
    return time.time()  # L7


def as_a_step() -> float:
    return time.time()


def formatted(when: datetime) -> str:
    return when.isoformat()


def nobody_calls_this() -> float:
    return time.time()
