# What the package gives, and from where: read by type checkers, and at run time by lazy-loader, which imports each part on first use.

from .abstention import (
    LabelledQuestion as LabelledQuestion,
    abstention_report as abstention_report,
    outcome_of as outcome_of,
)
from .answer import (
    Answer as Answer,
    CatalogueAnswer as CatalogueAnswer,
    Citation as Citation,
    Outcome as Outcome,
    ReviewRef as ReviewRef,
    SHOWN as SHOWN,
    Sentence as Sentence,
    Support as Support,
    Understanding as Understanding,
)
from .assistant import (
    Assistant as Assistant,
)
from .check import (
    Checker as Checker,
    Verdict as Verdict,
)
from .checking import (
    ClaimChecker as ClaimChecker,
    InferenceChecker as InferenceChecker,
    JudgeChecker as JudgeChecker,
)
from .models import (
    OpenedModel as OpenedModel,
)
from .own_notes import (
    NoteSentence as NoteSentence,
    for_others as for_others,
    with_own_words as with_own_words,
)
from .run import (
    DEADLINES as DEADLINES,
    Event as Event,
    LateError as LateError,
    Run as Run,
    StoppedError as StoppedError,
)
from .steps import (
    Prepared as Prepared,
    Request as Request,
    Writer as Writer,
    clean_question as clean_question,
)
from .turns import (
    BusyError as BusyError,
    Turns as Turns,
)
from .understanding import (
    Turn as Turn,
)
