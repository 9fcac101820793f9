"""LangChain can send every prompt to a tracing service when an environment variable says so; here it never does."""

from __future__ import annotations


def tracing_off() -> None:
    """Turn LangSmith tracing off for this process, whatever the environment says. Imports langsmith."""
    from langsmith import configure

    configure(enabled=False)
