"""A comparison as a page of its own, which needs nothing else to be read, and as CSV."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from corpus.exporting.table import guarded

if TYPE_CHECKING:
    from jinja2 import Template

_WIDTH, _HEIGHT, _MARGIN, _HALF = 900, 220, 46, 100
_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
#: Queries whose rankings the page lays side by side; the CSV has all.
_SHOWN_QUERIES = 60


def report_html(report: Mapping[str, Any], title: str = "") -> str:
    """The page: tables, words, a plot of the differences by query (SVG, with the same figures in a table), and the rankings side by side."""
    pairs = [{"letter": "B", "b": report["b"], "measures": report["measures"]}]
    pairs += [{"letter": letter, **other} for letter, other in zip(_LETTERS[2:], report["others"], strict=False)]
    first = next(iter(report["measures"]))
    return _template().render(
        report=report,
        title=title or f"{' and '.join(side['name'] for side in report['sides'])} on {report['set']}",
        sides=list(zip(_LETTERS, report["sides"], strict=False)),
        letters=_LETTERS[: len(report["sides"])],
        pairs=[pair | {"plot": _plot(pair["measures"][first]["per_query"])} for pair in pairs],
        measure=first,
        changes=dict(list(report["changes"].items())[:_SHOWN_QUERIES]),
        version=version("florilegium"),
        at=datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC"),
    )


def report_csv(report: Mapping[str, Any]) -> str:
    """A line for each measure, query and run compared with A, and one for each mean: measure, query, text, a, b, difference."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(["set", "measure", "query", "text", "a", "b", "mean_a", "mean_b", "difference", "p", "p_holm", "p_t"])
    texts = report["texts"]
    for b, table in [(report["b"], report["measures"]), *((other["b"], other["measures"]) for other in report["others"])]:
        for name, row in table.items():
            head = [guarded(report["set"]), name]
            means = [row["mean_a"], row["mean_b"], row["difference"], row["p_value"], row["p_value_holm"], row["p_value_t"]]
            writer.writerow([*head, "", "", report["a"], b, *means])
            for query_id, value in row["per_query"].items():
                writer.writerow([*head, guarded(query_id), guarded(texts.get(query_id, "")), report["a"], b, "", "", value, "", "", ""])
    return out.getvalue()


def _plot(per_query: Mapping[str, float]) -> dict[str, Any]:
    """Bars by query, largest gain first: {bars: [{x, y, width, height, gain, label}], width, height, top, most}."""
    ordered = sorted(per_query.items(), key=lambda pair: (-pair[1], pair[0]))
    most = max((abs(value) for _, value in ordered), default=0.0) or 1.0
    step = (_WIDTH - _MARGIN) / max(1, len(ordered))
    bars = []
    for place, (query_id, value) in enumerate(ordered):
        tall = _HALF * abs(value) / most
        top = _HALF + 10 - (tall if value > 0 else 0)
        at = {"x": round(_MARGIN + place * step, 2), "y": round(top, 2), "width": round(max(0.4, step * 0.85), 2), "height": round(tall, 2)}
        bars.append(at | {"gain": value > 0, "label": f"{query_id}: {value:+.4f}"})
    return {"bars": bars, "width": _WIDTH, "height": _HEIGHT, "zero": _HALF + 10, "margin": _MARGIN, "most": most, "queries": _extremes(ordered)}


def _extremes(ordered: Sequence[tuple[str, float]]) -> list[tuple[str, float]]:
    """The ten greatest gains and the ten greatest losses: the plot in figures."""
    gains = [pair for pair in ordered[:10] if pair[1] > 0]
    return gains + [pair for pair in ordered[-10:] if pair[1] < 0]


@cache
def _template() -> Template:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    folder = Path(__file__).parent.parent / "web" / "templates"
    found = Environment(loader=FileSystemLoader(folder), autoescape=True, trim_blocks=True, lstrip_blocks=True, undefined=StrictUndefined)
    return found.get_template("comparison.html")
