"""Column types and defaults that several tables share."""

from enum import StrEnum
from typing import Any

from sqlalchemy import DateTime, Enum, text
from sqlalchemy.types import UserDefinedType

Moment = DateTime(timezone=True)
NOW = text("clock_timestamp()")


class TransactionId(UserDefinedType[str]):
    """xid8: the id of the transaction that wrote the row, comparable with a snapshot."""

    cache_ok = True

    def get_col_spec(self, **_: Any) -> str:
        return "xid8"


def words(kind: type[StrEnum], *, checked: bool = True) -> Enum:
    """A text column that takes the words of the enumeration only.

    checked  by the table itself, too: at most one column of a table and an enumeration
    """
    return Enum(
        kind,
        native_enum=False,
        create_constraint=checked,
        name=kind.__name__.lower(),
        values_callable=lambda words: [w.value for w in words],
    )
