"""Guard of requests: long bodies and foreign origins are refused, safe headers added."""

from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

BODY_BYTES = 64 * 1024
"""Largest body of a request. [bytes]"""
HEADERS = {
    "Content-Security-Policy": "default-src 'self'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data:; frame-ancestors 'none'; base-uri 'none'; form-action 'self'",
    "X-Frame-Options": "DENY",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}


class RequestGuard:
    """Refuses what a browser of this page never sends; reads no body to do so."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request through with safe headers on its answer, or refuse it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_safe(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(HEADERS)
            await send(message)

        refusal = _refusal(scope)
        await (refusal or self._app)(scope, receive, send_safe)


def _refusal(scope: Scope) -> JSONResponse | None:
    """Return why a request is refused; None where it is not."""
    if scope["method"] in ("GET", "HEAD"):
        return None
    headers = Headers(scope=scope)
    length = headers.get("content-length", "")
    if not (length.isascii() and length.isdigit()):
        return _refused("the length of the body is missing", 411)
    if int(length) > BODY_BYTES:
        return _refused(f"the body is longer than {BODY_BYTES} bytes", 413)
    origin = headers.get("origin")
    if origin is not None and urlsplit(origin).netloc != headers.get("host"):
        return _refused("the request comes from another page", 403)
    return None


def _refused(text: str, status: int) -> JSONResponse:
    return JSONResponse({"error": text}, status, headers={"Connection": "close"})
