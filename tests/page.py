"""What can be asked of a page: what went wrong, what sticks out, what has no name."""

from collections.abc import Awaitable, Callable
from urllib.parse import urlsplit

from playwright.async_api import Locator, Page, Request, expect

OpenPage = Callable[..., Awaitable[Page]]

CONTROLS = {"button", "link", "textbox", "searchbox", "combobox", "checkbox", "radio", "listbox"}
MOST_TABS = 60

# Two processes and a browser on two cores: what is quick alone may take seconds together.
expect.set_options(timeout=15_000)


def watch(page: Page, address: str, troubles: list[str]) -> None:
    """Note what goes wrong in a page, and every request to anywhere but where it came from."""
    home = urlsplit(address).netloc

    def check(request: Request) -> None:
        parts = urlsplit(request.url)
        if parts.scheme in {"http", "https", "ws", "wss"} and parts.netloc != home:
            troubles.append(f"asked {request.url}")

    page.on("request", check)
    page.on("pageerror", lambda error: troubles.append(str(error)))
    page.on("console", lambda said: troubles.append(said.text) if said.type == "error" else None)


async def nameless(page: Page) -> list[str]:
    """Answer the roles of the controls that a screen reader could not name."""
    session = await page.context.new_cdp_session(page)
    tree = await session.send("Accessibility.getFullAXTree")
    seen = [node for node in tree["nodes"] if not node["ignored"]]
    controls = [node for node in seen if node["role"]["value"] in CONTROLS]
    assert controls, "the page has no controls at all"
    return [
        f"{node['role']['value']} {node['nodeId']}"
        for node in controls
        if not node.get("name", {}).get("value", "").strip()
    ]


async def sticks_out(page: Page) -> list[str]:
    """Answer what can be scrolled sideways: the page, the conversation, a dialog's fields."""
    return await page.evaluate(
        """() => [document.documentElement, ...document.querySelectorAll("#scroll, .fields")]
            .filter((each) => each.scrollWidth > each.clientWidth)
            .map((each) => each.id || each.className || each.tagName)"""
    )


async def tab_to(page: Page, wanted: Locator) -> None:
    """Press Tab until *wanted* has the focus."""
    for _ in range(MOST_TABS):
        await page.keyboard.press("Tab")
        if await wanted.evaluate("(each) => each === document.activeElement"):
            return
    raise AssertionError(f"{MOST_TABS} times Tab do not lead to {wanted}")
