"""The command line (DESIGN section 8). Its names, exit codes and --json shapes are a contract."""

from ui.cli.main import main

__all__ = ["main"]
