"""Run as a child process: find one file on the model hub, or download it from where an earlier download broke off.

A process of its own, so that it can be stopped at any moment and its settings (no telemetry, no token) touch nothing else.
Exit status: 0 done, 4 the hub could not be reached, 5 the hub has another file under this name, 6 the download broke off.
"""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

UNREACHABLE, OTHER_FILE, BROKEN_OFF = 4, 5, 6


def main() -> int:
    """Do what the command line asks: `--probe` only looks, else the file is written to `--to`."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--repo", required=True)
    parser.add_argument("--file", required=True)
    parser.add_argument("--size", type=int, required=True)
    parser.add_argument("--sha256", required=True)
    parser.add_argument("--connect-seconds", type=float, default=3.0)
    parser.add_argument("--to", type=Path)
    parser.add_argument("--probe", action="store_true")
    wanted = parser.parse_args()

    # huggingface_hub reads its settings when it is imported.
    os.environ.update(HF_HUB_DISABLE_TELEMETRY="1", HF_HUB_DISABLE_PROGRESS_BARS="1", HF_HUB_DISABLE_IMPLICIT_TOKEN="1")  # noqa: S106 - a switch, no password
    from huggingface_hub import get_hf_file_metadata, hf_hub_url
    from huggingface_hub.file_download import http_get

    try:
        found = get_hf_file_metadata(hf_hub_url(wanted.repo, wanted.file), token=False, timeout=wanted.connect_seconds)
    except Exception as error:  # every kind of network trouble means the same here: take the other source
        print(f"{type(error).__name__}: {error}".splitlines()[0], file=sys.stderr)
        return UNREACHABLE
    if found.size != wanted.size or found.etag != wanted.sha256:
        print(f"the hub has a file of {found.size} bytes, {found.etag}", file=sys.stderr)
        return OTHER_FILE
    if wanted.probe:
        return 0
    try:
        with wanted.to.open("ab") as target:
            http_get(found.location, target, resume_size=target.tell(), expected_size=wanted.size)
    except Exception as error:
        print(f"{type(error).__name__}: {error}".splitlines()[0], file=sys.stderr)
        return BROKEN_OFF
    return 0


if __name__ == "__main__":
    sys.exit(main())
