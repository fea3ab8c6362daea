"""A headless Chromium as fixtures, named in the `pytest_plugins` of the modules that want one."""

import os
import shutil
from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Browser, Page, async_playwright

from tests.page import OpenPage, watch

FLAGS = [
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    """Run the system's Chromium where there is one, else the one that Playwright installs."""
    async with async_playwright() as playwright:
        chromium = shutil.which("chromium") or playwright.chromium.executable_path
        if not os.access(chromium, os.X_OK):
            pytest.skip(
                "no Chromium on this machine; get one: .venv/bin/playwright install chromium"
            )
        # Chromium's own sandbox cannot be had by root.
        flags = [*FLAGS, "--no-sandbox"] if os.geteuid() == 0 else FLAGS
        browser = await playwright.chromium.launch(executable_path=chromium, args=flags)
        yield browser
        await browser.close()


@pytest.fixture
async def open_page(browser: Browser) -> AsyncIterator[OpenPage]:
    """Open addresses, each as a browser of its own; at the end nothing may have gone wrong."""
    troubles: list[str] = []

    async def opened(address: str, **context: object) -> Page:
        page = await (await browser.new_context(**context)).new_page()
        watch(page, address, troubles)
        await page.goto(address)
        await page.wait_for_selector("body[data-ready]")
        return page

    yield opened
    assert troubles == []
