"""Forged requests, bombs, formulas, and what time tells."""

from __future__ import annotations

import csv
import io
import statistics
import time
import zlib

import pytest

from corpus import Filter, Library, Role
from corpus.importing import import_files
from corpus.importing.intake import Upload
from tests.security.conftest import HOST, Site
from tests.security.test_who_may_what import ROWS, filled
from ui.lab import report_csv


def test_no_other_site_makes_a_browser_change_anything(site: Site) -> None:
    """Every route that changes something, called with an admin's cookie from elsewhere."""
    wrong = []
    for route in ROWS:
        method, path = filled(route)
        if method not in ("GET", "HEAD") and not path.startswith("/digest/unsubscribe/"):
            for origin in ("https://evil.example", "null", f"http://{HOST}.evil.example", "http://127.0.0.1:1"):
                got = site.ask("admin", method, path, {"text": "x"}, origin=origin)
                if got.status != 403 or "does not come from a page of this server" not in got.text:
                    wrong.append(f"{route} from {origin}: {got.status}")
    assert not wrong, "\n".join(wrong)
    assert site.ask("admin", "GET", "/account").status == 200, "and it is signed in still"


@pytest.mark.parametrize("path", ["/signin", "/lists/create", "/review/x/notes", "/answers/x/feedback", "/gradio_api/queue/join"])
def test_a_request_without_end_is_refused(site: Site, path: str) -> None:
    most = 256 << 20 if path.startswith("/gradio") else 16 << 20
    assert site.ask("member", "POST", path, content_length=str(most + 1)).status == 413


def test_a_pdf_that_unpacks_without_end_is_refused_in_time(library: Library) -> None:
    page = zlib.compress(b"BT (x) Tj ET " * 20_000_000, 9)
    parts = [
        b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>", b"<< /Type /Page /Parent 2 0 R /Contents 4 0 R >>",
        b"<< /Length %d /Filter /FlateDecode >>\nstream\n%s\nendstream" % (len(page), page),
    ]  # fmt: skip
    text = b"%PDF-1.4\n"
    places = []
    for number, part in enumerate(parts, 1):
        places.append(len(text))
        text += b"%d 0 obj\n%s\nendobj\n" % (number, part)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    text += b"xref\n0 5\n0000000000 65535 f \n%strailer\n<< /Size 5 /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF" % (table, len(text))
    began = time.monotonic()
    report = import_files(library, [Upload("bomb.pdf", text)])
    assert report.total("added") == 0
    assert time.monotonic() - began < 20


def test_a_comparison_as_csv_runs_no_formula() -> None:
    row = {"mean_a": 0.5, "mean_b": 0.5, "difference": -0.1, "p_value": 1.0, "p_value_holm": 1.0, "p_value_t": 1.0, "per_query": {"=1+1": -0.1}}
    report = {"set": "@set", "a": "A", "b": "B", "measures": {"nDCG@10": row}, "others": [], "texts": {"=1+1": '=HYPERLINK("https://evil.example")'}}
    cells = [cell for line in csv.reader(io.StringIO(report_csv(report))) for cell in line]
    assert {"'@set", "'=1+1", '\'=HYPERLINK("https://evil.example")', "-0.1"} <= set(cells)
    assert not [cell for cell in cells if cell.startswith(("=", "@"))]


@pytest.mark.parametrize("name", ['a"; filename="evil.html', "a\r\nX-Evil: 1", "../../etc/passwd", "a;b", "ünïcode"])
def test_the_name_of_a_download_is_a_plain_one(site: Site, name: str) -> None:
    made = site.library.lists.create(name, owner="member")
    try:
        site.library.lists.add(made.name, site.library.select(Filter()).ids, "member")
        from urllib.parse import quote

        got = site.ask("member", "GET", f"/lists/export?name={quote(made.name)}&format=csv")
        assert got.status == 200
        disposition = got.headers["content-disposition"]
        assert disposition.count('"') == 2
        inner = disposition.split('"')[1]
        assert not set(inner) & set('/\\";\r\n')
        assert "x-evil" not in got.headers
    finally:
        site.library.lists.delete(made.name, "member")


def test_a_name_that_is_none_takes_as_long_as_a_wrong_password(library: Library) -> None:
    library.accounts.add("ada", Role.READER, "correct horse battery")
    library.accounts.add("ben", Role.READER)  # who has no password yet
    library.accounts.check("warm", "up")
    took: dict[str, list[float]] = {"ada": [], "ben": [], "nobody": []}
    for _ in range(5):
        for name, times in took.items():
            began = time.perf_counter()
            assert library.accounts.check(name, "a wrong password") is None
            times.append(time.perf_counter() - began)
    middle = {name: statistics.median(times) for name, times in took.items()}
    assert max(middle.values()) < 2 * min(middle.values()), middle
