from pydantic import BaseModel


class Address(BaseModel):
    street: str


class Order(BaseModel):
    address: Address  # L19
    amount: int


def note(text: str):
    return text
