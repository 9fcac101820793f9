"""The look shared by all Gradio pages: system fonts only, nothing fetched from elsewhere, light and dark."""

from __future__ import annotations

from pathlib import Path

import gradio as gr

from ui.texts import said

_FONT = ("system-ui", "-apple-system", "Segoe UI", "DejaVu Sans", "sans-serif")
_MONO = ("ui-monospace", "DejaVu Sans Mono", "monospace")

_FILES = Path(__file__).parent / "files"
#: Style and script of the pages. As part of the head, since Gradio confines what it takes as `css` to its own container.
HEAD = "\n".join(
    [f"<style>{(_FILES / name).read_text(encoding='utf-8')}</style>" for name in ("ask.css", "library.css")]
    + [f"<script>{(_FILES / name).read_text(encoding='utf-8')}</script>" for name in ("ask.js", "library.js")]
)

_PAGES = (
    ("ask", "/", "site.page_ask"),
    ("conversations", "/conversations", "site.page_conversations"),
    ("library", "/library", "site.page_library"),
    ("lists", "/lists", "site.page_lists"),
    ("notes", "/notes", "site.page_notes"),
    ("digest", "/digest", "site.page_digest"),
    ("curate", "/curate", "site.page_curate"),
    ("lab", "/lab", "site.page_lab"),
)


def header(current: str) -> str:
    """The head of every page, with the way to the others; `current` is the name of one of them."""
    links = "".join(f'<a href="{path}"{" aria-current=page" if name == current else ""}>{said(key)}</a>' for name, path, key in _PAGES)
    return f'<div id="fl-head"><div><h1>Florilegium</h1><p>{said("site.tagline")}</p></div><nav aria-label="{said("site.pages")}">{links}</nav></div>'


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
