"""`backup` and `restore`: from a home in use into an empty one, with the settings and without their secrets."""

from __future__ import annotations

import json
import os
import subprocess
import zipfile
from pathlib import Path

from tests.conftest import ROOT
from tests.ui.conftest import Run, environment
from ui.cli.backing import told_settings
from ui.settings import load_settings

QUESTION = "How does ketamine act on glutamate to relieve depression?"


def test_a_home_is_backed_up_and_put_back(run: Run, home: Path, tmp_path: Path, models_folder: Path, command: list[str]) -> None:
    asked = run("ask", QUESTION, "--json", home=home).json
    file = tmp_path / "library.backup"
    env = environment(home, models_folder) | {"FLORILEGIUM_SMTP_PASSWORD": "hush, hush", "FLORILEGIUM_MODEL_KEY": "hush, too", "FLORILEGIUM_PORT": "7999"}
    done = subprocess.run([*command, "backup", str(file), "--json"], env=env, cwd=ROOT, capture_output=True, timeout=120)
    assert done.returncode == 0, done.stderr
    made = json.loads(done.stdout)
    assert made["tables"]["review"]["rows"] == 120
    archive = zipfile.ZipFile(file)
    assert all(b"hush" not in archive.read(name) for name in archive.namelist())
    archive.close()
    assert run("restore", str(file), "--check").code == 0
    assert not (tmp_path / "absent").exists()

    new = tmp_path / "new"
    back = run("restore", str(file), "--json", home=new)
    assert (back.code, back.json["equal"], back.json["tables"]) == (0, True, made["tables"])
    assert 'FLORILEGIUM_PORT="7999"' in (new / "restored-settings.env").read_text()
    assert sorted(path.name for path in new.iterdir()) == ["library.sqlite", "restored-settings.env"]
    answer = run("answer", asked["id"], "--json", home=new).json
    assert answer["sentences"] == asked["sentences"]
    again = run("restore", str(file), home=new)
    assert (again.code, "there is a library already" in again.err) == (2, True)
    os.truncate(file, file.stat().st_size // 2)
    damaged = run("restore", str(file), home=tmp_path / "other")
    assert damaged.code == 1
    assert damaged.err.count("\n") == 1
    assert not (tmp_path / "other" / "library.sqlite").exists()


def test_settings_are_told_without_secrets(tmp_path: Path) -> None:
    given = {"SMTP_HOST": "mail.example.org", "SMTP_PASSWORD": "hush", "MODEL_KEY": "hush", "DATABASE": "postgresql://ann:hush@db/library"}
    told = told_settings(load_settings(tmp_path, {f"FLORILEGIUM_{name}": value for name, value in given.items()}))
    assert told == {"FLORILEGIUM_SMTP_HOST": "mail.example.org", "FLORILEGIUM_DATABASE": "postgresql://ann:***@db/library"}
