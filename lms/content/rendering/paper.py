"""Texts of several lessons put onto one page: headings one level down, without ids."""

import re

from markupsafe import Markup

_HEADING = re.compile(r"<(?P<end>/?)h(?P<level>[2-6])(?: id=\"[^\"]*\")?>")


def one_level_down(html: Markup) -> Markup:
    """Return sanitised HTML whose headings fit under a heading of the second level."""

    def lowered(found: re.Match[str]) -> str:
        return f"<{found['end']}h{min(6, int(found['level']) + 1)}>"

    return Markup(_HEADING.sub(lowered, html))  # noqa: S704 -- only the level of headings changes
