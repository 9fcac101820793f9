"""Text for XML: what XML 1.0 cannot hold is shown as a replacement character."""

from __future__ import annotations

import re

_NO_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def xml_text(text: str) -> str:
    """The text with every character replaced that XML cannot hold (XML 1.0, section 2.2)."""
    return _NO_XML.sub("\ufffd", text)
