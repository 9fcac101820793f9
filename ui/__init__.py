"""ui: every way in (web pages, command line), the settings, and the one place where parts are wired.

Holds no logic that a test without a screen would miss. May import every other room.
"""
