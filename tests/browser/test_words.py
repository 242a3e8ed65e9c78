"""Every word that a script says is in the page, and every word of the page is in English too."""

import io
import re
from pathlib import Path

from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

ROOT = Path(__file__).resolve().parents[2]
SCRIPTS = sorted((ROOT / "static/js").rglob("*.js"))
METHODS = [("templates/**.html", "jinja2.ext:babel_extract"), ("**.py", "python")]


def test_every_key_of_the_scripts_has_its_words():
    tables = (ROOT / "app/templates").glob("_words*.html")
    table = "".join(path.read_text() for path in sorted(tables))
    known = set(re.findall(r'"([\w.]+)": (?:_|pgettext)\(', table))
    asked = {
        key for script in SCRIPTS for key in re.findall(r'\bt\(\s*"([^"]+)"', script.read_text())
    }
    assert asked - known == set()


def test_every_kind_of_the_log_has_its_words():
    names = (
        "agency|analysis|call|case|exchange|export|incident|instruction|notice|order|passage|photo"
        "|places?|proof|proposal|roads|ticket|token|unit"
    )
    # Not what a file, a template or a route is called.
    kind = re.compile(rf'"((?:{names})\.(?!id"|csv|toml|html"|post_)[a-z_]+)"')
    sources = [path for part in ("app", "dispatch") for path in (ROOT / part).rglob("*.py")]
    written = {found for path in sources for found in kind.findall(path.read_text())}
    assert {"order.silent", "unit.help", "agency.told", "export.tickets"} <= written
    tables = (ROOT / "app/templates").glob("_words*.html")
    table = "".join(path.read_text() for path in tables)
    assert {one for one in written if f'"log_kind.{one}": _(' not in table} == set()


def test_every_message_is_translated():
    catalogue = read_po(
        io.BytesIO((ROOT / "app/translations/en/LC_MESSAGES/messages.po").read_bytes())
    )
    said = extract_from_dir(ROOT / "app", METHODS, options_map={})
    missing = {
        str(message)
        for _, _, message, _, context in said
        if isinstance(message, str) and not _translated(catalogue, message, context)
    }
    assert missing == set()


def test_every_icon_is_in_the_set():
    vendor = (ROOT / "scripts/vendor.mjs").read_text()
    kept = set(vendor.split("const ICONS = `")[1].split("`")[0].split())
    sources = [*SCRIPTS, *(ROOT / "app/templates").glob("*.html")]
    used = {
        name
        for source in sources
        for name in re.findall(r'icon\("([a-z0-9-]+)"', source.read_text())
    }
    assert used - kept == set()


def test_no_template_carries_style_or_handlers():
    for template in (ROOT / "app/templates").glob("*.html"):
        text = template.read_text()
        # A print is one file that fetches nothing: its style stands in it.
        styled = "" if template.name == "print.html" else "|<style"
        assert not re.search(rf"\sstyle=|\son[a-z]+={styled}", text), template.name


def _translated(catalogue: object, message: str, context: str | None) -> bool:
    found = catalogue.get(message, context)  # type: ignore[attr-defined]
    return bool(found is not None and found.string)
