import os


def most() -> int:
    return int(os.getenv("MOST", "6"))  # L7
