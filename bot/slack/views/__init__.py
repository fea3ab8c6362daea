"""Views: pure functions from what is known to what Slack draws. They do no input or output."""
