"""Settings: every problem at once, no secret by default."""

import pytest

from lms.config import SettingsError, settings_from

GOOD = {
    "LMS_SECRET_KEY": "s" * 40,
    "LMS_AUDIT_KEY": "a" * 40,
    "LMS_SEALING_KEYS": "ab" * 32 + "," + "cd" * 32,
    "LMS_DATABASE_URL": "postgresql://u@h/d",
    "LMS_BASE_URL": "https://learn.example.org/",
}


def test_good_settings_are_read():
    """Addresses lose their stroke, PostgreSQL gets its driver, keys become bytes."""
    settings = settings_from(GOOD)
    assert settings.base_url == "https://learn.example.org"
    assert settings.database_url == "postgresql+psycopg://u@h/d"
    assert [len(key) for key in settings.sealing_keys] == [32, 32]
    assert settings.secure


def test_everything_missing_is_named_at_once():
    """One look is enough to mend them all."""
    with pytest.raises(SettingsError) as error:
        settings_from({})
    named = " ".join(error.value.problems)
    for name in GOOD:
        assert name in named


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("LMS_SECRET_KEY", "short"),
        ("LMS_SEALING_KEYS", "zz"),
        ("LMS_SEALING_KEYS", "ab" * 31),
        ("LMS_DATABASE_URL", "mysql://x"),
        ("LMS_BASE_URL", "learn.example.org"),
        ("LMS_MAIL", "pigeon"),
        ("LMS_DEMO", "maybe"),
        ("LMS_PROXY_HOPS", "-1"),
        ("LMS_SIGNIN_IDLE_MINUTES", "٣"),
    ],
)
def test_each_wrong_setting_is_named(name, value):
    """The sentence starts with the setting."""
    with pytest.raises(SettingsError) as error:
        settings_from({**GOOD, name: value})
    assert [problem.split()[0].rstrip(":") for problem in error.value.problems] == [name]


def test_smtp_needs_its_host():
    """Choosing SMTP asks for what SMTP needs."""
    with pytest.raises(SettingsError, match="LMS_SMTP_HOST"):
        settings_from({**GOOD, "LMS_MAIL": "smtp"})
