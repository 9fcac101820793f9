"""assistant: the way from a question to a checked answer.

Knows evidence and language models; no screen and no SQL. May import `index` and `corpus`.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
