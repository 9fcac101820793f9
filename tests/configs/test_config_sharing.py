"""Configurations at work in one owner: a sweep embeds nothing, another index is built while searches go on, models are named by folder."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from itertools import product
from pathlib import Path

import pytest

from corpus import Status
from index import EmbeddingModel, Encoder
from tests.configs.conftest import Command, small_model
from ui.engine import LocalEngine
from ui.web.follower import Follower
from ui.web.works import Works

QUERY = "psychedelic therapy and its harms"


def test_a_sweep_over_fifty_weightings_embeds_nothing_and_builds_nothing(engine: LocalEngine, home: Path) -> None:
    configurations = engine.workshop.configurations
    orders = set()
    for number, (dense, smoothing) in enumerate(product(range(10), range(5))):
        name = f"sweep-{number}"
        configurations.create(name, {"dense_weight": str(dense / 9), "lexical_weight": str(1 - dense / 9), "smoothing": str(smoothing / 4)})
        report = engine.sync(name)
        assert (report["passages"]["embedded"], report["passages"]["removed"]) == (0, 0)
        result = engine.search(QUERY, 5, [], name)
        assert result["config"] == name
        orders.add(tuple(hit["review_id"] for hit in result["hits"]))
    assert len(orders) > 2
    assert len(list((home / "index").glob("*/state.sqlite"))) == 1
    assert len({each.search.hash for each in configurations.all()[0]}) == 51


def test_searches_under_the_active_one_go_on_while_another_index_is_built(engine: LocalEngine) -> None:
    engine.workshop.configurations.create("short", {"passage_tokens": "60", "title_rule": "none"})
    expected = [hit["review_id"] for hit in engine.search(QUERY, 10, [], None)["hits"]]
    done = threading.Event()
    failures: list[BaseException] = []
    searched = 0

    def build() -> None:
        try:
            engine.sync("short")
        except BaseException as error:
            failures.append(error)
        finally:
            done.set()

    builder = threading.Thread(target=build)
    builder.start()
    while not done.is_set():
        assert [hit["review_id"] for hit in engine.search(QUERY, 10, [], None)["hits"]] == expected
        searched += 1
    builder.join()
    assert failures == []
    assert searched > 3
    assert engine.search(QUERY, 10, [], "short")["hits"]


@pytest.fixture
def followed(engine: LocalEngine) -> Iterator[LocalEngine]:
    follower = Follower(Works(engine))
    follower.start()
    yield engine
    follower.stop()


def test_a_live_serve_keeps_every_built_index_in_step_and_follows_a_promotion(followed: LocalEngine) -> None:
    engine, configurations = followed, followed.workshop.configurations
    configurations.create("short", {"passage_tokens": "60"})
    configurations.create("unbuilt", {"passage_tokens": "30"})
    engine.sync("short")
    engine.library.set_status(next(engine.library.iterate()).id, Status.WITHDRAWN)
    wait_until(lambda: not engine.behind())
    uid, revision = engine.library.uid(), engine.library.revision()
    for name in ("default", "short"):
        standing = configurations.standing_of(configurations.get(name))
        assert standing is not None
        assert standing.in_step(uid, revision)
    assert configurations.standing_of(configurations.get("unbuilt")) is None
    configurations.promote("short")
    assert engine.search(QUERY, 3, [], None)["config"] == "short"
    configurations.rollback()
    assert engine.search(QUERY, 3, [], None)["config"] == "default"


def wait_until(true: Callable[[], bool], seconds: float = 30) -> None:
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_the_library_cannot_change_between_the_look_and_the_promotion(engine: LocalEngine) -> None:
    library = engine.library
    engine.workshop.configurations.create("words", {"dense_weight": "0"})
    before, seen = library.revision(), []
    changing = threading.Thread(target=lambda: library.set_status("2022-harm-related-recreational", Status.WITHDRAWN))

    def look(uid: str, revision: int) -> None:
        changing.start()
        changing.join(0.3)
        seen.append((uid, revision, changing.is_alive()))

    library.configs.promote("words", look)
    changing.join()
    assert seen == [(library.uid(), before, True)]
    assert library.revision() == before + 1
    assert library.configs.active() == "words"


@pytest.mark.parametrize("pooling", ["mean", "cls"])
def test_another_embedding_model_is_named_by_its_folder(command: Command, tmp_path: Path, models_folder: Path, pooling: str) -> None:
    folder = small_model(tmp_path / "tiny-model", pooling=pooling)
    made = command("config", "create", "tiny", "--set", f"model={folder}", "--json")
    assert made.code == 0, made.err
    assert (made.json["settings"]["model"], made.json["settings"]["token_limit"], made.json["settings"]["pooling"]) == ("tiny-model", 96, pooling)
    assert command("sync", "--config", "tiny", "--json").json["passages"]["embedded"] > 5
    hits = command("search", QUERY, "--config", "tiny", "--json").json["hits"]
    assert len(hits) == 5
    assert hits[0]["legs"]["dense"] is not None
    assert command("search", QUERY, "--json").json["config"] == "default"

    model = EmbeddingModel(folder, models_folder)
    by_query, in_bulk = Encoder(model).query.encode([QUERY, "a"]), Encoder(model)._bulk.encode([QUERY, "a"])
    assert (by_query * in_bulk).sum(1).min() > 0.9999

    weights = folder / "model.safetensors"
    moved = weights.rename(tmp_path / "elsewhere")
    gone = command("search", QUERY, "--config", "tiny")
    assert (gone.code, gone.err.count("\n")) == (3, 1)
    assert str(folder) in gone.err
    assert command("sync").code == 0  # the active one is not held up by it
    assert command("config", "list", "--json").json["configs"][1]["problem"]
    weights.write_bytes(moved.read_bytes()[:-4] + b"\0\1\2\3")
    exchanged = command("search", QUERY, "--config", "tiny")
    assert (exchanged.code, "exchanged" in exchanged.err) == (3, True)
    (models_folder / "onnx" / f"{made.json['settings']['weights_sha256']}{'' if pooling == 'mean' else '-cls'}-tokens.onnx").unlink()


def test_a_model_that_pools_in_an_unknown_way_is_refused(command: Command, tmp_path: Path) -> None:
    refused = command("config", "create", "x", "--set", f"model={small_model(tmp_path / 'm', pooling='max')}")
    assert (refused.code, refused.err.count("\n")) == (3, 1)
    assert "pools by max" in refused.err
