"""`doctor`: looks at everything, says what it found, and mends what machines made."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING, Any

from corpus import FlorilegiumError

if TYPE_CHECKING:
    from index.sync import Progress
    from ui.configurations import Configuration
    from ui.wiring import Workshop


def examine(workshop: Workshop, *, rebuild: bool, progress: Progress | None = None) -> list[dict[str, Any]]:
    """Check library, models and search data; with `rebuild` the search data is made anew. Findings as {check, ok, detail, remedy}."""
    found: list[dict[str, Any]] = []

    def note(check: str, ok: bool, detail: str, remedy: str = "") -> None:
        found.append({"check": check, "ok": ok, "detail": detail, "remedy": remedy})

    library = workshop.library
    fault = library.integrity()
    note("library", not fault, fault or f"{library.count()} records at revision {library.revision()}", "Restore a backup" if fault else "")
    try:
        model = workshop.configurations.packaged_model
        note("embedding model", True, f"{model.name}, sha256 {model.sha256[:12]}…")
        exported = workshop.encoder.query.exported
        note("query encoder", exported, "exported" if exported else "not exported yet", "" if exported else "`florilegium sync` makes it")
        _examine_index(workshop, note, rebuild=rebuild, progress=progress)
    except FlorilegiumError as error:
        note("search data", False, str(error), error.remedy)
    from assistant.models import CATALOGUE, installed_path

    for entry in CATALOGUE:
        try:
            path = installed_path(entry, workshop.settings.models)
        except FlorilegiumError as error:
            note(f"language model {entry.name}", False, error.message, error.remedy)
            continue
        note(f"language model {entry.name}", True, str(path) if path else "not installed: answers are quotes", "" if path else "`florilegium model install`")
    free = shutil.disk_usage(workshop.settings.home).free
    note("disk", free > 500_000_000, f"{free / 1e9:.1f} GB free", "" if free > 500_000_000 else "Make room: a sync needs some")
    return found


def _examine_index(workshop: Workshop, note: Any, *, rebuild: bool, progress: Progress | None) -> None:
    active = workshop.config()
    if rebuild:
        workshop.rebuild(active.search.spec)
    if workshop.built(active.search.spec).state.revision < 0 and not rebuild:
        note("search data", False, "not made yet", "Run `florilegium sync`")
    else:
        note("search data", True, _mend(workshop, active, progress))
    for other in workshop.configurations.built():
        if other.search.spec != active.search.spec:
            try:
                note(f"search data of {other.name}", True, _mend(workshop, other, progress))
            except FlorilegiumError as error:
                note(f"search data of {other.name}", False, error.message, error.remedy)


def _mend(workshop: Workshop, chosen: Configuration, progress: Progress | None) -> str:
    """Compare all ids, mend what differs, sync; says what was found and done."""
    syncer = workshop.syncer(chosen)
    differences = syncer.compare()
    mended = syncer.repair(differences, progress) if differences else 0
    report = syncer.sync(progress)
    detail = f"{report.total} passages of {report.reviews} records under {chosen.name!r}, in step with revision {report.revision}"
    return f"{detail}; {mended} differences mended: {differences}" if mended else detail
