"""Every kind of file has a JSON Schema that says what the loader demands."""

import json

import pytest

from lms.content.schema import DIALECT, SCHEMAS, schema_for


@pytest.mark.parametrize("name", sorted(SCHEMAS))
def test_a_schema_is_of_2020_12_and_all_its_references_lead_somewhere(name):
    schema = schema_for(name)
    assert schema["$schema"] == DIALECT
    text = json.dumps(schema)
    for part in text.split('"$ref": "')[1:]:
        target = part.split('"')[0]
        assert target.removeprefix("#/$defs/") in schema["$defs"]


def test_unknown_keys_are_refused_by_the_schema_too():
    schema = schema_for("assessment")
    assert schema["additionalProperties"] is False
    assert set(schema["required"]) == {"id", "items"}
    assert schema["$defs"]["SingleItem"]["additionalProperties"] is False


def test_the_topics_of_content_notes_are_a_closed_list():
    note = schema_for("scenario")["$defs"]["ContentNote"]
    assert "control" in note["properties"]["topics"]["items"]["enum"]


def test_a_name_without_a_schema_is_refused():
    with pytest.raises(ValueError, match="no schema"):
        schema_for("lesson")
