"""Settings: one strict class, few keys, each read from the environment as FLORILEGIUM_<NAME>."""

from __future__ import annotations

import difflib
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Literal

import platformdirs
from pydantic import Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from corpus import UsageError

PREFIX = "FLORILEGIUM_"


class Settings(BaseSettings):
    """What an operator decides. Each key is documented in docs/settings.md and read somewhere; a test proves both."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, frozen=True, extra="forbid")

    home: Path = Field(
        default_factory=lambda: Path(platformdirs.user_data_dir("florilegium")), description="Folder with everything people made or machines derived"
    )
    models: Path = Field(
        default_factory=lambda: Path(platformdirs.user_cache_dir("florilegium")) / "models",
        description="Folder for language models and the exported query encoder",
    )
    database: str = Field(default="", description="SQLAlchemy URL of the library's database; empty: SQLite in the home")
    chroma_url: str = Field(default="", description="Address of a Chroma server; empty: embedded in the home")
    model: str = Field(
        default="",
        description="Language model, as --model takes it; empty: embedded once it is installed, else quotes",
    )
    checker: str = Field(default="small", description="How sentences are checked: small, nli:FOLDER, judge:MODEL, or judge for the model in force")
    model_key: str = Field(default="", description="Key for a model server given by URL")
    host: str = Field(default="127.0.0.1", description="Address the web page listens on")
    port: int = Field(default=7860, ge=0, le=65535, description="Port the web page listens on")
    smtp_host: str = Field(default="", description="Mail server that the digest is sent through; empty: no mail is sent")
    smtp_port: int = Field(default=587, ge=1, le=65535, description="Port of the mail server")
    smtp_tls: Literal["starttls", "tls", "none"] = Field(default="starttls", description="How the conversation with the mail server is encrypted")
    smtp_user: str = Field(default="", description="Name to sign in to the mail server with; empty: no signing in")
    smtp_password: SecretStr = Field(default=SecretStr(""), description="Password to sign in to the mail server with")
    mail_from: str = Field(default="", description="Who mails are from: an address, or `Name <address>`")

    auth: Literal["auto", "on", "off"] = Field(default="auto", description="Accounts: on, off, or on where the page listens beyond this machine")
    log: Literal["", "debug", "info", "warning"] = Field(default="", description="What the log of serve begins at; empty: info, and on a terminal warning")
    metrics_token: SecretStr = Field(default=SecretStr(""), description="Token that opens /metrics from elsewhere; empty: this machine and admins alone")
    asks_a_minute: int = Field(default=60, ge=0, description="Questions and searches of one person, or of one address, in a minute; 0: no limit")
    keep_conversations_days: int = Field(default=0, ge=0, description="Days after which a conversation is deleted for good; 0: never")
    open_reading: bool = Field(default=False, description="Whether anyone may ask and read without an account")
    public_url: str = Field(default="", description="Address at which readers reach the page, such as https://reviews.example.org")
    proxies: str = Field(default="127.0.0.1,::1", description="Addresses of the proxies whose X-Forwarded-For is believed, with commas between")
    oidc_issuer: str = Field(default="", description="Issuer of an OIDC provider that people may sign in by")
    oidc_client_id: str = Field(default="", description="This site's id at that provider")
    oidc_client_secret: SecretStr = Field(default=SecretStr(""), description="This site's secret at that provider")
    oidc_role_claim: str = Field(default="", description="The claim of the provider's token that says a person's role, such as groups")
    oidc_roles: str = Field(default="*=reader", description="Which value of that claim is which role: VALUE=ROLE with commas between; * is everybody else")

    @property
    def database_url(self) -> str:
        """The SQLAlchemy URL in force."""
        return self.database or f"sqlite:///{self.library_file}"

    @property
    def library_file(self) -> Path:
        """Where the library lies when it is SQLite."""
        return self.home / "library.sqlite"

    @property
    def index_folder(self) -> Path:
        """Where machine-made search data lies."""
        return self.home / "index"

    @property
    def serve_file(self) -> Path:
        """Where a live `serve` says how to reach it (mode 0600)."""
        return self.home / "run" / "serve.json"


def load_settings(home: Path | None = None, environment: Mapping[str, str] | None = None, *, chroma_url: str | None = None) -> Settings:
    """Read the settings; `home` and `chroma_url` override the environment. Raises UsageError for an unknown key or a wrong value, naming it."""
    environment = os.environ if environment is None else environment
    known = {PREFIX + name.upper() for name in Settings.model_fields}
    for name in environment:
        if name.startswith(PREFIX) and name not in known:
            near = difflib.get_close_matches(name, known, n=1)
            hint = f"Did you mean {near[0]}?" if near else f"The settings are: {', '.join(sorted(known))}"
            raise UsageError("there is no such setting", where=name, remedy=hint)
    values = {name: environment[PREFIX + name.upper()] for name in Settings.model_fields if environment.get(PREFIX + name.upper())}
    if home is not None:
        values["home"] = str(home)
    if chroma_url is not None:
        values["chroma_url"] = chroma_url
    try:
        settings = Settings.model_validate(values)
    except ValidationError as error:
        first = error.errors()[0]
        name = PREFIX + str(first["loc"][0]).upper()
        raise UsageError(f"{first['msg']}", where=name, remedy="Correct it, or unset it for the default") from error
    return settings.model_copy(update={"home": settings.home.expanduser().absolute(), "models": settings.models.expanduser().absolute()})
