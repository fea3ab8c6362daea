"""Everything that faces people, Slack, HTTP, the clock or the shell."""
