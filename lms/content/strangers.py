"""Files that look like content but stand where nobody reads them."""

from pathlib import Path

from lms.content.errors import ProblemCode, Problems
from lms.content.modules import REFERENCES_FILE
from lms.content.packs import FOLDER as PACKS
from lms.content.vocabulary import COVERAGE_FILE, GLOSSARY_FILE, PHASES_FILE

_PLACES = {
    "modules": (
        *(REFERENCES_FILE, GLOSSARY_FILE, PHASES_FILE, COVERAGE_FILE),
        f"{PACKS}/*.yaml",
    ),
    "assessments": ("*.yaml", "rubrics/*.yaml", "scenarios/*.yaml"),
    "programmes": ("*.yaml", "agreements/*.md"),
}


def note_strangers(folder: Path, root: Path, problems: Problems) -> None:
    """Note files that look like content but stand where nobody reads them."""
    if not folder.is_dir():
        message = f"The folder '{folder.name}' is missing. Add it."
        problems.on(folder.name).add(ProblemCode.MISSING_FILE, message)
        return
    read = {path for pattern in _PLACES[folder.name] for path in folder.glob(pattern)}
    for path in sorted(folder.rglob("*")):
        if folder.name == "modules" and path.suffix == ".md" and path.parent.parent == folder:
            continue  # a module's own files are judged where it is read
        if path.suffix in (".yaml", ".yml", ".md") and path not in read:
            message = "Nothing reads a file of this name here. Move it, or rename it."
            problems.on(path.relative_to(root).as_posix()).add(ProblemCode.UNKNOWN_FILE, message)
