"""The Admin page: the state of the search data, jobs, and accounts."""

from ui.web.admin.page import admin_page

__all__ = ["admin_page"]
