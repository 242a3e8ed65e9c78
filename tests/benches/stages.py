"""Where the time goes between the row of a call in the log and the thousandth screen.

Reads what tests.benches.stamped_wsgi wrote. All moments are of one machine's clock.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path

Arrivals = Mapping[int, Sequence[tuple[float, float]]]  # by incident: (kernel's stamp, read)

# Of each worker that has it, after the log's row; what is written for each scope: first and last.
_ONCE = {"taken": "written to the database", "committed": "committed", "read": "heard and read"}
_EACH_SCOPE = {
    "asking": "a scope's turn begun",
    "rows": "its rows there",
    "framed": "its message framed",
    "told": "its last screen written to",
}


def stages(file: Path, logged: Mapping[int, float], came: Arrivals) -> list[str]:
    """Lines that tell, stage by stage, milliseconds after the log's row; then what lasted long."""
    moments, lasted = _read(file, logged)
    lines = []
    for stage, words in (_ONCE | _EACH_SCOPE).items():
        of_worker = [(incident, at[stage]) for (incident, _), at in moments.items() if stage in at]
        for which, name in ((min, "first"), (max, "last")):
            if stage in _ONCE and which is max:
                continue
            after = [which(ats) - logged[incident] for incident, ats in of_worker]
            lines.append(_line(words if stage in _ONCE else f"{words}, {name} scope", after))
    told = [incident for incident in logged if came.get(incident)]
    for which, name in ((min, "first"), (max, "last")):
        after = [which(at for at, _ in came[i]) - logged[i] for i in told]
        lines.append(_line(f"came to its {name} screen", after))
    lines.append(_line("the reader's lag", [read - at for i in told for at, read in came[i]]))
    lines += [
        f"  {name:36s} {len(each):5d} times, {sum(each):6.2f} s in all, longest "
        f"{1000 * max(each):6.1f} ms"
        for name, each in sorted(lasted.items(), key=lambda item: -sum(item[1]))
    ]
    return lines


def _read(
    file: Path, logged: Mapping[int, float]
) -> tuple[dict[tuple[int, str], dict[str, list[float]]], dict[str, list[float]]]:
    """Moments by incident and worker and stage; seconds of what lasts, while calls came in."""
    moments: dict[tuple[int, str], dict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
    lasted: dict[str, list[float]] = defaultdict(list)
    since, until = min(logged.values()), max(logged.values())
    for line in file.read_text().splitlines():
        at, worker, stage, number, more = line.split("\t")
        if stage in _ONCE or stage in _EACH_SCOPE:
            if int(number) in logged:
                moments[int(number), worker][stage].append(float(at))
        elif more and since <= float(at) <= until:
            lasted[stage].append(float(more))
    return moments, lasted


def _line(words: str, seconds: Collection[float]) -> str:
    if not seconds:
        return f"  {words:36s} never"
    ordered = sorted(1000 * s for s in seconds)
    p50, p90, p99 = (ordered[int(len(ordered) * share)] for share in (0.5, 0.9, 0.99))
    return f"  {words:36s} p50 {p50:7.1f}  p90 {p90:7.1f}  p99 {p99:7.1f} ms"
