from acme.web import fetch

__all__ = ["fetch"]
