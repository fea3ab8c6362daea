"""The page on which people use the workspace in a browser."""
