"""What holds over the whole tree: marks, addresses, templates, tables, words."""

import re
import tomllib
from pathlib import Path

import pytest
from jinja2 import meta

from lms.db import Base
from lms.migrations import run, state
from lms.rules.visibility import RecordClass, Relation, cell
from lms.web.words import SENTENCES

ROOT = Path(__file__).resolve().parent.parent
CLIENT_WORDS = re.compile(r"client|service_user|survivor|patient|mentee|case_")
AREAS = {
    *("signin", "people", "cohorts", "programmes", "curriculum", "authoring", "gatherings"),
    "reflections",
    *("assessments", "readiness", "roleplays", "hours", "evidence", "certificates"),
    "appeals",
    *("record", "audit", "drafts", "mail", "jobs"),
}
FRAME = {
    *("access", "account", "agreements", "areas", "assets", "boxes", "check", "errors", "fields"),
    *("filters", "forms", "fragments", "frame", "headers", "health", "help", "kept", "languages"),
    *("letterhead", "looks", "organisation"),
    *("patterns", "state", "today", "verdict_words", "words"),
}


def test_every_view_says_who_may_see_it(built_app):
    """A view without a mark would not even start; here each one is looked at."""
    unmarked = [
        name for name, view in built_app.view_functions.items() if not hasattr(view, "access")
    ]
    assert unmarked == []


def test_addresses_are_typed_and_kebab_case(built_app):
    """Addresses are lower case with hyphens; ids in them are named after what they name."""
    odd = [
        rule.rule
        for rule in built_app.url_map.iter_rules()
        if re.search(r"[A-Z_]", re.sub(r"<[^>]+>", "", rule.rule).replace("assets/", ""))
    ]
    assert odd == []


def test_every_template_compiles_and_names_only_what_is_there(built_app):
    """Templates parse, and every template they extend or import exists."""
    environment = built_app.jinja_env
    names = [name for name in environment.list_templates() if name.endswith(".html")]
    assert names
    for name in names:
        source, _, _ = environment.loader.get_source(environment, name)
        tree = environment.parse(source)
        environment.compile(source)
        for wanted in meta.find_referenced_templates(tree):
            assert wanted is None or wanted in environment.list_templates(), f"{name}: {wanted}"


def test_imported_macros_are_used(built_app):
    """A template imports nothing that it does not use."""
    unused = []
    for path in (ROOT / "templates").rglob("*.html"):
        text = re.sub(r"{#.*?#}", "", path.read_text("utf-8"), flags=re.S)
        for names in re.findall(r'{% from "[^"]+" import ([^%]+) %}', text):
            for name in re.split(r",\s*", names.strip()):
                used = name.split(" as ")[-1].strip()
                if len(re.findall(rf"\b{used}\b", text)) < 2:
                    unused.append(f"{path.name}: {used}")
    assert unused == []


def test_nothing_is_marked_safe_in_templates():
    """Sanitised text arrives as Markup; nothing is waved through."""
    waved = [
        p.name
        for p in (ROOT / "templates").rglob("*.html")
        if re.search(r"\|\s*safe\b", p.read_text())
    ]
    assert waved == []


def test_no_inline_script_or_style_in_templates():
    """The content security policy would block it, and a page must not need it."""
    pattern = re.compile(r"<style|\son[a-z]+=|\sstyle=|<script(?![^>]*src=)")
    found = [
        p.name
        for p in (ROOT / "templates").rglob("*.html")
        if pattern.search(re.sub(r"{#.*?#}", "", p.read_text("utf-8"), flags=re.S))
    ]
    assert found == []


def test_models_and_migrations_agree(database_url):
    """A migrated database has exactly the structure of the models."""
    assert run.differences(database_url) == []
    assert state.current(database_url) == state.head()


def test_no_table_or_column_names_a_client():
    """There is no place to write down who was helped."""
    names = [t.name for t in Base.metadata.sorted_tables]
    names += [f"{t.name}.{c.name}" for t in Base.metadata.sorted_tables for c in t.columns]
    assert [name for name in names if CLIENT_WORDS.search(name)] == []


def test_every_constraint_has_a_name():
    """Unnamed constraints are lost when SQLite rebuilds a table."""
    for table in Base.metadata.sorted_tables:
        for constraint in table.constraints:
            assert constraint.name, f"{table.name}: {constraint}"


def _documented() -> dict[str, list[str]]:
    lines = [
        x
        for x in (ROOT / "docs/visibility.md").read_text("utf-8").splitlines()
        if x.startswith("|")
    ]
    rows = [[part.strip() for part in line.strip("|").split("|")] for line in lines]
    return {row[0]: row[1:] for row in rows[2:]}


@pytest.mark.parametrize("record_class", list(RecordClass))
def test_the_visibility_table_is_the_documented_one(record_class):
    """Code and docs/visibility.md agree cell by cell."""
    written = [part.replace("–", "-") for part in _documented()[record_class.value]]
    assert [cell(record_class, relation) for relation in Relation] == written


def test_the_document_has_no_further_rows():
    """Every documented class is in the code."""
    assert set(_documented()) == {record_class.value for record_class in RecordClass}


def test_areas_are_a_closed_list():
    """A file of the web layer belongs to an area or to the frame."""
    names = {p.stem for p in (ROOT / "lms/web").iterdir() if p.suffix == ".py" or p.is_dir()}
    assert names - AREAS - FRAME - {"__init__", "__pycache__"} <= {"today", "record"}


@pytest.mark.usefixtures("app")
def test_every_reason_has_a_sentence():
    """No refusal reaches a person as a code."""
    import lms.content.papers
    import lms.rules.appeals
    import lms.rules.cohorts
    import lms.rules.evidence
    import lms.rules.hours
    import lms.rules.people
    import lms.rules.readiness
    import lms.rules.signin

    kinds = [
        lms.rules.signin.PasswordRefusal,
        lms.rules.signin.LinkRefusal,
        lms.rules.people.EntryRefusal,
        lms.rules.people.RowProblem,
        lms.rules.cohorts.PracticeHold,
        lms.rules.cohorts.StepRefusal,
        lms.rules.hours.HoursRefusal,
        lms.rules.readiness.DecisionRefusal,
        lms.rules.evidence.DocumentRefusal,
        lms.rules.evidence.WaiverRefusal,
        lms.rules.evidence.AttestRefusal,
        lms.rules.evidence.ReferenceRefusal,
        lms.rules.evidence.QualificationRefusal,
        lms.content.papers.PaperRefusal,
        lms.rules.appeals.AppealRefusal,
    ]
    missing = [reason for kind in kinds for reason in kind if reason not in SENTENCES]
    assert missing == []


HARSH = re.compile(
    r"\b(failed|failure|invalid|denied|oops|please note|successfully|forbidden|illegal)\b", re.I
)


def test_no_harsh_word_reaches_a_person():
    """Strings of pages say 'not yet' and never 'failed'."""
    from tests.translations import extracted

    harsh = [str(m.id) for m in extracted() if m.id and HARSH.search(str(m.id))]
    assert harsh == []


def test_no_exclamation_marks_in_pages():
    """Calm voice: nothing shouts."""
    from tests.translations import extracted

    assert [str(m.id) for m in extracted() if m.id and "!" in str(m.id)] == []


def test_one_commit_in_the_whole_application():
    """Only the one transaction commits."""
    files = [p for p in (ROOT / "lms").rglob("*.py") if ".commit(" in p.read_text("utf-8")]
    assert [p.name for p in files] == ["db.py"]


def test_no_role_is_compared_outside_the_policy():
    """Nobody compares roles by hand in a view or template."""
    pattern = re.compile(r"\.role\s*==|role\s+in\s+\(|current_user\.role")
    found = [
        str(p) for p in (ROOT / "lms/web").rglob("*.py") if pattern.search(p.read_text("utf-8"))
    ]
    found += [
        str(p) for p in (ROOT / "templates").rglob("*.html") if pattern.search(p.read_text("utf-8"))
    ]
    assert found == []


def test_every_direct_dependency_is_locked():
    """The lock file pins everything that pyproject names."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    locked = (ROOT / "requirements.lock").read_text("utf-8").lower()
    for wanted in project["dependencies"]:
        name = re.split(r"[<>=;\[ ]", wanted)[0].lower()
        assert re.search(rf"^{re.escape(name)}==", locked, re.M), name


def test_the_project_says_nothing_of_how_it_was_made():
    """No workplace paths, no hosts of registries, no unfinished marks in any file."""
    pattern = re.compile(r"/wor[k]/|/tm[p]/wt|pypi\.or[g]|npmjs\.or[g]|TOD[O]|FIXM[E]")
    skipped = {".git", ".venv", "node_modules", "__pycache__", "var", ".ci", ".mypy_cache"}
    found = []
    for path in ROOT.rglob("*"):
        wanted = path.is_file() and not skipped & set(path.parts) and path.suffix in SHOWN
        if wanted and pattern.search(path.read_text("utf-8", errors="ignore")):
            found.append(str(path.relative_to(ROOT)))
    assert found == []


SHOWN = {".py", ".md", ".html", ".css", ".js", ".yaml", ".toml", ".txt", ".lock", ".po"}


def test_no_title_carries_a_persons_name():
    """A page whose heading names somebody has a title of its own: titles stay in histories."""
    naming = re.compile(r"block heading %}[^\n]*(chosen_name|\bname=|trainee)")
    found = []
    for path in (ROOT / "templates").rglob("*.html"):
        text = path.read_text("utf-8")
        if naming.search(text) and "block title" not in text:
            found.append(path.name)
    assert found == []
