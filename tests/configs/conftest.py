"""A small home of five records, commands run in this process, and models made on the spot: nothing here needs a model hub."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from index import packaged_folder
from tests.conftest import SAMPLE
from ui.cli.main import main
from ui.engine import LocalEngine
from ui.settings import Settings
from ui.wiring import Workshop, open_library

RECORDS = sorted(SAMPLE.glob("*.md"))[:5]


@dataclass(frozen=True)
class Done:
    """What a command did."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


Command = Callable[..., Done]


def _environment(patch: pytest.MonkeyPatch, models: Path) -> None:
    for name in [name for name in os.environ if name.startswith("FLORILEGIUM_")]:
        patch.delenv(name)
    patch.setenv("FLORILEGIUM_MODELS", str(models))


@pytest.fixture(scope="module")
def synced_home(tmp_path_factory: pytest.TempPathFactory, encoder: object, models_folder: Path) -> Path:
    """A synced home, not to be changed."""
    home = tmp_path_factory.mktemp("small") / "home"
    with pytest.MonkeyPatch.context() as patch:
        _environment(patch, models_folder)
        assert main(["--home", str(home), "import", *map(str, RECORDS)]) == 0
        assert main(["--home", str(home), "sync"]) == 0
    return home


@pytest.fixture
def home(synced_home: Path, tmp_path: Path) -> Path:
    """A copy of it."""
    return Path(shutil.copytree(synced_home, tmp_path / "home"))


@pytest.fixture
def command(home: Path, models_folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Command:
    """Run a command on the home."""
    _environment(monkeypatch, models_folder)

    def call(*words: str) -> Done:
        capsys.readouterr()
        code = main(["--home", str(home), *words])
        return Done(code, *capsys.readouterr())

    return call


@pytest.fixture
def engine(home: Path, models_folder: Path) -> Iterator[LocalEngine]:
    """The home's search data, owned by this process."""
    settings = Settings(home=home, models=models_folder)
    library = open_library(settings)
    opened = LocalEngine(Workshop(settings, library).open(patience=1))
    yield opened
    opened.close()
    library.close()


def small_model(folder: Path, *, pooling: str = "mean", seed: int = 0) -> Path:
    """A sentence-transformers model with random weights and the packaged model's words."""
    import torch
    from transformers import BertConfig, BertModel

    shutil.copytree(packaged_folder(), folder, ignore=shutil.ignore_patterns("*.safetensors", "*.onnx", "*.bin"))
    torch.manual_seed(seed)
    words = json.loads((packaged_folder() / "config.json").read_text())["vocab_size"]
    size = {"hidden_size": 32, "num_hidden_layers": 1, "num_attention_heads": 2, "intermediate_size": 64}
    BertModel(BertConfig(vocab_size=words, max_position_embeddings=128, **size)).save_pretrained(folder)
    (folder / "sentence_bert_config.json").write_text(json.dumps({"max_seq_length": 96, "do_lower_case": False}))
    modes = {"cls": "pooling_mode_cls_token", "mean": "pooling_mode_mean_tokens", "max": "pooling_mode_max_tokens"}
    pools = {mode: name == pooling for name, mode in modes.items()}
    (folder / "1_Pooling" / "config.json").write_text(json.dumps({"word_embedding_dimension": 32, **pools}))
    return folder


def small_cross_encoder(folder: Path, seed: int = 0) -> Path:
    """A cross-encoder with random weights and the packaged model's words."""
    import torch
    from transformers import AutoTokenizer, BertConfig, BertForSequenceClassification

    torch.manual_seed(seed)
    tokenizer = AutoTokenizer.from_pretrained(packaged_folder(), local_files_only=True)
    size = {"hidden_size": 32, "num_hidden_layers": 1, "num_attention_heads": 2, "intermediate_size": 64, "num_labels": 1}
    BertForSequenceClassification(BertConfig(vocab_size=len(tokenizer), **size)).save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder
