"""Why a place is proposed, in a sentence: in Indonesian, or in English."""

from __future__ import annotations

from geo.address.said import Relation, Said
from geo.gazetteer.entries import Entry
from geo.search.clue import Clue
from geo.search.hypotheses import HOME, Hypothesis
from geo.search.names import Names, Sort

_WORDS = {
    "id": {
        "village": "{name} disebut",
        "half": "“{said}” bisa berarti {name}",
        "district": "Kecamatan {name} disebut",
        "hamlet": "dukuh {name} ada di {village}",
        "road": "{name} melewati {village}",
        "crossing": "{name} ada di {village}",
        "place": "{name} ada di {village}",
        "like": "“{said}” mirip {name} ({like} %)",
        "learned": "nama ini pernah dipakai pelapor untuk tempat di {village}",
        "post": "kode pos {post} cocok",
        "nothing": "tidak ada yang lebih cocok",
    },
    "en": {
        "village": "{name} was named",
        "half": "“{said}” can mean {name}",
        "district": "the district {name} was named",
        "hamlet": "the hamlet {name} lies in {village}",
        "road": "{name} runs through {village}",
        "crossing": "{name} lies in {village}",
        "place": "{name} lies in {village}",
        "like": "“{said}” is like {name} ({like} %)",
        "learned": "callers used this name for a place in {village}",
        "post": "the postcode {post} fits",
        "nothing": "nothing fits better",
    },
}
_SIDES = {
    "id": [
        "utara",
        "timur laut",
        "timur",
        "tenggara",
        "selatan",
        "barat daya",
        "barat",
        "barat laut",
    ],
    "en": [
        "north",
        "north-east",
        "east",
        "south-east",
        "south",
        "south-west",
        "west",
        "north-west",
    ],
}
_RELATIONS_EN = {
    "depan": "in front of", "belakang": "behind", "samping": "beside", "sebelah": "beside",
    "seberang": "across from", "dekat": "near", "sekitar": "around", "sebelum": "before",
    "sesudah": "after", "antara": "between",
}  # fmt: skip


def sentence(one: Hypothesis, said: Said | None, names: Names, language: str) -> str:
    """The clues that spoke for a village, in the order in which they were said."""
    words = _WORDS.get(language, _WORDS["id"])
    village = names.by_code[one.code].name
    inside = [c for c in one.used if c.known is None or one.code in c.known.villages]
    told = [_of_clue(clue, village, words) for clue in sorted(inside, key=lambda c: c.start)]
    if said is not None and said.postcode and one.score > HOME and _fits(one, said):
        told.append(words["post"].format(post=said.postcode))
    told = [*dict.fromkeys(told)] or [words["nothing"]]
    text = "; ".join(told)
    return text[:1].upper() + text[1:]


def _fits(one: Hypothesis, said: Said) -> bool:
    return any(clue.said == said.postcode for clue in one.used)


def _of_clue(clue: Clue, village: str, words: dict[str, str]) -> str:
    known = clue.known
    if known is None:
        return clue.said
    if known.half:
        key = "half"
    elif clue.likeness < 1.0:
        key = "like"
    elif known.entry is not None and known.entry.id < 0:
        key = "learned"
    else:
        key = known.sort.value if known.sort is not Sort.DISTRICT else "district"
    return words[key].format(
        name=known.name, said=clue.said, village=village, like=round(100 * clue.likeness)
    )


def relation_words(relation: Relation | None, language: str) -> str:
    """How the place lies to what is named: "200 m timur"; empty without a relation."""
    if relation is None:
        return ""
    english = language == "en"
    parts = [f"{relation.distance_m:.0f} m"] if relation.distance_m else []
    if relation.bearing_deg is not None:
        sides = _SIDES["en" if english else "id"]
        parts.append(sides[round(relation.bearing_deg / 45) % 8])
        parts += ["of"] if english else []
    else:
        parts.append(_RELATIONS_EN.get(relation.word, "near") if english else relation.word)
    return " ".join(parts)


def thing(entry: Entry | None, said: Said, village: str) -> str:
    """What the candidate is called."""
    name = entry.name if entry is not None else village
    if said.rt is None:
        return name
    rw = f" RW {said.rw}" if said.rw is not None else ""
    return f"{name} RT {said.rt}{rw}"
