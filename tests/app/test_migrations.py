"""Migrations make exactly the tables that the models describe, also from nothing."""

import pytest
from sqlalchemy import Engine, inspect

from app import migrate
from geo.schema import Base


def test_models_and_tables_are_the_same(engine: Engine):
    migrate.differences(engine.url.render_as_string(hide_password=False))


def test_from_nothing_one_comes_to_the_newest_tables(engine: Engine):
    now, newest = migrate.revision(engine.url.render_as_string(hide_password=False))
    assert now == newest
    tables = set(inspect(engine).get_table_names())
    assert tables - {"spatial_ref_sys", "alembic_version"} == set(Base.metadata.tables)


def test_to_migrate_twice_changes_nothing(engine: Engine):
    url = engine.url.render_as_string(hide_password=False)
    before = migrate.revision(url)
    migrate.upgrade(url)
    assert migrate.revision(url) == before


def test_there_is_no_way_back_to_a_database_without_row_security():
    from importlib import import_module

    with pytest.raises(NotImplementedError):
        import_module("app.migrations.versions.0002_row_security").downgrade()
