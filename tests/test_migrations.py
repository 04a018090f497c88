"""Migrations: up, down and up again, with data in the tables."""

import pytest
from sqlalchemy import inspect, select

from lms.db import Base, Database, make_engine
from lms.migrations import run
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
    assert run.current(filled) == run.head()


def test_revisions_are_numbered():
    """Files sort in the order they run in."""
    names = sorted(path.name for path in (run.HERE / "versions").glob("*.py"))
    assert names
    assert all(name[:4].isdecimal() for name in names)
