"""The LangChain retriever passes LangChain's own suite on a real home, and the examples of docs/python.md run."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from langchain_core.retrievers import BaseRetriever
from langchain_tests.integration_tests import RetrieversIntegrationTests

from assistant.retriever import FlorilegiumRetriever
from tests.configs.conftest import Command
from tests.conftest import ROOT, SAMPLE
from ui.home import Home, open_home

QUERY = "psychedelic therapy for depression"
EXAMPLES = re.findall(r"```python\n(.*?)```", (ROOT / "docs" / "python.md").read_text(encoding="utf-8"), re.DOTALL)


@pytest.fixture(scope="module")
def opened(synced_home: Path, models_folder: Path) -> Iterator[Home]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("FLORILEGIUM_MODELS", str(models_folder))
        home = open_home(synced_home)
    yield home
    home.close()


class TestFlorilegiumRetriever(RetrieversIntegrationTests):
    """LangChain's standard tests."""

    @pytest.fixture(autouse=True)
    def _with_home(self, opened: Home) -> None:
        self.home = opened

    @property
    def retriever_constructor(self) -> type[BaseRetriever]:
        return FlorilegiumRetriever

    @property
    def retriever_constructor_params(self) -> dict[str, Any]:
        return {"data": self.home}

    @property
    def retriever_query_example(self) -> str:
        return QUERY


def test_a_document_is_a_passage_with_its_address_and_what_every_leg_said(opened: Home) -> None:
    documents = opened.retriever(k=4).invoke(QUERY)
    hits = opened.search(QUERY, 4)["hits"]
    assert [document.metadata["review_id"] for document in documents] == [hit["review_id"] for hit in hits]
    for document in documents:
        where = document.metadata
        record = opened.get(where["review_id"], where["revision"])
        assert record.field_text(where["field"])[where["start"] : where["end"]] == document.page_content
        assert (where["title"], where["year"]) == (record.title, record.year)
        assert {"dense", "lexical"} <= set(where["legs"])
        assert (where["config"], len(where["config_hash"])) == ("default", 64)


def test_filters_and_many_at_once(opened: Home) -> None:
    retriever = opened.retriever(k=5, filters=("year>=2023",))

    async def together() -> list[Any]:
        return await asyncio.gather(*(retriever.ainvoke(QUERY) for _ in range(4)))

    results = asyncio.run(together())
    assert all(result == results[0] for result in results)
    assert results[0]
    assert {document.metadata["year"] >= 2023 for document in results[0]} == {True}


@pytest.mark.parametrize("example", EXAMPLES)
def test_the_examples_run_as_printed(example: str, command: Command, home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert (
        command("import", str(SAMPLE / "abdallah-2018-neurobiology-depression-ketamine.md"), str(SAMPLE / "xiong-2021-acute-antisuicidal-effects.md")).code == 0
    )
    assert command("sync").code == 0
    exec(compile(example, "docs/python.md", "exec"), {"HOME": home})
    assert "ketamine" in capsys.readouterr().out.lower()
