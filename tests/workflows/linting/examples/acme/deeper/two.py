from acme.deeper import three


def two() -> str:
    return three.three()
