"""Configurations by the command line: kept for good, built beside each other, put in force and taken back."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

import pytest

from corpus import Library, Status
from tests.configs.conftest import Command

QUERY = "ketamine for depression"


def built_folders(home: Path) -> list[str]:
    return sorted(path.parent.name for path in (home / "index").glob("*/state.sqlite"))


def withdraw(home: Path) -> str:
    library = Library(f"sqlite:///{home / 'library.sqlite'}")
    gone = next(library.iterate()).id
    library.set_status(gone, Status.WITHDRAWN)
    library.close()
    return gone


def test_default_is_always_there_and_in_force(command: Command) -> None:
    report = command("config", "list", "--json").json
    assert (report["active"], report["rollback"]) == ("default", None)
    (row,) = report["configs"]
    assert (row["name"], row["active"], row["built"], row["in_step"], row["changed"]) == ("default", True, True, True, {})
    assert report["indexes"][0]["configs"] == ["default"]
    assert "default" in command("config", "list").out
    assert command("config", "create", "default").code == 2
    nothing = command("config", "rollback")
    assert (nothing.code, nothing.err.count("\n")) == (2, 1)


def test_a_created_configuration_shares_the_index_and_says_what_it_changed(command: Command, home: Path) -> None:
    made = command("config", "create", "words", "--set", "lexical_weight=1", "--set", "dense_weight=0", "--json").json
    assert made["changed"] == {"lexical_weight": 1.0, "dense_weight": 0.0}
    default = command("config", "show", "default", "--json").json
    assert (made["index"], made["built"], made["in_step"]) == (default["index"], True, True)
    assert made["hash"] != default["hash"]
    derived = command("config", "create", "more", "--from", "words", "--set", "smoothing=0", "--json").json
    assert set(derived["changed"]) == {"lexical_weight", "dense_weight", "smoothing"}
    assert command("config", "create", "words", "--set", "lexical_weight=1", "--set", "dense_weight=0").code == 0  # the same again
    assert command("config", "create", "words", "--set", "smoothing=0.1").code == 2
    assert len(built_folders(home)) == 1
    shown = command("config", "show", "words")
    assert "dense_weight" in shown.out
    assert "in step" in shown.out


def test_results_and_answers_say_which_configuration_and_revision_made_them(command: Command) -> None:
    made = command("config", "create", "words", "--set", "dense_weight=0", "--json").json
    result = command("search", QUERY, "--config", "words", "--json").json
    assert (result["config"], result["config_hash"]) == ("words", made["hash"])
    assert {(hit["config"], hit["config_hash"], hit["revision"]) for hit in result["hits"]} == {("words", made["hash"], result["revision"])}
    answer = command("ask", "How does ketamine act in depression?", "--config", "words", "--model", "quotes", "--json").json
    assert (answer["config"], answer["config_hash"]) == ("words", made["hash"])
    why = command("why", QUERY, result["hits"][0]["review_id"], "--config", "words", "--json").json
    assert (why["config"], why["config_hash"], why["rank"]) == ("words", made["hash"], 1)


def test_another_index_is_built_beside_promoted_and_rolled_back(command: Command, home: Path) -> None:
    made = command("config", "create", "short", "--set", "passage_tokens=40", "--set", "fields=summary,findings", "--json").json
    assert not made["built"]
    refused = command("config", "promote", "short")
    assert (refused.code, refused.err.count("\n")) == (3, 1)
    assert "florilegium sync --config short" in refused.err
    assert "sync --config short" in command("search", QUERY, "--config", "short").err
    report = command("sync", "--config", "short", "--json").json
    assert (report["config"], report["config_hash"], report["others"]) == ("short", made["hash"], [])
    assert len(built_folders(home)) == 2
    assert {hit["field"].partition("[")[0] for hit in command("search", QUERY, "--config", "short", "--json").json["hits"]} <= {"summary", "findings"}
    assert command("search", QUERY, "--json").json["config"] == "default"

    assert command("config", "promote", "short", "--json").json == {"active": "short", "hash": made["hash"], "before": "default"}
    assert command("search", QUERY, "--json").json["config"] == "short"
    assert command("config", "list", "--json").json["rollback"] == "default"
    gone = withdraw(home)
    behind = command("config", "rollback")
    assert behind.code == 3
    assert "florilegium sync --config default" in behind.err
    assert command("search", QUERY, "--json").json["config"] == "short"

    both = command("sync", "--json").json
    assert [both["config"], *(other["config"] for other in both["others"])] == ["short", "default"]
    assert both["passages"]["removed"] > 0 < both["others"][0]["passages"]["removed"]
    assert command("config", "rollback", "--json").json["active"] == "default"
    assert command("config", "rollback", "--json").json["active"] == "short"  # the formerly promoted one is the one just left
    hits = command("search", QUERY, "-k", "20", "--json").json["hits"]
    assert gone not in {hit["review_id"] for hit in hits}


def test_an_index_not_in_force_is_removed_and_nothing_a_person_made_with_it(command: Command, home: Path) -> None:
    command("config", "create", "short", "--set", "passage_tokens=40")
    total = command("sync", "--config", "short", "--json").json["passages"]["total"]
    listed = command("config", "list", "--json").json["indexes"]
    name = next(row["index"] for row in listed if row["configs"] == ["short"])
    assert command("config", "remove-index", "default").code == 2
    assert command("config", "remove-index", "no-such").code == 2
    assert command("config", "remove-index", name, "--json").json["configs"] == ["short"]
    assert name not in built_folders(home)
    assert command("config", "show", "short", "--json").json["built"] is False
    assert command("doctor").code == 0
    assert command("search", QUERY, "--json").json["hits"]
    assert command("sync", "--json").json["others"] == []  # what was removed is not made again unasked
    assert command("sync", "--config", "short", "--json").json["passages"]["total"] == total
    assert command("config", "remove-index", "short").code == 0


def test_a_configuration_saved_under_older_settings_loads_or_says_one_clear_line(command: Command, home: Path) -> None:
    made = command("config", "create", "old", "--set", "smoothing=0.25", "--json").json
    with sqlite3.connect(home / "library.sqlite") as connection:
        document = json.loads(connection.execute("SELECT document FROM search_config WHERE name = 'old'").fetchone()[0])
        for key in ("reranker", "reranker_sha256", "rerank_depth", "rerank_weight"):
            del document[key]
        rows = [("older", "x" * 64, made["at"], json.dumps(document)), ("oldest", "y" * 64, made["at"], json.dumps({**document, "wings": 2}))]
        connection.executemany("INSERT INTO search_config (name, hash, at, document) VALUES (?, ?, ?, ?)", rows)
    connection.close()
    assert command("config", "show", "older", "--json").json["hash"] == made["hash"]
    assert command("config", "show", "older", "--json").json["saved_hash"] == "x" * 64
    assert command("search", QUERY, "--config", "older", "--json").json["hits"]
    refused = command("search", QUERY, "--config", "oldest")
    assert (refused.code, refused.err.count("\n")) == (3, 1)
    assert "wings" in refused.err
    listed = {row["name"]: row for row in command("config", "list", "--json").json["configs"]}
    assert "wings" in listed["oldest"]["error"]
    assert command("sync").code == 0


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["create", "a b"], 2),
        (["create", "../x"], 2),
        (["create", ""], 2),
        (["create", "x", "--set", "colour=red"], 2),
        (["create", "x", "--set", "smoothing=2"], 2),
        (["create", "x", "--set", "weights_sha256=00"], 2),
        (["create", "x", "--set", "model=/no/such/model"], 3),
        (["create", "x", "--set", "reranker=/no/such/reranker"], 3),
        (["create", "x", "--set", "reranker=cross-encoder/ms-marco-MiniLM-L6-v2"], 3),
        (["create", "x", "--from", "none-such"], 2),
        (["show", "none-such"], 2),
        (["promote", "none-such"], 2),
    ],
)
def test_what_is_wrong_is_said_in_one_line_and_nothing_is_kept(command: Command, words: list[str], code: int) -> None:
    done = command("config", *words)
    assert (done.code, done.out, done.err.count("\n")) == (code, "", 1), done
    assert [row["name"] for row in command("config", "list", "--json").json["configs"]] == ["default"]
