"""Settings: strict, documented, used."""

from pathlib import Path

import pytest

from corpus import UsageError
from ui.settings import PREFIX, Settings, load_settings

ROOT = Path(__file__).parent.parent.parent


def test_every_setting_is_documented_and_read_somewhere() -> None:
    page = (ROOT / "docs" / "settings.md").read_text(encoding="utf-8")
    code = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "ui").rglob("*.py") if path.name != "settings.py")
    own = (ROOT / "ui" / "settings.py").read_text(encoding="utf-8")
    derived = {"home": "settings.home", "database": "database_url"}
    for name, field in Settings.model_fields.items():
        assert field.description, name
        assert f"`{PREFIX}{name.upper()}`" in page, name
        assert f"settings.{name}" in code or (name in derived and derived[name] in code + own), name


def test_an_unknown_setting_is_refused_with_the_near_name() -> None:
    with pytest.raises(UsageError, match="FLORILEGIUM_HOME"):
        load_settings(environment={"FLORILEGIUM_HOM": "/tmp"})


def test_a_wrong_value_names_its_setting() -> None:
    with pytest.raises(UsageError, match="FLORILEGIUM_PORT"):
        load_settings(environment={"FLORILEGIUM_PORT": "seventy"})


def test_the_home_given_on_the_command_line_wins(tmp_path: Path) -> None:
    settings = load_settings(tmp_path, {"FLORILEGIUM_HOME": "/elsewhere"})
    assert settings.home == tmp_path
    assert settings.database_url == f"sqlite:///{tmp_path}/library.sqlite"


def test_settings_do_not_change() -> None:
    with pytest.raises(ValueError, match="frozen"):
        load_settings(environment={}).port = 1  # type: ignore[misc]
