"""The report of a month of calls as tables: the sums, or a line for each call."""

from app.files import Column, Row, Table
from dispatch.sp4n.report112 import MonthReport

_SUMS = [Column("bagian", "text"), Column("rincian", "text"), Column("jumlah", "whole")]
_CALLS = [
    Column("nomor", "whole"), Column("tanggal", "text"), Column("jam", "whole"),
    Column("kelas", "text"), Column("jenis", "text"), Column("dijawab", "text"),
]  # fmt: skip


def sums(report: MonthReport) -> tuple[Table, list[Row]]:
    """Part, what it is, how many."""
    lines: list[tuple[str, str, int | None]] = [("panggilan", "dijawab", report.total)]
    # The telephone exchange knows; an empty cell is no zero.
    lines.append(("panggilan", "tidak terjawab (dari sentral telepon)", None))
    lines += [("kelas", name, count) for name, count in report.by_class.items()]
    lines += [("jenis", name, count) for name, count in report.by_kind.items()]
    lines += [("jam", f"{hour:02d}.00", count) for hour, count in enumerate(report.by_hour)]
    lines += [("tanggal", day.isoformat(), count) for day, count in report.by_day.items()]
    rows = [
        Row(n, None, {"bagian": part, "rincian": what, "jumlah": count})
        for n, (part, what, count) in enumerate(lines)
    ]
    return Table("112", _SUMS, _about(report), "None"), rows


def calls(report: MonthReport) -> tuple[Table, list[Row]]:
    """A line for each call: hour, class and kind, no more."""
    rows = [
        Row(
            call.id,
            None,
            {
                "nomor": call.id,
                "tanggal": call.at.date().isoformat(),
                "jam": call.at.hour,
                "kelas": call.call_class,
                "jenis": call.kind,
                "dijawab": "ya",
            },
        )
        for call in report.calls
    ]
    return Table("panggilan", _CALLS, _about(report), "None"), rows


def _about(report: MonthReport) -> dict[str, str]:
    return {"month": f"{report.month:%Y-%m}", "calls": str(report.total)}
