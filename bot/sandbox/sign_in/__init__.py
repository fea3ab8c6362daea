"""Sign in with Slack: an OpenID Connect issuer with the people of the workspace."""
