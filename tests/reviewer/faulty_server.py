"""A public-inbox server on loopback that answers as broken or busy servers do.

The first part of the path names the case: with the midmask `http://127.0.0.1:PORT/truncated/%s` every thread comes
truncated. The cases are those measured with b4 on real and made servers.
"""

import contextlib
import gzip
import socket
import struct
import threading
import time
import zlib
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import unquote

MSGID = "20240501-fault@example.org"


def mail(msgid: str = MSGID, subject: str = "[PATCH] iomap: check the folio", extra: str = "") -> bytes:
    return (
        f"From mboxrd@z Thu Jan  1 00:00:00 1970\nFrom: Ada Example <ada@example.org>\nTo: list@example.org\n"
        f"Subject: {subject}\nDate: Wed, 1 May 2024 10:00:00 +0000\nMessage-ID: <{msgid}>\n{extra}\nA line of text.\n\n"
    ).encode()


def thread() -> bytes:
    return mail() + mail("reply@example.org", "Re: [PATCH] iomap: check the folio", f"In-Reply-To: <{MSGID}>\n")


PAGE = b"<!doctype html><html><title>Making sure you're not a bot!</title><body>One moment</body></html>\n"


class _Handler(BaseHTTPRequestHandler):
    server: "Server"

    def do_GET(self) -> None:
        self.server.asked.append(self.path)
        case, _, rest = self.path.lstrip("/").partition("/")
        CASES.get(case, _status(404))(self, unquote(rest))

    def do_HEAD(self) -> None:
        self.server.asked.append(self.path)
        self._start(404, 0)

    def do_POST(self) -> None:
        self.server.asked.append(self.path)
        self._start(403, 0)

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing: pytest's output is not an access log."""

    def _start(self, status: int, length: int | None, **headers: str) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        if length is not None:
            self.send_header("Content-Length", str(length))
        self.end_headers()

    def answer(self, body: bytes, status: int, **headers: str) -> None:
        self._start(status, len(body), **headers)
        self.wfile.write(body)


Case = Callable[[_Handler, str], None]


def _body(body: bytes, **headers: str) -> Case:
    return lambda handler, _: handler.answer(body, 200, **headers)


def _status(status: int) -> Case:
    return lambda handler, _: handler.answer(b"no", status)


def _hang(handler: _Handler, _: str) -> None:
    handler.server.closing.wait(60)


def _drip(handler: _Handler, _: str) -> None:
    """A byte every tenth of a second: never a read timeout, never done."""
    handler._start(200, 100_000)
    while not handler.server.closing.wait(0.1):
        handler.wfile.write(b"\x1f")


def _reset(handler: _Handler, _: str) -> None:
    handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    handler.connection.close()


def _short(handler: _Handler, _: str) -> None:
    handler._start(200, len(_PACKED) + 1000)
    handler.wfile.write(_PACKED)


def _circle(handler: _Handler, rest: str) -> None:
    handler._start(302, 0, Location=f"/circle/{time.monotonic_ns()}/{rest.rpartition('/')[2]}")


def _bomb(handler: _Handler, _: str) -> None:
    """300 MiB of mail in 300 KiB of gzip."""
    packer = zlib.compressobj(9, wbits=31)
    line = b"x" * 70 + b"\n"
    parts = [packer.compress(mail())]
    parts += [packer.compress(line * 15_000) for _ in range(300)]
    handler.answer(b"".join([*parts, packer.flush()]), 200)


_PACKED = gzip.compress(thread(), mtime=0)
_FLIPPED = _PACKED[:-6] + bytes([_PACKED[-6] ^ 0xFF]) + _PACKED[-5:]
_NO_IDS = gzip.compress(mail().replace(f"Message-ID: <{MSGID}>\n".encode(), b""))

CASES: dict[str, Case] = {
    "good": _body(_PACKED),
    **{str(status): _status(status) for status in (400, 401, 403, 404, 429, 500, 502, 503)},
    "hang": _hang,
    "drip": _drip,
    "reset": _reset,
    "page": _body(PAGE, Content_Type="text/html"),
    "page-encoded": _body(gzip.compress(PAGE), Content_Type="text/html", Content_Encoding="gzip"),
    "page-gzipped": _body(gzip.compress(PAGE)),
    "plain": _body(thread()),
    "plain-encoded": _body(_PACKED, Content_Encoding="gzip"),
    "truncated": _body(_PACKED[: len(_PACKED) // 2]),
    "short": _short,
    "flipped": _body(_FLIPPED),
    "bad-deflate": _body(_PACKED[:10] + b"\xff" * 200),
    "junk-behind": _body(_PACKED + b"garbage"),
    "circle": _circle,
    "empty": _body(gzip.compress(b"")),
    "zero": _body(b""),
    "other-thread": _body(gzip.compress(mail("other@example.org"))),
    "no-ids": _body(_NO_IDS),
    "broken-headers": _body(gzip.compress(mail(extra="Content-Type: text/plain; charset=nonsense\n"))),
    "bomb": _bomb,
}


class Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.asked: list[str] = []
        self.closing = threading.Event()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that was killed is the point of some tests."""

    def midmask(self, case: str) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/{case}/%s"


@contextlib.contextmanager
def running() -> Iterator[Server]:
    with Server() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        try:
            yield server
        finally:
            server.closing.set()
            server.shutdown()
            thread.join()
