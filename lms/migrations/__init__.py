"""Alembic migrations, numbered, up and down; run over a connection of their own."""
