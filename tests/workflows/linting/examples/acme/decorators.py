import functools
import threading
import time


def timed(function):
    @functools.wraps(function)
    async def wrapper(*args, **kwargs):
        threading.Thread(target=print).start()  # L7
        print(time.time())  # L7
        return await function(*args, **kwargs)

    return wrapper
