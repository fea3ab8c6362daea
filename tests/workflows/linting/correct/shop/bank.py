"""The bank, as a job sees it: every call is a step."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from decimal import Decimal
from typing import Self

import httpx
from pydantic import BaseModel

from shop import money
from workflows import Context


class Receipt(BaseModel):
    number: str
    amount: Decimal

    @classmethod
    def of(cls, number: str, amount: Decimal) -> Self:
        return cls(number=number, amount=amount)


def post(path: str, amount: str) -> str:
    return httpx.post(f"https://bank.example.com/{path}", json={"amount": amount}).text


def delete(path: str) -> None:
    httpx.delete(f"https://bank.example.com/{path}")


class Bank:
    names = ("main", "other")

    def __init__(self, ctx: Context, account: str) -> None:
        self._ctx = ctx
        self._account = account
        self._calls: list[str] = []

    @property
    def account(self) -> str:
        return self._account.upper()

    async def refund(self, order: str, amount: Decimal) -> Receipt:
        self._calls.append(order)
        number = await self._run("refund", order, money.as_text(amount))
        return Receipt.of(number, amount)

    async def forget(self, receipt: Receipt) -> None:
        await self._ctx.step.run("forget", delete, receipt.number)

    async def _run(self, name: str, *parts: str) -> str:
        return await self._ctx.step.run(name, post, "/".join([self.account, *parts]), "0")

    @asynccontextmanager
    async def reserved(self, order: str) -> AsyncIterator[str]:
        reservation = await self._run("reserve", order)
        try:
            yield reservation
        finally:
            await self._ctx.step.run("release", delete, reservation)
