"""Which browser tab is whose: Gradio knows a tab by a random name that the browser makes up, so it is bound to who first used it."""

from __future__ import annotations

import threading
from collections import OrderedDict

_MOST = 10_000  # tabs remembered


class Tabs:
    """The tabs of one site. A tab is whoever's it first was."""

    def __init__(self) -> None:
        self._owners: OrderedDict[str, str] = OrderedDict()
        self._guard = threading.Lock()

    def is_of(self, tab: str, name: str) -> bool:
        """Whether a tab is this person's; one that nobody used yet becomes theirs."""
        if not tab:
            return True
        with self._guard:
            owner = self._owners.setdefault(tab, name)
            self._owners.move_to_end(tab)
            while len(self._owners) > _MOST:
                self._owners.popitem(last=False)
        return owner == name
