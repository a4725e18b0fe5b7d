"""The words that vendors, titles and descriptions are made of, from `words.toml`."""

import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

_WORDS: Mapping[str, Any] = tomllib.loads(Path(__file__).with_suffix(".toml").read_text("utf-8"))


def _split_values(table: Mapping[str, str]) -> Mapping[str, Sequence[str]]:
    return {key: text.split() for key, text in table.items()}


SLOTS_VENDORS: Sequence[str] = _WORDS["slots_vendors"].split()
LIVE_VENDORS: Sequence[str] = _WORDS["live_vendors"].split()
TABLE_VENDORS: Sequence[str] = _WORDS["table_vendors"].split()
LOTTERY_VENDORS: Sequence[str] = _WORDS["lottery_vendors"].split()
ADJECTIVES: Sequence[str] = _WORDS["adjectives"].split()
PLACES: Sequence[str] = _WORDS["places"].split()
SLOTS_TITLES: Sequence[str] = _WORDS["slots_titles"]
MOTIF_NOUNS = _split_values(_WORDS["motif_nouns"])
SUBTYPES = _split_values(_WORDS["subtypes"])
SUBTYPE_NAMES: Mapping[str, str] = _WORDS["subtype_names"]
SUBTYPE_MOTIFS: Mapping[str, str] = _WORDS["subtype_motifs"]
DESCRIPTIONS: Mapping[str, Mapping[str, str]] = _WORDS["descriptions"]
