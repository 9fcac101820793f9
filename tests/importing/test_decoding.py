"""Encodings: what a file is in is told from its bytes, and western files do not become Chinese."""

from __future__ import annotations

import codecs

import pytest

from corpus.importing.decoding import decode
from corpus.importing.document import Document

from .reading import reviews
from .samples import BIBTEX, CSV, PUBMED_XML, RIS

PLAIN = "TY  - JOUR\nTI  - A trial of psilocybin for depression in adults, with many words that are plain ASCII\nPY  - 2020\nER  - \n" * 20

TEXTS = {
    "windows-1252": ["AU  - Bégrer, S.\nAU  - von Känel, R.\n", "TI  - the years 1990–2000 and the ‘placebo’\n", "TI  - Über die Größe\n", "25 °C ± 2\n"],
    "gbk": [
        "AU  - 张, 伟\nTI  - 氯胺酮治疗难治性抑郁症的疗效与安全性的系统评价\nJF  - 中华精神科杂志\n",
        "TI  - 抑郁症\n", "TI  - Ketamine 治疗 depression 的疗效：综述（2020）\n",
    ],
    "big5": ["TI  - 氯胺酮治療難治性憂鬱症之療效與安全性系統性回顧\n"],
    "shift_jis": ["TI  - うつ病に対するケタミンの有効性と安全性の系統的レビュー\n"],
    "euc-jp": ["TI  - うつ病に対するケタミンの有効性と安全性の系統的レビュー\n"],
    "euc-kr": ["TI  - 우울증 치료에서 케타민의 효과와 안전성에 대한 체계적 문헌고찰\n"],
    "windows-1251": ["AU  - Иванов, И. И.\nTI  - Эффективность лечения депрессии: систематический обзор литературы\n"],
    "koi8-r": ["AU  - Иванов, И. И.\nTI  - Эффективность лечения депрессии: систематический обзор литературы\n"],
    "windows-1253": ["TI  - Αποτελεσματικότητα της θεραπείας της κατάθλιψης\n"],
    "windows-1250": ["AU  - Wójcik, Łukasz\nTI  - Skuteczność leczenia zaburzeń depresyjnych\n"],
    "mac-roman": ["AU  - Bégrer, S.\nAU  - Känel, R.\nTI  - Größe und Müdigkeit\n"],
}  # fmt: skip


@pytest.mark.parametrize("around", ["", PLAIN])
@pytest.mark.parametrize(("encoding", "text"), [(encoding, text) for encoding, texts in TEXTS.items() for text in texts])
def test_encodings_without_a_mark(encoding: str, text: str, around: str) -> None:
    content = around + text
    assert decode(content.encode(codecs.lookup(encoding).name)) == (content, encoding)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
@pytest.mark.parametrize("text", [PLAIN, RIS, CSV.lstrip("\ufeff"), "TY  - JOUR\nTI  - 氯胺酮治疗难治性抑郁症的疗效与安全性\nER  - \n"])
def test_unicode(encoding: str, text: str) -> None:
    assert decode(text.encode(encoding)) == (text, encoding)


def test_the_other_byte_order_mark() -> None:
    assert decode(codecs.BOM_UTF16_BE + RIS.encode("utf-16-be")) == (RIS, "utf-16")


def test_a_few_strange_bytes_do_not_turn_a_file_into_another() -> None:
    text, name = decode((PLAIN + "Müller ćevapčići Ærøskøbing Łódź déjà vu naïve café " * 3).encode() + b"caf\xe9 \x96 cut \xc3")
    assert text.endswith("café – cut Ã")
    assert "ćevapčići" in text
    assert name == "utf-8 with windows-1252"


def test_a_declaration_is_believed_where_the_bytes_allow_it() -> None:
    assert decode("% Encoding: ISO-8859-2\n@misc{a, title={Dvořák, Účinnost léčby}}".encode("iso-8859-2"))[0].endswith("{Dvořák, Účinnost léčby}}")
    assert decode('<?xml version="1.0" encoding="windows-1251"?><a>\u0418</a>'.encode("windows-1251"))[1] == "windows-1251"
    assert decode("% Encoding: windows-1252\nété".encode())[1] == "utf-8"
    assert decode("% Encoding: nonsense\nété".encode("latin-1"))[0].endswith("été")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"])
@pytest.mark.parametrize(("kind", "text"), [("ris", RIS), ("bibtex", BIBTEX), ("csv", CSV.lstrip("\ufeff")), ("pubmed-xml", PUBMED_XML)])
def test_records_are_the_same_in_every_encoding(encoding: str, kind: str, text: str) -> None:
    expected = reviews(text, kind)
    assert reviews(text.replace("\n", "\r\n").encode(encoding), kind) == expected


def test_a_large_file_is_never_held_whole() -> None:
    document = Document(PLAIN.encode() * 100)
    assert max(map(len, document.chunks(1000))) <= 1000
    assert sum(1 for _ in document.lines()) == 8000
