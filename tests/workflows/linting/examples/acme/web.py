import httpx


async def fetch(url: str) -> str:
    async with httpx.AsyncClient() as client:  # L7
        return (await client.get(url)).text  # L7
