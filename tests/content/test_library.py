"""The project's own content loads, fast, and problems of all files are named at once."""

import time

from lms.content.bundled import bundled
from lms.content.library import load_library
from lms.content.rendering import render_module


def test_every_file_of_the_project_loads_and_renders_fast():
    started = time.perf_counter()
    library = load_library(bundled("modules").parent)
    rendered = [render_module(module, library.references) for module in library.modules]
    assert time.perf_counter() - started < 10
    assert {module.slug for module in rendered} >= {"boundaries", "safety-planning"}
    assert all(lesson.words > 100 for module in rendered for lesson in module.lessons)
