from os import environ


def region() -> str:
    return environ["REGION"]  # L7
