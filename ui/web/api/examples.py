"""An example of what each call takes and gives, for the API's description; texts are shortened. A test holds them to the shapes."""

from __future__ import annotations

from typing import Any

ID = "abdallah-2018-neurobiology-depression-ketamine"
_TITLE = "The Neurobiology of Depression, Ketamine and Rapid-Acting Antidepressants"
_WORDS = "A single ketamine dose acts within hours."
_AUTHORS = [{"family": "Abdallah", "given": "Chadi G."}]
_HEAD: dict[str, Any] = {
    "title": _TITLE,
    "authors": _AUTHORS,
    "authors_partial": True,
    "year": 2018,
    "journal": "Pharmacology & Therapeutics",
    "doi": "10.1016/x",
}
_SPAN = {"field": "findings[0]", "start": 0, "end": len(_WORDS), "text": _WORDS}
_RANKED = {"config": "default", "config_hash": "5f0c", "revision": 1}
_FACETS = {"substances": ["ketamine"], "topics": ["depression"]}

HITS = {
    "query": "ketamine and depression",
    **_RANKED,
    "hits": [
        {
            "rank": 1,
            "review_id": ID,
            "title": _TITLE,
            "year": 2018,
            **_SPAN,
            "score": 0.031,
            "legs": {"dense": {"rank": 1, "score": 0.61}, "lexical": {"rank": 3, "score": 7.2}, "neighbours": {"rank": 2, "score": 0.93}},
            "others": [],
            "notices": [],
            **_RANKED,
        }
    ],
    "stale": 0,
    "left_out": 0,
    "seconds": 0.04,
}
_ROW = {"id": ID, **_HEAD, "pmid": "", "status": "current", "notices": [], "facets": _FACETS, "revision": 1}
_CHOSEN = {"filter": ["year>=2015"]}
RECORDS = {**_CHOSEN, "sort": "year", "start": 0, "total": 74, "left_out": 2, "revision": 1, "records": [_ROW], "suggestions": []}
COUNT = {**_CHOSEN, "count": 74, "left_out": 2, "revision": 1, "suggestions": []}
FACETS = {**_CHOSEN, "facets": {"substances": [{"value": "ketamine", "count": 31}, {"value": "psilocybin", "count": 22}]}}
RECORD = {
    **_ROW,
    "url": "",
    "summary": "This narrative review (2018) asked how ketamine and other rapid-acting antidepressants act in depression.",
    "abstract": "",
    "findings": [_WORDS],
    "limits": [],
    "sections": [],
    "section_titles": [],
    "keywords": ["ketamine"],
    "access": "open",
    "extra": {},
    "alternatives": {},
    "csl": {"type": "article-journal", "title": _TITLE},
}
HISTORY = {"id": ID, "versions": [{"revision": 1, "action": "import", "actor": "ada", "at": "2026-11-02T09:00:00Z", "note": ""}]}
RIS = f"TY  - JOUR\nTI  - {_TITLE}\nER  - \n"
QUESTION = {"question": "How does ketamine act in depression?", "filters": ["year>=2015"]}
_CITED = {"key": 1, "id": ID, **_HEAD, "label": "Abdallah et al., 2018", "notices": []}
_PLACE = {"review_id": ID, "revision": 1, "field": "findings[0]", "start": 0, "end": len(_WORDS), "quote": _WORDS, "prefix": "", "suffix": ""}
ANSWER: dict[str, Any] = {
    "id": "1f2e3d4c5b6a7988",
    "schema": 2,
    "question": QUESTION["question"],
    "standalone_question": QUESTION["question"],
    "understood": {"how": "typed", "language": "en", "advice": False},
    "kind": "evidence",
    "outcome": "answered",
    "confidence": 0.93,
    "missing": [],
    "notices": [],
    "filters": QUESTION["filters"],
    "sentences": [{"lead": "Abdallah et al., 2018:", "text": _WORDS, "support": "verbatim", "score": 1.0, "citations": [{"key": 1, **_PLACE}]}],
    "from_notes": [],
    "catalogue": None,
    "reviews": [_CITED],
    "nearest": [],
    "nearest_sentences": [],
    "draft": [],
    "dropped_keys": 0,
    "model": "quotes",
    **_RANKED,
    "at": "2026-11-25T10:00:00Z",
    "seconds": {"retrieve": 0.05, "generate": 0.0, "check": 0.0, "total": 0.2},
    "evidence_table": [],
}
EVENTS = 'event: step\ndata: {"step": "retrieve"}\n\nevent: quotes\ndata: {"step": "decide", "answer": {"id": "1f2e3d4c5b6a7988"}}\n\n'
_INFO = {"name": "first questions", "guideline": "3: answers it", "queries": 1, "drafts": 0, "judgements": 1, "at": "2026-11-02T09:00:00Z", "actor": "ada"}
SETS = {"sets": [{**_INFO, "after_sync": False}]}
_QUERY = {"id": "q1", "text": "ketamine and depression", "need": "", "tags": [], "answerable": True, "synthetic": False, "draft": False, "origin": {}}
SET: dict[str, Any] = {"set": "first questions", "guideline": "3: answers it", "queries": [_QUERY]}
GRADED = {"query": "q1", "review": ID, "grade": 3, "reason": ""}
JUDGEMENT = {"query": "q1", "review_id": ID, "grade": 3, "judge": "ada", "anchor": None, "reason": "", "adjudicated": False, "at": "2026-11-02T09:30:00Z"}
JUDGEMENTS = {"set": "first questions", "judgements": [JUDGEMENT]}
RUN: dict[str, Any] = {
    "id": "2026-11-02-2f3a1b4c5",
    "set_name": "first questions",
    "config": "default",
    "config_hash": "5f0c",
    "revision": 1,
    "reason": "asked",
    "at": "2026-11-02T10:00:00Z",
    "document": {"measures": {"nDCG@10": 0.71}},
}
RUNS = {"start": 0, "total": 1, "runs": [RUN]}
