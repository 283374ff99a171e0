"""The routes of the page, as a Starlette application."""

import secrets
import time
from base64 import b64decode
from collections.abc import Callable
from pathlib import Path

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, PlainTextResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Receive, Scope, Send

from plumbline.collector.serving.web.request_guard import RequestGuard
from plumbline.collector.serving.web.sources import Sources
from plumbline.wire.inventory.model import Unit

STATIC = Path(__file__).parent / "static"


def application(
    sources: Sources, *, password: str | None = None, now_ns: Callable[[], int] = time.time_ns
) -> Starlette:
    """Return the application; with a password every path but ``/healthz`` needs it."""

    async def page(_: Request) -> Response:
        return FileResponse(STATIC / "index.html")

    async def now(_: Request) -> Response:
        return JSONResponse(await run_in_threadpool(sources.now, now_ns()))

    async def waves(request: Request) -> Response:
        return _points(sources, request, Unit.ACCELERATION)

    async def tilt(request: Request) -> Response:
        return _points(sources, request, Unit.TILT)

    async def episode(request: Request) -> Response:
        found = await run_in_threadpool(sources.episodes.whole, request.path_params["event"])
        if found is None:
            return JSONResponse({"error": "no such episode; /api/now lists events"}, 404)
        moved = await run_in_threadpool(sources.movements.whole, request.path_params["event"])
        return JSONResponse(found | {"moved": moved})

    async def status(_: Request) -> Response:
        return JSONResponse(await run_in_threadpool(sources.status, now_ns()))

    async def healthz(_: Request) -> Response:
        health = await run_in_threadpool(sources.health)
        return JSONResponse(health, status_code=200 if health["ok"] else 503)

    async def metrics(_: Request) -> Response:
        text = await run_in_threadpool(sources.metrics)
        return Response(text, media_type="text/plain; version=0.0.4")

    async def acknowledge(request: Request) -> Response:
        try:
            body = await request.json()
            code, by = str(body["code"]).strip(), str(body["by"]).strip()
            if not by:
                raise ValueError("say who you are")
            address = request.client.host if request.client else ""
            result = await run_in_threadpool(sources.acknowledge, code, by, address)
        except (ValueError, KeyError, TypeError) as error:
            return JSONResponse({"error": str(error)}, status_code=400)
        return JSONResponse({"said": result})

    return Starlette(
        routes=[
            Route("/", page),
            Route("/api/now", now),
            Route("/api/waves", waves),
            Route("/api/tilt", tilt),
            Route("/api/episodes/{event}", episode),
            Route("/api/status", status),
            Route("/api/ack", acknowledge, methods=["POST"]),
            Route("/healthz", healthz),
            Route("/metrics", metrics),
            Mount("/static", StaticFiles(directory=STATIC)),
        ],
        middleware=[
            Middleware(RequestGuard),
            *([Middleware(PasswordGuard, password=password)] if password else []),
        ],
    )


def _points(sources: Sources, request: Request, unit: Unit) -> Response:
    try:
        after_ns = int(float(request.query_params.get("after", "0")) * 1e9)
    except ValueError:
        return PlainTextResponse("after: expected seconds since 1970", status_code=400)
    return JSONResponse(sources.waves.since(after_ns, unit))


class PasswordGuard:
    """Requires a password by HTTP basic authentication; the user name does not matter."""

    def __init__(self, app: ASGIApp, password: str) -> None:
        self._app = app
        self._password = password.encode()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request through, or answer 401."""
        if scope["type"] != "http" or scope["path"] == "/healthz" or self._knows(scope):
            await self._app(scope, receive, send)
            return
        refusal = PlainTextResponse(
            "a password is needed", status_code=401, headers={"WWW-Authenticate": "Basic"}
        )
        await refusal(scope, receive, send)

    def _knows(self, scope: Scope) -> bool:
        given = dict(scope["headers"]).get(b"authorization", b"").removeprefix(b"Basic ")
        try:
            _, _, password = b64decode(given, validate=True).partition(b":")
        except ValueError:
            return False
        return secrets.compare_digest(password, self._password)
