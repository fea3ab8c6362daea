"""The sandbox as a process of its own."""

import asyncio
import signal
import sys

import pytest

from bot.sandbox import PortTaken, Sandbox

PROGRAM = """
import asyncio
from bot.sandbox import serve
asyncio.run(serve("127.0.0.1", 0, "", None, None, lambda each: print(each.url, flush=True)))
"""


async def test_a_port_that_is_taken_says_what_to_do(sandbox):
    port = int(sandbox.url.rpartition(":")[2])

    with pytest.raises(PortTaken) as caught:
        await Sandbox.start(port=port)

    message = str(caught.value)
    assert str(port) in message
    assert "SLACK_PORT=" in message
    assert "\n" not in message


async def test_it_serves_until_it_is_told_to_stop():
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", PROGRAM, stdout=asyncio.subprocess.PIPE
    )
    url = (await process.stdout.readline()).decode()

    process.send_signal(signal.SIGTERM)
    status = await process.wait()

    process._transport.close()
    assert url.startswith("http://127.0.0.1:")
    assert status == 0


async def test_importing_it_does_not_load_the_mcp_sdk():
    program = "import bot.sandbox, sys; print('mcp' in sys.modules)"

    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", program, stdout=asyncio.subprocess.PIPE
    )
    output, _ = await process.communicate()

    assert output.decode().strip() == "False"


async def test_stopping_ends_open_pages_at_once(sandbox):
    host, port = sandbox.url.removeprefix("http://").split(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    writer.write(f"GET /live HTTP/1.1\r\nHost: {host}:{port}\r\n\r\n".encode())
    await reader.readuntil(b"data: ")

    await asyncio.wait_for(sandbox.stop(), 2)

    assert await reader.read()
    writer.close()
    await writer.wait_closed()
