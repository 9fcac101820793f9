"""Plots, drawn by plotly in the browser from what this server sends; each stands beside a table that says the same. The one file that imports it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

_WINE, _SLATE, _GREY = "#a34655", "#3f6f8f", "#8a857a"
_COLOURS = (_WINE, _SLATE, "#6b7d3a", "#8a6bb0", "#b8862f", "#3f8f7c")
_LONGEST = 60  # characters of a query


def differences_plot(measure: str, names: tuple[str, str], per_query: Mapping[str, float], texts: Mapping[str, str]) -> Any:
    """A bar for each query, the largest gain first: how much better (above) or worse (below) B is than A."""
    import plotly.graph_objects as go

    rows = sorted(per_query.items(), key=lambda pair: -pair[1])
    bars = go.Bar(
        x=list(range(1, len(rows) + 1)),
        y=[value for _, value in rows],
        marker_color=[_SLATE if value > 0 else _WINE if value < 0 else _GREY for _, value in rows],
        customdata=[texts.get(key, key)[:_LONGEST] for key, _ in rows],
        hovertemplate="%{customdata}<br>%{y:+.3f}<extra></extra>",
    )
    return _plain(go.Figure(bars), f"{measure}: {names[1]} − {names[0]}")


def trend_plot(measure: str, points: Sequence[Mapping[str, Any]]) -> Any:
    """A measure over time, a line for each configuration, with its 95 % interval."""
    import plotly.graph_objects as go

    drawn = go.Figure()
    for at, config in enumerate(dict.fromkeys(point["config"] for point in points)):
        own = [point for point in points if point["config"] == config]
        spans = [point["interval"] or (point["mean"], point["mean"]) for point in own]
        error = {
            "type": "data",
            "symmetric": False,
            "array": [span[1] - point["mean"] for point, span in zip(own, spans, strict=True)],
            "arrayminus": [point["mean"] - span[0] for point, span in zip(own, spans, strict=True)],
            "thickness": 1,
        }
        x, y, colour = [point["at"] for point in own], [point["mean"] for point in own], _COLOURS[at % len(_COLOURS)]
        drawn.add_scatter(x=x, y=y, error_y=error, mode="lines+markers", name=config, line_color=colour)
    return _plain(drawn, measure)


def _plain(drawn: Any, title: str) -> Any:
    """No background of its own and grey lines, so that it can be read on light and on dark pages."""
    drawn.update_layout(
        title={"text": title, "font_size": 14},
        height=320,
        margin={"l": 50, "r": 15, "t": 60, "b": 45},
        paper_bgcolor="rgba(0,0,0,0)",
        plot_bgcolor="rgba(0,0,0,0)",
        font={"color": _GREY, "family": "system-ui, sans-serif"},
        legend={"orientation": "h", "y": 1.12},
        template=None,
    )
    lines = {"gridcolor": "rgba(138,133,122,.25)", "zerolinecolor": "rgba(138,133,122,.8)"}
    drawn.update_xaxes(**lines)
    drawn.update_yaxes(**lines)
    return drawn
