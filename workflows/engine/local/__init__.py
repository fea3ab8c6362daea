"""The engine that runs in this process, on our own tables."""
