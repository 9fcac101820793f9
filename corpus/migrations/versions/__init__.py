"""One file a migration, numbered; never edited once released."""
