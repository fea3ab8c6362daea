COUNT = 0
NAMES: list[str] = []


def remember(name: str) -> None:
    global COUNT
    COUNT += 1  # L13
    NAMES.append(name)  # L13
