"""A browser without a window: cookies, redirects, forms, and the headers browsers add."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urljoin, urlsplit

import aiohttp

from bot.sandbox.refusal import NothingThere

FIELDS = {"hidden", "text"}


@dataclass(frozen=True, kw_only=True)
class Form:
    """A form as it stands in a page: where it goes, and the values of its fields."""

    action: str
    fields: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Page:
    """What the browser shows: `url` is where the redirects ended."""

    url: str
    status: int
    text: str
    headers: Mapping[str, str]
    forms: tuple[Form, ...] = ()
    redirects: tuple[str, ...] = ()  # the addresses passed through, first to last

    def form(self, part: str = "") -> Form:
        """Find the first form whose action contains *part*."""
        for each in self.forms:
            if part in each.action:
                return each
        known = ", ".join(each.action for each in self.forms)
        raise NothingThere(f"no form for {part!r} in {self.url} ({self.status}); there is: {known}")


class Browser:
    """`page` is what it shows now, `session` the client with its cookies."""

    def __init__(self) -> None:
        # unsafe: cookies of addresses that are numbers, which is what loopback is.
        self.session = aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True))
        self.page = Page(url="about:blank", status=0, text="", headers={})

    # Any, here and below: whatever aiohttp takes.
    async def get(self, url: str, **more: Any) -> Page:
        """Go to an address, relative to the page's, as if it was typed in."""
        return await self._go("GET", url, **more)

    async def post(self, url: str, values: Mapping[str, str], **more: Any) -> Page:
        """Send a form that stands in the present page, and show what comes of it."""
        target = urljoin(self.page.url, url)
        headers = {**self._origin(target), **more.pop("headers", {})}
        return await self._go("POST", target, data=dict(values), headers=headers, **more)

    async def submit(self, form: Form, **values: str) -> Page:
        return await self.post(form.action, form.fields | values)

    def _origin(self, target: str) -> dict[str, str]:
        """Add what a browser tells a server about the page that a form was sent from."""
        here, there = urlsplit(self.page.url), urlsplit(target)
        if not here.netloc:
            return {"Sec-Fetch-Site": "none"}
        site = "same-site" if here.hostname == there.hostname else "cross-site"
        if (here.scheme, here.netloc) == (there.scheme, there.netloc):
            site = "same-origin"
        return {"Origin": f"{here.scheme}://{here.netloc}", "Sec-Fetch-Site": site}

    async def _go(self, verb: str, url: str, **more: Any) -> Page:
        target = urljoin(self.page.url, url)
        async with self.session.request(verb, target, **more) as response:
            text = await response.text(errors="replace")
            shown = str(response.url)
            self.page = Page(
                url=shown,
                status=response.status,
                text=text,
                headers=response.headers.copy(),
                forms=_forms(text, shown) if response.content_type == "text/html" else (),
                redirects=tuple(str(each.url) for each in response.history),
            )
        return self.page

    async def close(self) -> None:
        await self.session.close()


class _FormReader(HTMLParser):
    """Collects the forms of a page, with the fields that are sent if nobody touches them."""

    def __init__(self, base: str) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self._base = base
        self._is_inside = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._is_inside = True
            self.forms.append(Form(action=urljoin(self._base, found.get("action", ""))))
        is_field = tag == "input" and found.get("type", "text") in FIELDS
        if is_field and self._is_inside and "name" in found:
            self.forms[-1].fields[found["name"]] = found.get("value", "")

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._is_inside = False


def _forms(text: str, base: str) -> tuple[Form, ...]:
    reader = _FormReader(base)
    reader.feed(text)
    return tuple(reader.forms)
