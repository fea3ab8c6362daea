"""A browser's part, over real HTTP: cookies, redirects, and the forms that a page has."""

import re
from html import unescape
from urllib.parse import urlsplit

import httpx

from tests.bot.web.issuer import Issuer
from tests.journeys.town import Town

LOGIN = "/auth/slack/login"
CSRF = re.compile(r'name="csrf" value="([^"]+)"')


class Browser:
    """Keeps cookies; follows no redirect unless asked."""

    def __init__(self, town: Town, issuer: Issuer) -> None:
        self.town, self.issuer = town, issuer
        self.http = httpx.AsyncClient(base_url=town.settings.public_url, timeout=20)

    async def get(self, path: str, **headers: str) -> httpx.Response:
        return await self.http.get(path, headers=headers)

    async def post(self, path: str, form: dict[str, str], **headers: str) -> httpx.Response:
        return await self.http.post(path, data=form, headers=headers)

    async def begin(self, path: str = LOGIN) -> str:
        """Begin to sign in; answer the address at which the issuer sends the browser back."""
        sent = await self.get(path)
        assert sent.status_code == 303, sent.text
        async with httpx.AsyncClient() as at_the_issuer:
            return (await at_the_issuer.get(sent.headers["Location"])).headers["Location"]

    async def sign_in(self, name: str, next_path: str = "/") -> httpx.Response:
        """Sign in as somebody; answer what the callback answers."""
        self.issuer.user = self.town.member(name).id
        return await self.get(await self.begin(f"{LOGIN}?next={next_path}"))

    async def form(self, path: str, verb: str = "approve") -> dict[str, str]:
        """Answer the hidden fields of the form on a page that leads to *verb*."""
        text = (await self.get(path)).text
        forms = [part for part in text.split("<form ")[1:] if f"/{verb}" in part.split(">")[0]]
        return hidden(forms[0]) if forms else {}

    async def decide(self, path: str, **more: str) -> httpx.Response:
        """Open a decision link, fill its form and send it."""
        verb = urlsplit(path).path.rpartition("/")[2]
        return await self.post(urlsplit(path).path, await self.form(path, verb) | more)


def hidden(form: str) -> dict[str, str]:
    found = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', form)
    return {name: unescape(value) for name, value in found}


def words(response: httpx.Response) -> str:
    """Answer a page's words, tags left out and white space calmed."""
    body = response.text.partition("<body>")[2]
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", body)).split())
