"""Column types of the migrations: kept apart, so that old migrations outlive the code."""

from typing import Any

from sqlalchemy.types import UserDefinedType


class TransactionId(UserDefinedType[str]):
    """xid8."""

    cache_ok = True

    def get_col_spec(self, **_: Any) -> str:
        return "xid8"
