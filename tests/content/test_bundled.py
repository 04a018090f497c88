"""The folders that ship are found."""

import pytest

from lms.content.bundled import bundled


def test_the_curriculum_of_the_checkout_is_found():
    assert (bundled("modules") / "references.yaml").is_file()


def test_a_name_that_is_not_bundled_is_refused():
    with pytest.raises(ValueError, match="not a bundled folder"):
        bundled("tests")
