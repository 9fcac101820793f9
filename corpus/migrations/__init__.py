"""Numbered, append-only migrations (Alembic). `upgrade` brings a database to the newest schema."""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa

from corpus.errors import UnavailableError
from corpus.schema import HEAD

FOLDER = Path(__file__).parent


def current(connection: sa.Connection) -> str | None:
    """The schema number of the database, or None for an empty one."""
    if not sa.inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(sa.text("SELECT version_num FROM alembic_version")).scalar()


def upgrade(connection: sa.Connection, where: str) -> None:
    """Bring the database to `HEAD`; does nothing, and imports nothing, when it is there already.

    Raises UnavailableError when a newer Florilegium made the database.
    """
    found = current(connection)
    if found == HEAD:
        return
    if found is not None and found > HEAD:
        raise UnavailableError(
            f"the library has schema {found}, newer than this program's {HEAD}", where=where, remedy="Use the newer Florilegium that wrote it"
        )
    upgrade_to(connection, "head")


def upgrade_to(connection: sa.Connection, schema: str) -> None:
    """Bring a database to the schema with this number: what a backup of an older program is put back into."""
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    config.attributes["connection"] = connection
    command.upgrade(config, schema)
