"""Slack: what comes in from it, what is shown in it, and what is sent to it."""
