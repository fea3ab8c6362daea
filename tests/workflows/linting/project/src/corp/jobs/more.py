from workflows import Context, job
import time
from pydantic import BaseModel
class R(BaseModel):
    x: int = 0
@job(name="more")
async def more(ctx: Context, request: R) -> None:
    time.time()  # L1
