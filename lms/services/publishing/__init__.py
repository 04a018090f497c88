"""Publishing: definitions become immutable versions in the database, and are read back."""

from lms.services.publishing.definitions import (
    definition_at,
    definition_of,
)
from lms.services.publishing.kept import (
    CONTENT,
    NEWEST,
    forget_published,
    titles_by_slug,
    until_published,
)
from lms.services.publishing.making import (
    Published,
    publish_library,
    publish_one,
)
from lms.services.publishing.publications import (
    Publication,
    publication_of,
    publications,
)
from lms.services.publishing.versions import (
    alike_refs,
    current_version,
    find_current_version,
    find_picture,
    last_number,
    list_current_versions,
    rendered_of,
    source_of,
    source_text_of,
    versions_by_id,
)

__all__ = [
    "CONTENT",
    "NEWEST",
    "Publication",
    "Published",
    "alike_refs",
    "current_version",
    "definition_at",
    "definition_of",
    "find_current_version",
    "find_picture",
    "forget_published",
    "last_number",
    "list_current_versions",
    "publication_of",
    "publications",
    "publish_library",
    "publish_one",
    "rendered_of",
    "source_of",
    "source_text_of",
    "titles_by_slug",
    "until_published",
    "versions_by_id",
]
