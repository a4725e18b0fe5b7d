"""GeoIP rules in the JSON editor: the schema fits what the reader takes, codes have names, notices are warnings."""

from pathlib import Path

import jsonschema
import pytest

from geoblock.admin.language import RULES
from geoblock.rules import KEYS, read_rules, rules_schema
from operators.editing import complete_text, look_at
from tests.geoblock.test_reading import EXAMPLES


@pytest.mark.parametrize("text", EXAMPLES)
def test_schema_takes_what_the_reader_takes(text: str) -> None:
    jsonschema.Draft202012Validator(rules_schema()).validate(read_rules(text).value)


def test_schema_names_every_list_and_refuses_other_codes() -> None:
    assert tuple(rules_schema()["properties"]) == KEYS
    validator = jsonschema.Draft202012Validator(rules_schema())
    assert [validator.is_valid({"blackList": [code]}) for code in ("US", "US-TX", "ZZ", "us")] == [
        True,
        True,
        False,
        False,
    ]


def test_look_tells_names_faults_and_warnings(cities: Path) -> None:
    look = look_at(RULES, '{"blackList": ["US", "CA-QC"]}')
    assert [note.meaning for note in look.notes] == ["United States, Quebec, Canada"]
    (fault,) = look_at(RULES, '{"blackList": ["UK"]}').remarks
    assert (fault.level, fault.line, fault.column, fault.remedy) == ("error", 1, 16, "Did you mean GB, United Kingdom?")
    (notice,) = look_at(RULES, '{"blackList": ["us"]}').remarks
    assert (notice.level, notice.problem) == ("warning", "“us” is read as US, United States.")


def test_regions_are_warned_of_where_the_database_has_none(countries: Path) -> None:
    (warning,) = look_at(RULES, '{"blackList": ["CA-ON", "CA-QC"]}').remarks
    assert warning.problem == (
        "CA-ON and 1 more are regions, and the GeoIP database tells countries alone: nobody is found to be there."
    )


def test_completion_offers_the_lists() -> None:
    offer = complete_text(RULES, '{"bl', 4)
    assert "blackList" in [each.label for each in offer.suggestions]
