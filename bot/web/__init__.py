"""The web server: Slack's door, and the pages and answers for everybody else."""
