"""A stand-in for a language model: a small HTTP server in the OpenAI chat protocol that answers from a script.

It ships with the product, so that anyone can try drafts, failures and slowness without a model. The real servers and this one are
used through the same client, so nothing needs patching.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self

MODEL = "scripted"


@dataclass(frozen=True)
class Reply:
    """One answer of the script.

    `delay_seconds` pass before anything is sent, `pause_seconds` between the words of a stream. A `status` other than 200 sends an
    error in place of the text (429, 500). `finish` is the protocol's finish_reason: "length" says that the text was cut off by the
    token limit. `drop_after` breaks the connection after that many words of the text (0: before any answer).
    """

    text: str = ""
    delay_seconds: float = 0.0
    pause_seconds: float = 0.0
    status: int = 200
    finish: str = "stop"
    drop_after: int | None = None


Messages = list[dict[str, Any]]
Script = Sequence[Reply | str] | Callable[[Messages], Reply | str]


class ScriptedServer:
    """Answers each request with the next reply (the last one again and again), or with what a function makes of the messages.

    A context manager; `url` is the base address (ending in /v1) and `requests` holds the bodies of chat requests, in order;
    `hits` counts requests of every kind. `context_tokens`: the size of its context, told as vLLM tells it; 0 tells none.
    """

    def __init__(self, script: Script, context_tokens: int = 0) -> None:
        if not callable(script) and not script:
            raise ValueError("a script needs a reply")
        self.requests: list[dict[str, Any]] = []
        self.hits = 0
        self.context_tokens = context_tokens
        self._script = script
        self._lock = threading.Lock()
        self._server = _Server(self)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), name="scripted-model", daemon=True)

    @property
    def url(self) -> str:
        """The base address to give to a client."""
        return f"http://127.0.0.1:{self._server.server_port}/v1"

    def __enter__(self) -> Self:
        """Begin to answer."""
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """Stop answering and free the port."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def note_hit(self) -> None:
        """Count a request."""
        with self._lock:
            self.hits += 1

    def reply_to(self, body: dict[str, Any]) -> Reply:
        """Note a request and give the reply for it."""
        with self._lock:
            self.requests.append(body)
            number = len(self.requests) - 1
        script = self._script
        reply = script(body.get("messages", [])) if callable(script) else script[min(number, len(script) - 1)]
        return Reply(reply) if isinstance(reply, str) else reply


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def __init__(self, scripted: ScriptedServer) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.scripted = scripted

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that went away is what some scripts are about; it is not printed."""


class _Handler(BaseHTTPRequestHandler):
    server: _Server

    def log_message(self, format: str, *args: Any) -> None:
        """Print nothing."""

    def do_GET(self) -> None:
        """Answer /v1/models and /health."""
        self.server.scripted.note_hit()
        if self.path == "/v1/models":
            entry: dict[str, Any] = {"id": MODEL, "object": "model", "created": 0, "owned_by": "florilegium"}
            size = self.server.scripted.context_tokens
            self._send(200, {"object": "list", "data": [entry | ({"max_model_len": size} if size else {})]})
        elif self.path == "/health":
            self._send(200, {"status": "ok"})
        else:
            self._send(404, _error("no such page", 404))

    def do_POST(self) -> None:
        """Answer /v1/chat/completions from the script."""
        self.server.scripted.note_hit()
        body = json.loads(self.rfile.read(int(self.headers.get("Content-Length") or 0)) or b"{}")
        if self.path != "/v1/chat/completions":
            self._send(404, _error("no such page", 404))
            return
        reply = self.server.scripted.reply_to(body)
        time.sleep(reply.delay_seconds)
        if reply.drop_after == 0:
            self.close_connection = True
        elif reply.status != 200:
            self._send(reply.status, _error("scripted failure", reply.status))
        elif body.get("stream"):
            self._stream(reply)
        else:
            self._answer(reply)

    def _answer(self, reply: Reply) -> None:
        message = {"role": "assistant", "content": reply.text}
        whole = {
            **_head("chat.completion"),
            "choices": [{"index": 0, "message": message, "finish_reason": reply.finish}],
            "usage": _usage(reply),
        }
        if reply.drop_after is None:
            self._send(200, whole)
            return
        data = json.dumps(whole).encode()
        self._begin(200, "application/json", len(data))
        self.wfile.write(data[: len(data) // 2])

    def _stream(self, reply: Reply) -> None:
        self._begin(200, "text/event-stream", None)
        self._event({"role": "assistant", "content": ""}, None)
        for count, word in enumerate(_words(reply.text)):
            if reply.drop_after is not None and count >= reply.drop_after:
                return
            time.sleep(reply.pause_seconds)
            self._event({"content": word}, None)
        self._event({}, reply.finish)
        self._chunk(b"data: [DONE]\n\n")
        self._chunk(b"")

    def _event(self, delta: dict[str, str], finish: str | None) -> None:
        event = {**_head("chat.completion.chunk"), "choices": [{"index": 0, "delta": delta, "finish_reason": finish}]}
        self._chunk(f"data: {json.dumps(event)}\n\n".encode())

    def _chunk(self, data: bytes) -> None:
        """One chunk of HTTP's chunked coding, by which a client can tell a broken stream from a finished one."""
        self.wfile.write(f"{len(data):x}\r\n".encode() + data + b"\r\n")
        self.wfile.flush()

    def _send(self, status: int, message: dict[str, Any]) -> None:
        data = json.dumps(message).encode()
        self._begin(status, "application/json", len(data))
        self.wfile.write(data)

    def _begin(self, status: int, content_type: str, length: int | None) -> None:
        self.protocol_version = "HTTP/1.1"
        self.close_connection = True
        self.send_response(status)
        self.send_header("Content-Type", content_type)
        self.send_header("Connection", "close")
        if length is None:
            self.send_header("Transfer-Encoding", "chunked")
        else:
            self.send_header("Content-Length", str(length))
        self.end_headers()


def _head(kind: str) -> dict[str, Any]:
    return {"id": "chatcmpl-scripted", "object": kind, "created": 0, "model": MODEL}


def _usage(reply: Reply) -> dict[str, int]:
    words = len(_words(reply.text))
    return {"prompt_tokens": 0, "completion_tokens": words, "total_tokens": words}


def _words(text: str) -> list[str]:
    """The text in pieces of one word with the blanks before it; joined they give the text."""
    pieces: list[str] = []
    for line_piece in text.split(" "):
        pieces.append(f" {line_piece}" if pieces else line_piece)
    return pieces if text else []


def _error(message: str, status: int) -> dict[str, Any]:
    return {"error": {"message": message, "type": "scripted", "code": status}}
