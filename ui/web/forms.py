"""What a form of our own pages sent, for handlers that run in a thread of their own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request


@dataclass(frozen=True)
class Sent:
    """The texts of a form, in their order; files are left out."""

    items: tuple[tuple[str, str], ...]

    def get(self, name: str, default: str = "") -> str:
        """The last value under a name."""
        return next((value for key, value in reversed(self.items) if key == name), default)

    def all(self, name: str) -> list[str]:
        """Every value under a name."""
        return [value for key, value in self.items if key == name]

    def number(self, name: str) -> int:
        """A whole number under a name; -1 where there is none."""
        value = self.get(name)
        return int(value) if value.isascii() and value.isdecimal() and len(value) < 10 else -1


async def _sent(request: Request) -> Sent:
    form = await request.form()
    return Sent(tuple((name, value) for name, value in form.multi_items() if isinstance(value, str)))


#: A parameter of a handler.
Form = Annotated[Sent, Depends(_sent)]
