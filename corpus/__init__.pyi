# What the package gives, and from where: read by type checkers, and at run time by lazy-loader, which imports each part on first use.

from .access import (
    as_read_by as as_read_by,
    is_withheld as is_withheld,
    may_read_full_text as may_read_full_text,
)
from .accounts import (
    Account as Account,
)
from .anchor import (
    Anchor as Anchor,
    find_again as find_again,
)
from .catalogue import (
    Catalogue as Catalogue,
    Page as Page,
    SORTS as SORTS,
    Selection as Selection,
)
from .change import (
    Change as Change,
)
from .comments import (
    Comment as Comment,
    CommentState as CommentState,
)
from .conversations import (
    Conversation as Conversation,
    ConversationHead as ConversationHead,
    Exchange as Exchange,
)
from .diff import (
    FieldDiff as FieldDiff,
    Piece as Piece,
    diff_reviews as diff_reviews,
    diff_texts as diff_texts,
)
from .errors import (
    ConflictError as ConflictError,
    FlorilegiumError as FlorilegiumError,
    ForbiddenError as ForbiddenError,
    InputError as InputError,
    LockedError as LockedError,
    NotFoundError as NotFoundError,
    UnavailableError as UnavailableError,
    UsageError as UsageError,
)
from .feedback import (
    Feedback as Feedback,
)
from .filters import (
    Filter as Filter,
    parse_filter as parse_filter,
)
from .library import (
    Library as Library,
    Version as Version,
)
from .jobs import (
    CancelledError as CancelledError,
    Job as Job,
    JobWork as JobWork,
)
from .lists import (
    RecordList as RecordList,
)
from .notes import (
    Note as Note,
)
from .people import (
    LOCAL as LOCAL,
    Role as Role,
)
from .review import (
    EVIDENCE_FIELDS as EVIDENCE_FIELDS,
    Name as Name,
    Notice as Notice,
    Review as Review,
    Source as Source,
    Status as Status,
)
from .standing import (
    Standing as Standing,
    standings as standings,
)
from .suggesting import (
    Suggestion as Suggestion,
)
from .tokens import (
    Scope as Scope,
    Token as Token,
)
from .vocabulary import (
    Vocabulary as Vocabulary,
    default_vocabulary as default_vocabulary,
)
