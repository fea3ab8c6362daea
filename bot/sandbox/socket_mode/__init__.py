"""Socket Mode: the bot calls, and deliveries come through the WebSockets that it opened."""

from bot.sandbox.socket_mode.connection import Connection
from bot.sandbox.socket_mode.door import Sockets

__all__ = ["Connection", "Sockets"]
