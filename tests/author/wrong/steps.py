"""The step functions of an author's project: sync and async, with and without defaults."""

from pydantic import BaseModel

from workflows import StepFailed, current_step


class Receipt(BaseModel):
    number: str
    amount: int


async def charge(amount: int, currency: str = "EUR") -> Receipt:
    if amount <= 0:
        raise StepFailed("nothing to charge")
    return Receipt(number=f"{current_step().key}-{currency}", amount=amount)


def build(what: str) -> list[str]:
    return [what]


def announce(where: str, words: str) -> None:
    print(where, words)
