from ..numbers import most
from .. import files


def three() -> str:
    return files.four() * most()
