"""The MCP server on standard input and output, for the local user."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import anyio
from mcp.server.stdio import stdio_server

from ui.mcp.server import mcp_server
from ui.mcp.tools import Caller

if TYPE_CHECKING:
    from ui.desk import Desk


def run_stdio(desk: Desk) -> None:
    """Serve until the client closes. The protocol has standard output for itself: what anything else writes there goes to standard error."""
    server = mcp_server(desk, lambda request, scope: Caller())

    async def serve() -> None:
        async with stdio_server() as (reading, writing):
            try:
                await server.run(reading, writing, server.create_initialization_options())
            finally:
                sys.stdout.flush()  # what is still held back is to go where the rest went, and not to the client when the program ends

    anyio.run(serve)
