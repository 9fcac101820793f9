"""What is in deploy/ is what the programs it is for take, and names settings that there are."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.conftest import ROOT
from tests.scale.site import Nginx, certificate, free_port
from ui.settings import load_settings

DEPLOY = ROOT / "deploy"
UNITS = sorted((DEPLOY / "systemd").iterdir())


def settings_in(text: str) -> dict[str, str]:
    """The settings that an environment file or a unit sets."""
    return dict(re.findall(r"(FLORILEGIUM_[A-Z_]+)=(\S+)", "\n".join(line for line in text.splitlines() if not line.startswith("#"))))


@pytest.mark.skipif(not shutil.which("nginx"), reason="no nginx is installed (Debian: apt-get install nginx)")
def test_nginx_takes_its_configuration(tmp_path: Path) -> None:
    certificate(tmp_path)
    assert "syntax is ok" in Nginx(tmp_path, free_port(), [free_port(), free_port()]).check()


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="no systemd is installed")
def test_systemd_takes_the_units(tmp_path: Path) -> None:
    program = tmp_path / "program"
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    for unit in UNITS:
        text = re.sub(r"/opt/florilegium/\.venv/bin/\w+", str(program), unit.read_text(encoding="utf-8"))
        (tmp_path / unit.name).write_text(text, encoding="utf-8")
    names = [str(tmp_path / unit.name.replace("@.", "@7861.")) for unit in UNITS]
    shutil.copy(tmp_path / "florilegium@.service", tmp_path / "florilegium@7861.service")
    done = subprocess.run(["systemd-analyze", "verify", "--recursive-errors=no", *names], capture_output=True, text=True)
    assert (done.returncode, [line for line in done.stderr.splitlines() if str(tmp_path) in line or "florilegium" in line]) == (0, []), done.stderr


@pytest.mark.parametrize("path", [DEPLOY / "florilegium.env", *(unit for unit in UNITS if unit.suffix == ".service")], ids=lambda path: path.name)
def test_settings_in_the_files_are_settings(path: Path) -> None:
    load_settings(environment={name: value.replace("%i", "7861") for name, value in settings_in(path.read_text(encoding="utf-8")).items()})


def compose() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((DEPLOY / "compose.yaml").read_text(encoding="utf-8"))
    return loaded


def test_the_compose_file_hangs_together() -> None:
    whole = compose()
    services = whole["services"]
    assert set(services) == {"database", "chroma", "web1", "web2", "nginx"}
    for name, service in services.items():
        assert "image" in service or (ROOT / "deploy" / service["build"]["context"] / service["build"]["dockerfile"]).is_file(), name
        assert set(service.get("depends_on", {})) <= set(services), name
        for volume in service["volumes"]:
            source = volume.partition(":")[0]
            assert source in whole["volumes"] or source.startswith("./"), (name, volume)
        assert set(service["networks"]) == set(whole["networks"]), name
        assert ("ports" in service) == (name == "nginx"), "only nginx is reached from outside"
    healthy = {name for service in services.values() for name, need in service.get("depends_on", {}).items() if need["condition"] == "service_healthy"}
    assert all("healthcheck" in services[name] for name in healthy)


@pytest.mark.parametrize("web", ["web1", "web2"])
def test_a_web_process_of_the_compose_file_has_settings_that_it_starts_with(web: str) -> None:
    services = compose()["services"]
    written = {name: re.sub(r"\$\{(\w+):\?[^}]*\}", r"\1", value) for name, value in services[web]["environment"].items()}
    settings = load_settings(environment=written | {"FLORILEGIUM_PUBLIC_URL": "https://reviews.example.org"})
    assert settings.proxies == services["nginx"]["networks"]["inside"]["ipv4_address"]
    assert settings.database == "postgresql://florilegium:POSTGRES_PASSWORD@database/florilegium"
    assert (settings.auth, settings.host, settings.port) == ("on", "0.0.0.0", {"web1": 7861, "web2": 7862}[web])
    assert f"{web}:{settings.port}" in services["nginx"]["command"]
    own = {volume.partition(":")[2] for volume in services[web]["volumes"]}
    assert own == {str(settings.home), str(settings.models)}


def test_the_image_holds_what_is_installed_elsewhere() -> None:
    text = (DEPLOY / "Dockerfile").read_text(encoding="utf-8")
    torch = re.search(r"^TORCH := (\S+)$", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    assert torch is not None
    assert f'"{torch[1]}"' in text
    for folder in re.findall(r"^COPY (\w+) \1$", text, re.MULTILINE):
        assert (ROOT / folder / "__init__.py").is_file()
    assert "--require-hashes -r requirements.lock" in text
