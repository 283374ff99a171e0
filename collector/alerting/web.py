"""Answering from the web page: one endpoint for whoever serves the page to mount.

``Route("/alerts/acknowledge", acknowledging(store), methods=["POST"])`` takes
``{"code": "4711", "by": "Somchai"}``. It asks for JSON, which a page of another site cannot post
without the browser asking first.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable

from pydantic import BaseModel, ConfigDict, ValidationError
from starlette.requests import Request
from starlette.responses import JSONResponse

from plumbline.collector.alerting.answers import Acknowledgement, acknowledge
from plumbline.collector.alerting.errors import AnswerRefused
from plumbline.collector.alerting.store import AlertStore


class Answer(BaseModel):
    """What is posted."""

    model_config = ConfigDict(extra="forbid", strict=True)

    code: str
    by: str


def acknowledging(
    store: AlertStore, clock: Callable[[], int] = time.time_ns
) -> Callable[[Request], Awaitable[JSONResponse]]:
    """Return the endpoint; 200 with what it did, 400 with what is wrong."""

    async def endpoint(request: Request) -> JSONResponse:
        kind = request.headers.get("content-type", "").partition(";")[0].strip()
        if kind != "application/json":
            return JSONResponse({"error": "send application/json"}, status_code=415)
        try:
            answer = Answer.model_validate_json(await request.body())
            taken = await asyncio.to_thread(_take, store, answer, clock())
        except ValidationError:
            wrong = 'send {"code": "4711", "by": "your name"}'
            return JSONResponse({"error": wrong}, status_code=400)
        except AnswerRefused as refusal:
            return JSONResponse({"error": str(refusal)}, status_code=400)
        return JSONResponse(
            {
                "outcome": taken.outcome,
                "code": taken.incident.code,
                "structure": taken.incident.structure,
                "answered_by": taken.incident.answered_by,
            }
        )

    return endpoint


def _take(store: AlertStore, answer: Answer, now_ns: int) -> Acknowledgement:
    with store.transaction() as tx:
        return acknowledge(tx, answer.code, by=answer.by, via="web", now_ns=now_ns)
