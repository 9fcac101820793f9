"""corpus: what people made or decided.

Owns reviews with their revisions, answers, configurations, lists, notes, comments, judgements and accounts. What is in here cannot
be rebuilt, so it is kept in transactions, by migrations. May import no other room.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
