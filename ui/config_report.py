"""What `config list` and `config show` print as JSON."""

from __future__ import annotations

from typing import Any

from corpus import FlorilegiumError, Library
from index import SearchConfig
from ui.configurations import Configuration, Configurations


def list_report(configurations: Configurations, library: Library) -> dict[str, Any]:
    """{active, rollback, revision, configs, indexes}: `rollback` is what a rollback would put in force, or None."""
    found, bad = configurations.all()
    rows = [_row(configurations, library, each) for each in found]
    rows += [{"name": name, "error": str(error)} for name, error in bad.items()]
    users: dict[str, list[str]] = {}
    for each in found:
        users.setdefault(each.search.spec.folder, []).append(each.name)
    indexes = [
        {
            "index": standing.name,
            "spec_hash": standing.spec_hash,
            "configs": users.get(standing.name, []),
            "revision": standing.revision,
            "records": standing.records,
            "passages": standing.passages,
            "bytes": standing.size,
        }
        for standing in configurations.indexes.standings()
    ]
    return {
        "active": configurations.active_name(),
        "rollback": library.configs.former(),
        "revision": library.revision(),
        "configs": rows,
        "indexes": indexes,
    }


def show_report(configurations: Configurations, library: Library, name: str | None) -> dict[str, Any]:
    """One configuration with every setting, its default, where its models lie, and when it was promoted."""
    chosen = configurations.get(name)
    return _row(configurations, library, chosen) | {
        "settings": _flat(chosen.search),
        "defaults": _flat(configurations.default().search),
        "folders": dict(chosen.folders),
        "saved_hash": chosen.saved_hash or chosen.search.hash,
        "promotions": [promotion._asdict() for promotion in library.configs.promotions() if promotion.config == chosen.name],
    }


def _row(configurations: Configurations, library: Library, chosen: Configuration) -> dict[str, Any]:
    standing = configurations.standing_of(chosen)
    settings, defaults = _flat(chosen.search), _flat(configurations.default().search)
    row: dict[str, Any] = {
        "name": chosen.name,
        "hash": chosen.search.hash,
        "spec_hash": chosen.search.spec.hash,
        "index": chosen.search.spec.folder,
        "at": chosen.at,
        "active": chosen.name == configurations.active_name(),
        "built": standing is not None and standing.built,
        "revision": standing.revision if standing else -1,
        "in_step": standing is not None and standing.in_step(library.uid(), library.revision()),
        "changed": {key: value for key, value in settings.items() if value != defaults[key]},
        "problem": "",
    }
    try:
        configurations.usable(chosen)
    except FlorilegiumError as error:
        row["problem"] = str(error)
    return row


def _flat(search: SearchConfig) -> dict[str, Any]:
    """Every setting by its name, as `--set` takes it."""
    table = search.model_dump(mode="json")
    return {**table.pop("spec"), **table}
