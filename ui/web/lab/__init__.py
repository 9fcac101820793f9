"""The lab in the browser: the page with its tabs, the judging page, and the files they lead to."""

from ui.web.lab.files import Reports, lab_pages
from ui.web.lab.judge_page import judge_pages
from ui.web.lab.page import lab_page

__all__ = ["Reports", "judge_pages", "lab_page", "lab_pages"]
