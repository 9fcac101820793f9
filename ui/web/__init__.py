"""The pages. Importing any of them loads what would call out with that switched off."""

from __future__ import annotations

import importlib
import os


def _no_calls_home() -> None:
    """Switch off what Gradio and the model hub's library send by themselves.

    The hub's library reads its switch once, on import. The environment gets back what stood there, because the process that fetches a model
    when a person asks for one inherits it.
    """
    os.environ.setdefault("GRADIO_ANALYTICS_ENABLED", "False")
    before = os.environ.get("HF_HUB_OFFLINE")
    os.environ["HF_HUB_OFFLINE"] = "1"
    importlib.import_module("huggingface_hub.constants")
    if before is None:
        del os.environ["HF_HUB_OFFLINE"]
    else:
        os.environ["HF_HUB_OFFLINE"] = before


_no_calls_home()
