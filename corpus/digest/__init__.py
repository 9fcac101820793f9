"""The digest: what came in or changed in a stretch of revisions, the issues made of it, who gets them, and which mails have gone."""

from corpus.digest.changes import KINDS, STANDING, Digest, Entry, changes_since, revision_before
from corpus.digest.issues import Issue, Issues
from corpus.digest.mails import Mail, Mails
from corpus.digest.subscribers import Subscriber, Subscribers

__all__ = [
    "KINDS",
    "STANDING",
    "Digest",
    "Entry",
    "Issue",
    "Issues",
    "Mail",
    "Mails",
    "Subscriber",
    "Subscribers",
    "changes_since",
    "revision_before",
]
