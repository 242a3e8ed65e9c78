"""Alembic's way into the house: one transaction a migration, and a short patience for locks."""

from typing import Any, Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext
from geoalchemy2 import alembic_helpers
from sqlalchemy import create_engine, pool
from sqlalchemy.dialects.postgresql.base import ischema_names
from sqlalchemy.types import TypeDecorator

import dispatch.schema
from geo.schema import Base

ischema_names["xid8"] = dispatch.schema.TransactionId  # so that `alembic check` can read it


def render_item(kind: str, item: Any, autogen: AutogenContext) -> str | Literal[False]:
    """Write our column types as the PostGIS types behind them: migrations outlive our code."""
    if kind == "type" and isinstance(item, TypeDecorator):
        item = item.impl_instance
    if kind == "type" and isinstance(item, dispatch.schema.TransactionId):
        autogen.imports.add("from app.migrations.types import TransactionId")
        return "TransactionId()"
    return alembic_helpers.render_item(kind, item, autogen)


def include_object(thing: Any, name: str | None, kind: str, reflected: bool, other: Any) -> bool:
    """Not PostGIS's and pgRouting's own tables."""
    return bool(alembic_helpers.include_object(thing, name, kind, reflected, other))


def run() -> None:
    """Migrate, waiting no more than 4 s for a lock: intake must not queue behind us."""
    engine = create_engine(
        context.config.get_main_option("url") or "",
        poolclass=pool.NullPool,
        connect_args={"options": "-c lock_timeout=4s"},
    )
    with engine.connect() as connection:
        context.configure(
            connection=connection,
            target_metadata=Base.metadata,
            include_object=include_object,
            render_item=render_item,
            transaction_per_migration=True,
        )
        with context.begin_transaction():
            context.run_migrations()


run()
