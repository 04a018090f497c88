"""The command lms, as a shell meets it."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from lms.cli.main import main

KEYS = {
    "LMS_SECRET_KEY": "s" * 40,
    "LMS_AUDIT_KEY": "a" * 40,
    "LMS_SEALING_KEYS": "11" * 32,
    "LMS_BASE_URL": "http://localhost",
}


@pytest.fixture
def lms(tmp_path):
    """Return a runner of the command on an installation of its own."""
    env = {
        **KEYS,
        "LMS_DATABASE_URL": f"sqlite:///{tmp_path}/x.db",
        "LMS_DATA_DIR": str(tmp_path / "var"),
    }

    def call(*words, **more):
        return CliRunner().invoke(main, list(words), env={**env, **more})

    return call


def test_help_explains_every_command_with_an_example(lms):
    """Each command says what it does and shows a call."""
    for words in (
        ("demo",),
        ("serve",),
        ("worker",),
        ("schema",),
        ("db", "upgrade"),
        ("db", "downgrade"),
        ("db", "check"),
        ("verdict",),
        ("content", "check"),
        ("content", "publish"),
        ("content", "coverage"),
        ("content", "readability"),
        ("user", "invite"),
        ("user", "administrator"),
        ("certificate", "verify"),
        ("audit", "verify"),
        ("audit", "head"),
    ):
        told = lms(*words, "--help")
        assert told.exit_code == 0, words
        assert "Example:" in told.output, words


def test_missing_settings_are_all_named(lms):
    """Exit 3 and every name."""
    told = lms("audit", "head", LMS_SECRET_KEY="", LMS_AUDIT_KEY="")
    assert told.exit_code == 3
    assert "LMS_SECRET_KEY" in told.stderr
    assert "LMS_AUDIT_KEY" in told.stderr


def test_an_installation_from_nothing(lms, tmp_path):
    """Upgrade, publish twice, invite, verify: as the README says."""
    assert lms("db", "upgrade").exit_code == 0
    assert lms("db", "check").exit_code == 0
    first = json.loads(lms("content", "publish", "--json").stdout)
    assert {row["kind"] for row in first["published"]} >= {"module", "assessment", "programme"}
    again = json.loads(lms("content", "publish", "--json").stdout)
    assert again["published"] == []
    assert again["unchanged"] == len(first["published"])
    told = lms("user", "administrator", "kim@example.org", "--organisation", "Riverside")
    assert json.loads(told.stdout)["link"].startswith("http://localhost/invitations/")
    assert lms("user", "invite", "not-an-address", "--organisation", "Riverside").exit_code == 1
    assert lms("user", "invite", "a@example.org", "--organisation", "Nobody").exit_code == 1
    report = json.loads(lms("audit", "verify", "--json").stdout)
    assert report["ok"] is True
    assert report["entries"] > 0
    assert report["first_broken"] is None
    assert json.loads(lms("audit", "head").stdout)["heads"]


def test_a_database_that_is_not_there_is_exit_three(lms):
    """Could not look is not the same as no."""
    told = lms("audit", "verify", LMS_DATABASE_URL="sqlite:////nowhere/at/all.db")
    assert told.exit_code == 3


def test_content_check_counts_and_names_problems(lms, tmp_path):
    """Good content is counted; a broken file is named with its line, and nothing is published."""
    told = json.loads(lms("content", "check", "--json").stdout)
    assert told["versions"]["modules"] >= 4
    folder = tmp_path / "broken" / "modules" / "boundaries"
    folder.mkdir(parents=True)
    (folder / "module.md").write_text("---\ntitle: [\n---\n", "utf-8")
    broken = lms("content", "check", "--json", str(tmp_path / "broken"))
    assert broken.exit_code == 1
    error = json.loads(broken.stdout)["errors"][0]
    assert set(error) == {"file", "line", "path", "code", "message"}


@pytest.mark.parametrize(
    "name", ["assessment", "programme", "record", "module", "scenario", "rubric"]
)
def test_schemas_are_printed(lms, name):
    """Each is a JSON Schema of the stated draft."""
    schema = json.loads(lms("schema", name).stdout)
    assert "2020-12" in schema["$schema"]
    if name == "programme":
        switches = schema["$defs"]["Gates"]["properties"].values()
        assert [one["enum"] for one in switches] == [["on", "off"]] * 2


def test_a_demo_is_made_once_and_found_again(tmp_path):
    """Its sign-ins stay the same, its keys are private, and production refuses its database."""
    words = ["demo", "--data", str(tmp_path / "demo"), "--no-serve", "--json"]
    first = CliRunner().invoke(main, words)
    assert first.exit_code == 0, first.output
    told = json.loads(first.stdout)
    assert {person["role"] for person in told["people"]} >= {"trainee", "trainer", "supervisor"}
    assert json.loads(CliRunner().invoke(main, words).stdout) == told
    for name in ("keys.json", "people.json"):
        assert (tmp_path / "demo" / name).stat().st_mode & 0o077 == 0
    url = f"sqlite:///{tmp_path}/demo/alongside.db"
    told = CliRunner().invoke(main, ["serve"], env={**KEYS, "LMS_DATABASE_URL": url})
    assert told.exit_code == 3
    assert "demo" in told.stderr


def test_an_unknown_file_is_no_certificate(lms, tmp_path):
    """Exit 1 for a stranger, 3 where there is no file."""
    lms("db", "upgrade")
    stranger = tmp_path / "x.pdf"
    Path(stranger).write_bytes(b"%PDF-1.7 not ours")
    told = lms("certificate", "verify", str(stranger), "--json")
    assert told.exit_code == 1
    assert json.loads(told.stdout)["genuine"] in {False, None}
    assert lms("certificate", "verify", str(tmp_path / "none.pdf")).exit_code == 3
    told = lms("certificate", "verify", str(stranger), "--json", "--on", "2026-01-01")
    assert json.loads(told.stdout)["on"] == "2026-01-01"
    assert lms("certificate", "verify", str(stranger), "--on", "9999-01-01").exit_code == 2
    with stranger.open("wb") as huge:
        huge.truncate(200 * 1024 * 1024)  # a hole: it takes no room on the disk
    assert lms("certificate", "verify", str(stranger)).exit_code == 1
