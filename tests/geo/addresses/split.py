"""Put addresses into build.csv or aside.csv by a hash of their text, check and count them."""

import csv
import hashlib
import re
import sys
from collections import Counter
from pathlib import Path

HERE = Path(__file__).parent
REGISTER = HERE.parents[3] / "shared/data/register/villages_jepara.csv"
TRUTHS = {"named", "field", "point"}
MOST_OF_ONE_VILLAGE = 6
MOST_OF_ONE_SOURCE = 60
PHONE = re.compile(r"\d{8}")
COLUMNS = ["text", "code", "truth", "source"]


def key(text: str) -> str:
    """The lower-cased text with only its letters and digits."""
    return "".join(sign for sign in text.lower() if sign.isalnum())


def is_aside(text: str) -> bool:
    """Whether the last bit of the SHA-256 of the text's key is odd."""
    return hashlib.sha256(key(text).encode()).digest()[-1] % 2 == 1


def read(path: Path) -> list[dict[str, str]]:
    """The rows of one CSV file; none where the file is absent."""
    if not path.exists():
        return []
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def write(path: Path, rows: list[dict[str, str]]) -> None:
    """Write the rows ordered by village and text."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(sorted(rows, key=lambda row: (row["code"], row["text"])))


def faults(register: Path) -> list[str]:
    """What is wrong, by file and row number (line two is row one)."""
    with register.open(encoding="utf-8", newline="") as file:
        villages = {row["code"]: row["district"] for row in csv.DictReader(file)}
    districts = set(villages.values())
    found = []
    seen: Counter[str] = Counter()
    per_village: Counter[str] = Counter()
    per_source: Counter[str] = Counter()
    for name in ("build", "aside", "thin"):
        for number, row in enumerate(read(HERE / f"{name}.csv"), 1):
            at = f"{name}.csv row {number}"
            seen[key(row["text"])] += 1
            if seen[key(row["text"])] > 1:
                found.append(f"{at}: twice")
            if row["text"] != row["text"].strip() or "\n" in row["text"]:
                found.append(f"{at}: stray white space")
            if PHONE.search(re.sub(r"[\s()+-]", "", row["text"])):
                found.append(f"{at}: looks like a telephone number")
            if not row["source"]:
                found.append(f"{at}: no source")
            if name == "thin":
                if row["district"] not in districts:
                    found.append(f"{at}: unknown district")
                continue
            per_village[row["code"]] += 1
            per_source[row["source"]] += 1
            if row["code"] not in villages:
                found.append(f"{at}: unknown village code")
            if row["truth"] not in TRUTHS:
                found.append(f"{at}: unknown kind of truth")
            if is_aside(row["text"]) != (name == "aside"):
                found.append(f"{at}: on the wrong side")
    found += [
        f"village {code}: {count} addresses"
        for code, count in per_village.items()
        if count > MOST_OF_ONE_VILLAGE
    ]
    found += [
        f"{source}: {count} addresses"
        for source, count in per_source.items()
        if count > MOST_OF_ONE_SOURCE
    ]
    return found


def counts(register: Path) -> list[str]:
    """Lines with the numbers of addresses, villages, truths and districts."""
    with register.open(encoding="utf-8", newline="") as file:
        villages = {row["code"]: row["district"] for row in csv.DictReader(file)}
    lines = []
    both = []
    for name in ("build", "aside"):
        rows = read(HERE / f"{name}.csv")
        both += rows
        lines.append(f"{name}: {len(rows)}")
    thin = read(HERE / "thin.csv")
    lines.append(f"thin: {len(thin)}")
    lines.append(f"villages: {len({row['code'] for row in both})}")
    lines.append(f"truth: {dict(Counter(row['truth'] for row in both).most_common())}")
    sides = {
        name: Counter(villages.get(row["code"], "?") for row in read(HERE / f"{name}.csv"))
        for name in ("build", "aside")
    }
    thin_of = Counter(row["district"] for row in thin)
    for district in sorted(set(villages.values())):
        lines.append(
            f"{district}: {sides['build'][district]} build, {sides['aside'][district]} aside, "
            f"{thin_of[district]} thin"
        )
    return lines


def add(new: list[str]) -> None:
    """Add the rows of the given CSV files and share all rows out anew."""
    rows = read(HERE / "build.csv") + read(HERE / "aside.csv")
    for name in new:
        rows += read(Path(name))
    unique = {key(row["text"]): row for row in rows}
    write(HERE / "build.csv", [row for row in unique.values() if not is_aside(row["text"])])
    write(HERE / "aside.csv", [row for row in unique.values() if is_aside(row["text"])])


def main() -> int:
    """Share out, write the faults and the counts; 1 where there is a fault."""
    add(sys.argv[1:])
    found = faults(REGISTER)
    sys.stdout.write("\n".join(found + counts(REGISTER)) + "\n")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
