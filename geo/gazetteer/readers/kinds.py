"""What other people's words for kinds of places are in ours, and how wide such a place lies."""

from __future__ import annotations

from collections.abc import Mapping

# OSM key and value; "*" is any other value of the key. Ours are the words callers use.
KINDS: Mapping[str, Mapping[str, str]] = {
    "place": {
        "city": "kota", "town": "kota", "village": "dusun", "hamlet": "dusun",
        "isolated_dwelling": "dusun", "neighbourhood": "dusun", "suburb": "dusun",
        "quarter": "dusun", "locality": "tempat", "island": "pulau", "islet": "pulau",
        "square": "alun_alun",
    },
    "amenity": {
        "school": "sekolah", "kindergarten": "sekolah", "university": "kampus",
        "college": "kampus", "hospital": "rumah_sakit", "clinic": "klinik", "doctors": "klinik",
        "dentist": "klinik", "pharmacy": "apotek", "police": "polisi", "fire_station": "pos_damkar",
        "marketplace": "pasar", "fuel": "spbu", "bank": "bank", "atm": "bank",
        "restaurant": "rumah_makan", "cafe": "rumah_makan", "fast_food": "rumah_makan",
        "food_court": "rumah_makan", "townhall": "kantor", "courthouse": "kantor",
        "post_office": "kantor", "community_centre": "balai", "library": "kantor",
        "bus_station": "terminal", "ferry_terminal": "pelabuhan", "grave_yard": "makam",
        "parking": "parkir", "place_of_worship": "tempat_ibadah", "prison": "kantor",
        "social_facility": "kantor", "*": "tempat",
    },
    "shop": {"*": "toko"},
    "tourism": {
        "hotel": "hotel", "guest_house": "hotel", "hostel": "hotel", "motel": "hotel",
        "chalet": "hotel", "apartment": "hotel", "museum": "wisata", "attraction": "wisata",
        "viewpoint": "wisata", "theme_park": "wisata", "zoo": "wisata", "*": "wisata",
    },
    "office": {"*": "kantor"},
    "healthcare": {"hospital": "rumah_sakit", "pharmacy": "apotek", "*": "klinik"},
    "leisure": {
        "pitch": "lapangan", "stadium": "stadion", "sports_centre": "gelanggang",
        "park": "taman", "garden": "taman", "beach_resort": "wisata", "swimming_pool": "wisata",
        "water_park": "wisata", "*": "tempat",
    },
    "historic": {"tomb": "makam", "fort": "benteng", "*": "wisata"},
    "natural": {
        "beach": "pantai", "bay": "teluk", "cape": "tanjung", "peak": "gunung",
        "volcano": "gunung", "hill": "gunung", "spring": "mata_air", "cave_entrance": "gua",
        "water": "danau", "wood": "hutan", "*": "alam",
    },
    "man_made": {"bridge": "jembatan", "lighthouse": "mercusuar", "pier": "dermaga"},
    "railway": {"station": "stasiun", "halt": "stasiun"},
    "public_transport": {"station": "terminal"},
    "junction": {"*": "persimpangan"},
    "highway": {"traffic_signals": "persimpangan"},
}  # fmt: skip
RELIGIONS: Mapping[str, str] = {
    "muslim": "masjid", "christian": "gereja", "catholic": "gereja", "buddhist": "vihara",
    "hindu": "pura", "confucian": "klenteng", "taoist": "klenteng",
}  # fmt: skip
# Metres within which the named thing lies, where it is a point.
SPREADS: Mapping[str, float] = {
    "kota": 1_500.0, "dusun": 400.0, "pulau": 1_000.0, "pantai": 300.0, "teluk": 1_000.0,
    "tanjung": 500.0, "gunung": 1_000.0, "hutan": 1_000.0, "danau": 300.0, "alam": 500.0,
    "sungai": 1_000.0, "wisata": 100.0, "pasar": 80.0, "rumah_sakit": 80.0, "kampus": 120.0,
    "terminal": 80.0, "pelabuhan": 150.0, "lapangan": 60.0, "persimpangan": 40.0, "jalan": 500.0,
    "rw": 200.0, "rt": 100.0,
}  # fmt: skip
_POINT_SPREAD_M = 50.0


def kind_of_tags(tags: Mapping[str, str]) -> str | None:
    """Our kind for the tags of an OSM object; None for what we do not keep."""
    for key, kinds in KINDS.items():
        value = tags.get(key)
        if value in (None, "no"):
            continue
        if value == "place_of_worship":
            return RELIGIONS.get(tags.get("religion", ""), "tempat_ibadah")
        if kind := kinds.get(value or "", kinds.get("*")):
            return kind
    return None


def kind_of_word(word: str) -> str:
    """Our kind for a word in a column "kind": OSM's words are turned into ours, others kept."""
    plain = word.strip().lower().replace(" ", "_")
    for kinds in KINDS.values():
        if plain != "*" and plain in kinds:
            return kinds[plain]
    return plain or "tempat"


def spread_of_kind(kind: str) -> float:
    """Metres within which a thing of that kind lies round its point."""
    return SPREADS.get(kind, _POINT_SPREAD_M)
