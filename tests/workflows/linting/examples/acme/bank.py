import socket
import uuid
from contextlib import contextmanager
from datetime import date, datetime

import requests


class Bank:
    def __init__(self, url: str) -> None:
        self.url = url

    def balance(self) -> int:
        return self._get("balance")

    def _get(self, what: str) -> int:
        return requests.get(self.url + what).json()  # L7

    def history(self, days: int) -> list[int]:
        return [self._get(f"history/{date.today()}")]  # L7

    def __call__(self) -> str:
        return socket.gethostname()  # L7

    @classmethod
    def default(cls) -> str:
        return cls._key()

    @staticmethod
    def _key() -> str:
        return str(uuid.uuid4())  # L7

    @staticmethod
    def of(name: str) -> str:
        return f"{name} {datetime.now()}"  # L7

    @contextmanager
    def open_session(self):
        yield open("session")  # L7


class Account:
    @property
    def name(self) -> str:
        return socket.getfqdn()  # L7


account = Account()
