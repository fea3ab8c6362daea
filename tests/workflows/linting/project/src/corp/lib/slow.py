import httpx
def quick(): return httpx.get("x")  # L7
