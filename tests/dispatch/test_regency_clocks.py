"""clocks.toml and calendar.toml: what they say, what the library adds, and what is refused."""

from datetime import UTC, date, datetime, time
from pathlib import Path
from shutil import copytree
from zoneinfo import ZoneInfo

import pytest

from dispatch.errors import BadConfiguration
from dispatch.regency import clocks, read_regency
from dispatch.regency.late import LateRules
from dispatch.rules.clock_terms import USUAL
from dispatch.rules.escalation import Told
from dispatch.rules.ticketing import TicketKind
from tests.dispatch.rules.clock_world import HOLIDAYS, JOINT_LEAVE, days

JEPARA = Path(__file__).parents[2] / "data/regency/jepara"
WIB = ZoneInfo("Asia/Jakarta")


@pytest.fixture(scope="module")
def jepara():
    return read_regency(JEPARA)


@pytest.fixture
def folder(tmp_path):
    """Only what is written to it: all else is as usual."""
    return tmp_path


def read(folder, **files):
    """The clocks of a folder with these files."""
    for name, words in files.items():
        (folder / f"{name}.toml").write_text(words, encoding="utf-8")
    return clocks.read(folder, WIB, LateRules())


@pytest.mark.parametrize("year", [2025, 2026])
def test_the_library_knows_the_days_that_were_decreed(folder, year):
    known = {d for d in read(folder).calendar.off if d.year == year}
    assert known == {d for d in days(HOLIDAYS) + days(JOINT_LEAVE) if d.year == year}


def test_the_library_knows_years_to_come(folder):
    off = read(folder).calendar.off
    for year in range(2027, 2036):
        assert date(year, 8, 17) in off
        assert len([d for d in off if d.year == year]) >= 14


def test_a_country_whose_days_off_are_of_one_sort_only_is_read_too(folder):
    off = read(folder, calendar='country = "DE"').calendar.off
    assert date(2026, 10, 3) in off


def test_joint_leave_and_the_library_can_be_left_out(folder):
    only = read(folder, calendar='joint_leave = "tidak"').calendar.off
    assert date(2026, 12, 25) in only
    assert date(2026, 12, 24) not in only
    assert not read(folder, calendar='country = ""').calendar.off


def test_a_regency_adds_days_and_takes_them_away(folder):
    calendar = read(
        folder,
        calendar='[[off]]\nday = "2026-11-25"\nname = "Pemungutan suara"\n'
        '[[work]]\nday = "2026-12-24"\nname = "Kantor tetap buka"\n',
    ).calendar
    assert calendar.off[date(2026, 11, 25)] == "Pemungutan suara"
    assert date(2026, 12, 24) not in calendar.off
    start = datetime(2026, 11, 24, 3, tzinfo=UTC)
    assert calendar.add_working_days(start, 1).astimezone(WIB).date() == date(2026, 11, 26)


def test_without_files_everything_is_as_usual(folder):
    usual = read(folder)
    assert dict(usual.kinds) == dict(USUAL)
    assert usual.terms("aduan", "pengawasan").done == (60, 60, 60, 60)
    assert usual.calendar.windows_on(date(2026, 11, 27))[0].closes == time(16, 30)


def test_jepara_has_the_terms_of_sp4n_and_of_the_law_on_information(jepara):
    terms = {kind: jepara.clocks.terms(kind) for kind in TicketKind}
    assert (terms["aduan"].verify, terms["aduan"].answer, terms["aduan"].reply) == (3, 5, 10)
    classes = ("normatif", "non_pengawasan", "pengawasan")
    assert [jepara.clocks.terms("aduan", c).done[0] for c in classes] == [5, 14, 60]
    assert (terms["informasi"].done[0], terms["informasi"].extension) == (10, 7)
    assert terms["darurat"].done == jepara.late.by_priority == (60, 120, 240, 480)
    assert terms["darurat"].wall


def test_jepara_works_shorter_on_fridays_and_in_ramadan(jepara):
    on = jepara.clocks.calendar.windows_on
    assert (on(date(2026, 11, 26))[0].opens, on(date(2026, 11, 26))[0].closes) == (
        time(7, 30),
        time(16),
    )
    assert on(date(2026, 11, 27))[0].closes == time(14, 30)
    assert on(date(2026, 2, 19))[0].opens == time(8)
    assert on(date(2026, 11, 28)) == []


def test_ramadan_ends_on_the_day_before_the_feast(jepara):
    off = jepara.clocks.calendar.off
    for season in jepara.clocks.calendar.seasons:
        feast = date.fromordinal(season.last.toordinal() + 1)
        assert "Idul Fitri" in off[feast], season


def test_done_may_differ_by_priority(folder):
    read_anew = read(folder, clocks="[classes.berjenjang]\ndone = [1, 3, 5, 14]\nverify = 1\n")
    terms = read_anew.terms("aduan", "berjenjang")
    assert (terms.done, terms.verify, terms.answer) == ((1, 3, 5, 14), 1, 5)


def test_no_clock_is_written_as_nought(folder):
    terms = read(folder, clocks="[kinds.saran]\nverify = 0\nanswer = 0\nreply = 0\n").terms("saran")
    assert (terms.verify, terms.answer, terms.reply) == (None, None, None)


def test_the_ladder_is_set_by_the_file(folder):
    ladder = read(
        folder,
        clocks='[ladder]\nquiet_from = "22:00"\n[[ladder.rungs]]\nshare = 0.9\ntell = ["ruang"]\n',
    ).ladder
    assert (ladder.quiet_from, ladder.quiet_to) == (time(22), time(6))
    assert [(rung.share, rung.tell) for rung in ladder.rungs] == [(0.9, (Told.ROOM,))]


BAD = {
    "calendar": {
        'country = "XX"': "country: 'XX' is not known to the library; for example ID",
        'joint_leave = "mungkin"': "joint_leave: 'mungkin' is none of: tidak, ya",
        '[[office]]\ndays = ["senin"]\nopens = "16:00"\ncloses = "07:30"': "closes: must be later",
        '[[office]]\ndays = []\nopens = "07:30"\ncloses = "16:00"': "name at least one day",
        '[[office]]\ndays = ["senin"]\nopens = "07:30"\ncloses = "16:00"\n'
        '[[office]]\ndays = ["senin"]\nopens = "15:00"\ncloses = "17:00"': "office 2 overlaps",
        '[[off]]\nday = "25-11-2026"\nname = "x"': 'give a day as "2026-02-19"',
        '[[off]]\nday = "2026-11-25"': "off 1: name: is missing",
        '[[work]]\nday = "2026-11-25"\nname = "x"': "2026-11-25 is no day off",
        '[ramadan]\nperiods = [{name = "R", first = "2026-02-19", last = "2026-03-20"}]': "office:",
        '[ramadan]\nperiods = [{name = "R", first = "2026-02-19", last = "2026-04-20"}]': "31 days",
        'kantor = "x"': "kantor: unknown field",
    },
    "clocks": {
        "[kinds.aduan]\nverify = 2.5": "verify: 2.5: give whole working days",
        "[kinds.aduan]\ndone = [1, 2, 3]": "give one number, or four",
        "[kinds.aduan]\ndone = 0": "done: 0: give 1 to 400",
        "[kinds.darurat]\ndone = 60": r"regency.toml, \[late_minutes\]",
        "[kinds.aduhan]\ndone = 60": "unknown field; did you mean aduan",
        "[classes.kilat]\nselesai = 1": "selesai: unknown field",
        "[ladder]\n[[ladder.rungs]]\nshare = 0.5\ntell = []": "tell: name one of: petugas",
        '[ladder]\n[[ladder.rungs]]\nshare = 0.5\ntell = ["bupati"]': "'bupati' is none of",
        '[ladder]\nrungs = [{share = 1, tell = ["ruang"]}, {share = 1, tell = ["ruang"]}]': "each",
        '[ladder]\nquiet_from = "malam"': "give a time of day as 07:00",
    },
}


@pytest.mark.parametrize(
    ("file", "words"), [(file, words) for file, all_words in BAD.items() for words in all_words]
)
def test_what_is_wrong_is_named_with_what_would_be_right(folder, file, words):
    with pytest.raises(BadConfiguration, match=BAD[file][words]) as refused:
        read(folder, **{file: words})
    assert str(refused.value).startswith(f"{file}.toml: ")


@pytest.mark.parametrize(
    ("code", "clock", "why"),
    [
        ("jalan", "kilat", "'kilat' is none of: non_pengawasan, normatif, pengawasan"),
        ("kebakaran", "normatif", "darurat has no classes"),
    ],
)
def test_a_category_names_a_class_that_is_there(tmp_path, code, clock, why):
    data = copytree(JEPARA.parents[1], tmp_path / "data")
    file = data / "regency/jepara/categories.toml"
    words = file.read_text(encoding="utf-8").split("\n")
    at = words.index(f'code = "{code}"')
    words.insert(at + 1, f'clock = "{clock}"')
    later = next(n for n in range(at + 2, len(words)) if words[n].startswith("[[category]]"))
    words[at + 2 : later] = [w for w in words[at + 2 : later] if not w.startswith("clock")]
    file.write_text("\n".join(words), encoding="utf-8")
    with pytest.raises(BadConfiguration, match=f"{code}: clock: .*{why}"):
        read_regency(data / "regency/jepara")


def test_minutes_of_complaints_are_not_taken_any_more(folder, tmp_path):
    data = copytree(JEPARA.parents[1], tmp_path / "data")
    file = data / "regency/jepara/regency.toml"
    words = file.read_text(encoding="utf-8")
    assert "[late_minutes]\n" in words
    file.write_text(words.replace("[late_minutes]\n", "[late_minutes]\naduan = [1, 2, 3, 4]\n"))
    with pytest.raises(BadConfiguration, match=r"aduan: is set in working days .* clocks.toml"):
        read_regency(data / "regency/jepara")
