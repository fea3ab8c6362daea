"""A strict Slack-compatible workspace that runs on this machine: a demo and a test double.

It imports nothing of the bot but this folder: it is a peer, spoken to over HTTP like Slack.
"""

from bot.sandbox.calls import Call
from bot.sandbox.credentials import Credentials
from bot.sandbox.deliver import Delivered, Sent
from bot.sandbox.faults import Fault
from bot.sandbox.issues import Issue
from bot.sandbox.listening import PortTaken
from bot.sandbox.member import Member
from bot.sandbox.message import Message
from bot.sandbox.refusal import NothingThere
from bot.sandbox.serve import serve
from bot.sandbox.server import Sandbox
from bot.sandbox.sign_in.browser import Browser
from bot.sandbox.sign_in.forgery import Forgery
from bot.sandbox.view import View

__all__ = [
    "Browser",
    "Call",
    "Credentials",
    "Delivered",
    "Fault",
    "Forgery",
    "Issue",
    "Member",
    "Message",
    "NothingThere",
    "PortTaken",
    "Sandbox",
    "Sent",
    "View",
    "serve",
]
