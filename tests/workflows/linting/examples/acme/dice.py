import random

from . import numbers


def roll() -> int:
    return random.randint(1, numbers.most())  # L7


def as_a_step() -> float:
    return random.random()
