"""Rows of INSERT statements in a published SQL dump, by a scanner that runs nothing of it."""

from __future__ import annotations

from collections.abc import Iterator

from geo.boundaries.faults import Fault, Unusable

Value = str | float | None


def rows_of(text: str, where: str) -> Iterator[tuple[int, dict[str, Value]]]:
    """Line number and values by column of every row of every INSERT; other statements are skipped.

    Raises Unusable with the line where the text is cut short or no SQL.
    Time grows with the length of the text, whatever it holds.
    """
    scanner = _Scanner(text, where)
    while scanner.skip_blank():
        if scanner.word().lower() == "insert":
            yield from _insert(scanner)
        else:
            scanner.skip_statement()


def _insert(scanner: _Scanner) -> Iterator[tuple[int, dict[str, Value]]]:
    scanner.expect_word("into")
    scanner.name()
    columns = _columns(scanner)
    scanner.expect_word("values")
    while True:
        line = scanner.line()
        values = _values(scanner)
        if len(values) != len(columns):
            scanner.refuse(f"{len(values)} values for {len(columns)} columns")
        yield line, dict(zip(columns, values, strict=True))
        if not scanner.take(","):
            break
    if not scanner.take(";"):
        scanner.refuse("',' or ';' expected after a row")


def _columns(scanner: _Scanner) -> list[str]:
    scanner.expect("(")
    names = [scanner.name()]
    while scanner.take(","):
        names.append(scanner.name())
    scanner.expect(")")
    return names


def _values(scanner: _Scanner) -> list[Value]:
    scanner.expect("(")
    values = [scanner.value()]
    while scanner.take(","):
        values.append(scanner.value())
    scanner.expect(")")
    return values


class _Scanner:
    """A place in the text that only moves forward."""

    def __init__(self, text: str, where: str) -> None:
        self._text = text
        self._where = where
        self._at = 0
        self._counted = (0, 1)  # position, line number there

    def line(self) -> int:
        self.skip_blank()
        position, number = self._counted
        self._counted = (self._at, number + self._text.count("\n", position, self._at))
        return self._counted[1]

    def refuse(self, detail: str) -> None:
        """Raises Unusable; typed None so that callers read like the rest."""
        where = f"{self._where} line {self.line()}"
        raise Unusable(Fault.UNREADABLE, where=where, detail=detail)

    def skip_blank(self) -> bool:
        """Passes blanks and comments; False at the end of the text."""
        text = self._text
        while self._at < len(text):
            if text[self._at].isspace() or text[self._at] == "\ufeff":
                self._at += 1
            elif text.startswith("--", self._at):
                self._at = self._after("\n", self._at)
            elif text.startswith("/*", self._at):
                self._at = self._after("*/", self._at + 2)
            else:
                return True
        return False

    def skip_statement(self) -> None:
        """Passes everything up to the next ';' that stands in no string."""
        while self.skip_blank():
            sign = self._text[self._at]
            if sign == "'":
                self._string()
                continue
            self._at += 1
            if sign == ";":
                return

    def take(self, sign: str) -> bool:
        """Passes the sign when it comes next."""
        if self.skip_blank() and self._text[self._at] == sign:
            self._at += 1
            return True
        return False

    def expect(self, sign: str) -> None:
        if not self.take(sign):
            self.refuse(f"{sign!r} expected")

    def word(self) -> str:
        """The letters, digits and underscores that come next; may be empty."""
        self.skip_blank()
        start = self._at
        while self._at < len(self._text) and (
            self._text[self._at].isalnum() or self._text[self._at] in "_."
        ):
            self._at += 1
        return self._text[start : self._at]

    def expect_word(self, wanted: str) -> None:
        if self.word().lower() != wanted:
            self.refuse(f"{wanted.upper()} expected")

    def name(self) -> str:
        """A table or column name, with or without quotes or backticks."""
        quote = next((sign for sign in '`"' if self.take(sign)), "")
        name = self.word()
        if not name or (quote and not self.take(quote)):
            self.refuse("a name expected")
        return name

    def value(self) -> Value:
        """A string, a number or NULL."""
        if not self.skip_blank():
            self.refuse("the text ends inside a row")
        if self._text[self._at] == "'":
            return self._string()
        start = self._at
        while self._at < len(self._text) and self._text[self._at] not in ",() \t\r\n;'":
            self._at += 1
        word = self._text[start : self._at]
        if word.upper() == "NULL":
            return None
        try:
            return float(word)
        except ValueError:
            self.refuse(f"a string, a number or NULL expected, found {word[:40]!r}")
        return None

    def _string(self) -> str:
        parts, start = [], self._at + 1
        while True:
            end = self._text.find("'", start)
            if end < 0:
                self.refuse("a string is not closed: the file is cut short")
            escaped = self._text[end - 1] == "\\" and end > start  # \' of MySQL
            doubled = self._text.startswith("''", end)
            if not escaped and not doubled:
                break
            parts.append(self._text[start : end - escaped] + "'")
            start = end + 1 + (doubled and not escaped)
        parts.append(self._text[start:end])
        self._at = end + 1
        return "".join(parts)

    def _after(self, sign: str, start: int) -> int:
        found = self._text.find(sign, start)
        return len(self._text) if found < 0 else found + len(sign)
