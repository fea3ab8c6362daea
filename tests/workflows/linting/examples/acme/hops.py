from .deeper.two import two


def one() -> str:
    return two()
