"""L4: the network in a body."""

import smtplib
import socket
import urllib.request
from urllib.parse import urlencode
from urllib.request import urlopen as get

import httpx
import requests
from pydantic import BaseModel
from slack_sdk import WebClient

from workflows import Context, job

client = httpx.Client(base_url="https://bank.example.com")


class Request(BaseModel):
    name: str


# -- found ----------------------------------------------------------------------------------------


@job(name="written-out")
async def written_out(ctx: Context, request: Request) -> None:
    httpx.get("https://example.com")  # L4
    print(requests.post("https://example.com").json())  # L4
    get("https://example.com")  # L4
    urllib.request.urlopen("https://example.com")  # L4
    socket.create_connection(("example.com", 80))  # L4
    smtplib.SMTP("example.com")  # L4
    WebClient(token="x")  # L4


@job(name="under-another-name")
async def under_another_name(ctx: Context, request: Request) -> None:
    client.post("/refunds")  # L4
    send = client.post
    send("/refunds")  # L4
    fetch = httpx.get
    print([fetch(url) for url in ("a", "b")])  # L4
    await post(client)
    await Bank(client).refund(5)


async def post(http: httpx.Client) -> None:
    http.post("/x")  # L4


class Bank:
    def __init__(self, http: httpx.Client) -> None:
        self.http = http

    async def refund(self, amount: int) -> None:
        self.http.post("/refunds", json={"amount": amount})  # L4


# -- not found ------------------------------------------------------------------------------------


def charge(amount: int) -> int:
    return httpx.post("https://bank.example.com", json=amount).status_code


@job(name="right")
async def right(ctx: Context, request: Request) -> str:
    await ctx.step.run("charge", charge, 5)
    issue = await ctx.plugins.linear.create_issue(title=request.name)
    try:
        await ctx.step.run("charge", charge, 6)
    except httpx.HTTPError:
        return "down"
    except requests.exceptions.Timeout:
        return "late"
    return issue["url"] + urlencode({"a": 1})
