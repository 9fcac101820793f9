"""The librarian's page: what comes in, what is twice there, the words of the catalogue, and what is missing."""

from ui.web.curation.page import curation_page

__all__ = ["curation_page"]
