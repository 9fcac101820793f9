"""The digest on its way out: as a page, Markdown, mail and feed, and the sending of it."""
