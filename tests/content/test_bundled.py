"""The folders that ship are found."""

import pytest

from lms.content import bundled as finder
from lms.content.bundled import bundled


def test_the_curriculum_of_the_checkout_is_found():
    assert (bundled("modules") / "references.yaml").is_file()


def test_a_name_that_is_not_bundled_is_refused():
    with pytest.raises(ValueError, match="not a bundled folder"):
        bundled("tests")


def test_in_a_wheel_the_folders_beside_the_code_are_found(tmp_path, monkeypatch):
    monkeypatch.setattr(finder, "_PACKAGE", tmp_path / "lms")
    with pytest.raises(FileNotFoundError, match="neither in the wheel"):
        bundled("modules")
    (tmp_path / "lms/_bundled/modules").mkdir(parents=True)
    assert bundled("modules") == tmp_path / "lms/_bundled/modules"
