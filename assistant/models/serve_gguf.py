"""Run as a child process by `owner.py`: serve one GGUF file on 127.0.0.1 in the OpenAI protocol until the owner ends.

The API key is in the environment, where other users cannot read it. The first line of standard output is JSON: {"url": …} once the
model answers, or {"failed": …}. Whatever native code prints goes to standard error.
"""

from __future__ import annotations

import argparse
import importlib
import json
import os
import sys
import threading
from typing import Any

KEY_VARIABLE = "SERVE_GGUF_KEY"
CANNOT_LOAD = 3
_NICENESS = 10
_LOG_WARNINGS = 2
"""llama.cpp's verbosity: 1 errors, 2 warnings, 3 information."""


def main() -> int:
    """Serve as the command line says."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--gguf", required=True)
    parser.add_argument("--alias", required=True)
    parser.add_argument("--context-tokens", type=int, required=True)
    parser.add_argument("--threads", type=int, required=True)
    wanted = parser.parse_args()

    answer = os.dup(1)
    os.dup2(2, 1)
    os.nice(_NICENESS)
    try:
        server = _start(wanted, os.environ[KEY_VARIABLE])
    except ImportError as error:
        _say(answer, {"failed": f"xllamacpp cannot be imported: {error}"})
        return CANNOT_LOAD
    except RuntimeError as error:
        _say(answer, {"failed": f"xllamacpp cannot load the file: {error}"})
        return CANNOT_LOAD
    _say(answer, {"url": server.listening_address})
    threading.Event().wait()  # the native server has threads of its own
    return 0


def _start(wanted: argparse.Namespace, key: str) -> Any:
    """Load the model and listen; returns when it answers. The server lives as long as the object does."""
    xllamacpp = importlib.import_module("xllamacpp")  # it has no type stubs
    params = xllamacpp.CommonParams()
    params.model.path = wanted.gguf
    params.model_alias = {wanted.alias}
    params.hostnames = ["127.0.0.1"]
    params.port = 0  # the system gives a free one
    params.api_keys = [key]
    params.n_ctx = wanted.context_tokens
    params.n_parallel = 1
    params.cpuparams.n_threads = wanted.threads
    params.cpuparams_batch.n_threads = wanted.threads
    params.cache_prompt = True
    params.cache_ram_mib = 0  # the one slot keeps its own prefix; the default would keep 8 GB of earlier prompts beside it
    params.verbosity = _LOG_WARNINGS
    params.offline = True
    params.ui = False
    params.endpoint_slots = False
    return xllamacpp.Server(params)


def _say(descriptor: int, message: dict[str, str]) -> None:
    os.write(descriptor, json.dumps(message).encode() + b"\n")


if __name__ == "__main__":
    status = main()
    sys.stderr.flush()
    # Tearing down native threads in an orderly way has nothing to save and can hang.
    os._exit(status)
