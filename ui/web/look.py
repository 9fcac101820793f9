"""The look shared by all Gradio pages: system fonts only, nothing fetched from elsewhere, light and dark."""

from __future__ import annotations

import re
from pathlib import Path

import gradio as gr

from ui.texts import said
from ui.web.heading import heading_mark

_FONT = ("system-ui", "-apple-system", "Segoe UI", "DejaVu Sans", "sans-serif")
_MONO = ("ui-monospace", "DejaVu Sans Mono", "monospace")

_FILES = Path(__file__).parent / "files"
#: Style and script of the pages. As part of the head, since Gradio confines what it takes as `css` to its own container.
HEAD = "\n".join(
    [f"<style>{(_FILES / name).read_text(encoding='utf-8')}</style>" for name in ("ask.css", "library.css", "talks.css")]
    + [f"<script>{(_FILES / name).read_text(encoding='utf-8')}</script>" for name in ("ask.js", "library.js", "talks.js")]
)
#: The scripts among it, as Gradio puts them into its pages: the pages' policy knows them by their hashes.
SCRIPTS = tuple(re.findall(r"<script>(.*?)</script>", HEAD, re.DOTALL))


def header(current: str) -> str:
    """The head of a Gradio page, with the way to the others; `current` is the name of one of them.

    A page is made once for everybody: which pages there are for whoever asks, and who that is, is put in as it goes out (ui/web/language.py).
    """
    return f'<div id="fl-head"><div><h1>Florilegium</h1><p>{said("site.tagline")}</p></div>{heading_mark(current)}</div>'


def theme() -> gr.themes.Base:
    """Paper and wine red."""
    wine = gr.themes.Color("#faf1f2", "#f4e0e3", "#e9c3c9", "#d99aa4", "#c26b79", "#a34655", "#7a2e3a", "#65242f", "#4f1c25", "#3d161d", "#2a0f14", name="wine")
    stone = gr.themes.Color(
        "#fbfaf7", "#f4f1ea", "#e6e1d6", "#d2ccbf", "#a8a296", "#6f695e", "#645f56", "#4a463f", "#312e29", "#23211d", "#171613", name="stone"
    )
    base = gr.themes.Base(primary_hue=wine, secondary_hue=stone, neutral_hue=stone, font=_FONT, font_mono=_MONO, radius_size="sm")
    return base.set(
        body_background_fill="*neutral_50",
        body_background_fill_dark="#1b1a18",
        background_fill_primary="#ffffff",
        background_fill_primary_dark="#23211d",
        background_fill_secondary="*neutral_50",
        background_fill_secondary_dark="#1b1a18",
        block_background_fill="*background_fill_primary",
        border_color_primary="*neutral_200",
        border_color_primary_dark="#3a3833",
        button_primary_background_fill="*primary_600",
        button_primary_background_fill_hover="*primary_700",
        button_primary_background_fill_dark="#8f3b49",
        button_primary_text_color="white",
        body_text_color_subdued="*neutral_600",
        body_text_color_subdued_dark="#cbc5b9",
        link_text_color="*primary_600",
        link_text_color_dark="#e39aa5",
    )
