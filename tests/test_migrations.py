"""Migrations: up, down and up again, with data in the tables."""

import pytest
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import inspect, select

from lms.db import Base, Database, make_engine
from lms.migrations import run, state
from lms.models import Person
from tests.cast import make_cast


@pytest.fixture
def filled(fresh_database, built_app):
    """Return a migrated database with the cast in it."""
    database = Database(make_engine(fresh_database))
    with database.session() as session:
        session.info["ground"] = built_app.extensions["lms"].ground
        make_cast(session)
        session.commit()
    yield fresh_database
    database.engine.dispose()


@pytest.mark.races
def test_down_and_up_again_with_data(filled):
    """Going back to nothing and up again leaves the structure of the models."""
    database = Database(make_engine(filled))
    with database.session() as session:
        assert len(session.scalars(select(Person)).all()) == 7
    database.engine.dispose()
    run.downgrade(filled, "base")
    engine = make_engine(filled)
    left = set(inspect(engine).get_table_names())
    engine.dispose()
    assert left & set(Base.metadata.tables) == set()
    run.upgrade(filled)
    assert run.differences(filled) == []
    assert state.current(filled) == state.head()


def test_revisions_are_numbered():
    """Files sort in the order they run in."""
    names = sorted(path.name for path in (run.HERE / "versions").glob("*.py"))
    assert names
    assert all(name[:4].isdecimal() for name in names)


def test_the_newest_revision_is_the_one_that_alembic_finds():
    """The quick look at the files says what the chain of revisions says."""
    config = Config()
    config.set_main_option("script_location", str(run.HERE))
    config.set_main_option("path_separator", "os")
    assert state.head() == ScriptDirectory.from_config(config).get_current_head()


def test_an_empty_database_is_at_no_revision(tmp_path):
    """Nothing is made by looking."""
    assert state.current(f"sqlite:///{tmp_path / 'empty.db'}") is None
