"""Server: aiohttp's, except that what is no HTTP at all is answered like every other error."""

import logging
from http import HTTPStatus
from typing import Any

from aiohttp import web
from aiohttp.http_exceptions import LineTooLong

from bot.web.problems import response

log = logging.getLogger(__name__)


class Protocol(web.RequestHandler):
    """One connection."""

    __slots__ = ()

    def handle_error(
        self,
        request: Any,
        status: int = 500,
        exc: BaseException | None = None,
        message: str | None = None,
    ) -> web.StreamResponse:
        """Answer a request that could not be read, and close; its words are not repeated."""
        if request.writer.output_size > 0:
            raise ConnectionError("the answer had begun")
        log.warning("a request was no HTTP: %s", type(exc).__name__)
        is_long = isinstance(exc, LineTooLong) or "Too many headers" in str(message)
        known = HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE if is_long else HTTPStatus(status)
        answer = response(known)
        answer.force_close()
        return answer


class _Server(web.Server):
    def __call__(self) -> web.RequestHandler:
        return Protocol(self, loop=self._loop, **self._kwargs)


class Runner(web.AppRunner):
    """aiohttp's runner, speaking our protocol."""

    async def _make_server(self) -> web.Server:
        made = await super()._make_server()
        # aiohttp has no public place for the class of a connection.
        return _Server(
            made.request_handler,
            request_factory=made.request_factory,
            handler_cancellation=made.handler_cancellation,
            **made._kwargs,  # noqa: SLF001
        )
