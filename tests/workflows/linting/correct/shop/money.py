"""Money as text."""

import time
from decimal import Decimal
from functools import reduce
from operator import mul

SIGNS = {"EUR": "€", "USD": "$"}


def as_text(amount: Decimal, currency: str = "EUR") -> str:
    return f"{amount:,.2f} {SIGNS.get(currency, currency)}"


def words(count: int) -> str:
    return " ".join(str(n) for n in range(count)) + str(reduce(mul, [1, 2, 3]))


def benchmark() -> float:
    return time.perf_counter()
