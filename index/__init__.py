"""index: what machines derived, and finding with it.

Owns passages, vectors, postings, the manifest that says from what they were made, and the search over them. Deleting a home's index folder
and syncing again loses nothing. May import `corpus`, and no other room.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
