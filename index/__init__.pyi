# What the package gives, and from where: read by type checkers, and at run time by lazy-loader, which imports each part on first use.

from .encoder import (
    Encoder as Encoder,
    TextEncoder as TextEncoder,
    Vectors as Vectors,
)
from .lock import (
    OwnerLock as OwnerLock,
)
from .passages import (
    Passage as Passage,
    PassageSplitter as PassageSplitter,
)
from .related import (
    Related as Related,
    related as related,
)
from .searcher import (
    Hit as Hit,
    LegScore as LegScore,
    SearchResult as SearchResult,
    Searcher as Searcher,
    Span as Span,
)
from .segment import (
    sentence_spans as sentence_spans,
)
from .spec import (
    IndexSpec as IndexSpec,
    SearchConfig as SearchConfig,
)
from .standing import (
    Standing as Standing,
)
from .store import (
    BuiltIndex as BuiltIndex,
    IndexHome as IndexHome,
    Sharing as Sharing,
)
from .sync import (
    Differences as Differences,
    SyncReport as SyncReport,
    Syncer as Syncer,
)
from .weights import (
    EmbeddingModel as EmbeddingModel,
    packaged_folder as packaged_folder,
)
