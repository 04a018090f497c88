"""Settings: one frozen dataclass read from the environment, every problem named at once."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

MIN_SECRET_LENGTH = 32


class SettingsError(Exception):
    """What is missing or wrong, one sentence a setting."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


@dataclass(frozen=True, slots=True)
class SmtpSettings:
    """How mail leaves when `LMS_MAIL=smtp`."""

    host: str
    port: int
    user: str
    password: str
    starttls: bool


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything an installation is told.

    Units: `*_minutes` are whole minutes. `sealing_keys` are 32 raw bytes each: the first seals,
    all open. `secret_key`, `audit_key` and `sealing_keys` have no default.
    """

    secret_key: str
    audit_key: bytes
    sealing_keys: tuple[bytes, ...]
    database_url: str
    data_dir: Path
    base_url: str
    demo: bool = False
    debug: bool = False
    mail: str = "file"
    mail_from: str = "notices@localhost"
    mail_from_name: str = "Notices"
    smtp: SmtpSettings | None = None
    leave_url: str = "https://www.wikipedia.org/"
    proxy_hops: int = 0
    signin_idle_minutes: int = 60 * 12
    shared_idle_minutes: int = 10
    content_dir: Path | None = None
    extra_fonts: tuple[Path, ...] = ()
    jobs: str = "inside"
    secret_key_fallbacks: tuple[str, ...] = field(default=())

    @property
    def secure(self) -> bool:
        """Say whether cookies must only travel encrypted."""
        return self.base_url.startswith("https://")

    @property
    def is_sqlite(self) -> bool:
        """Say whether the embedded database is used."""
        return self.database_url.startswith("sqlite")


class _Reader:
    """Reads one environment and gathers every problem instead of stopping at the first."""

    def __init__(self, env: Mapping[str, str]) -> None:
        self.env = env
        self.problems: list[str] = []

    def text(self, name: str, default: str | None = None) -> str:
        value = self.env.get(name, "").strip()
        if value:
            return value
        if default is None:
            self.problems.append(f"{name} is not set.")
            return ""
        return default

    def secret(self, name: str) -> str:
        value = self.text(name)
        if value and len(value) < MIN_SECRET_LENGTH:
            self.problems.append(f"{name} must have at least {MIN_SECRET_LENGTH} characters.")
        return value

    def whole(self, name: str, default: int, low: int, high: int) -> int:
        raw = self.text(name, str(default))
        if not raw.isascii() or not raw.isdecimal() or not low <= int(raw) <= high:
            self.problems.append(f"{name} must be a whole number, {low} to {high}, not {raw!r}.")
            return default
        return int(raw)

    def switch(self, name: str, default: bool) -> bool:
        raw = self.text(name, "on" if default else "off").lower()
        if raw not in {"on", "off"}:
            self.problems.append(f"{name} must be on or off, not {raw!r}.")
        return raw == "on"

    def one_of(self, name: str, default: str, choices: tuple[str, ...]) -> str:
        raw = self.text(name, default)
        if raw not in choices:
            self.problems.append(f"{name} must be one of {', '.join(choices)}, not {raw!r}.")
        return raw

    def address(self, name: str, default: str | None = None) -> str:
        raw = self.text(name, default).rstrip("/")
        parts = urlsplit(raw)
        if raw and (parts.scheme not in {"http", "https"} or not parts.netloc):
            self.problems.append(f"{name} must be an address such as https://learn.example.org.")
        return raw

    def keys(self, name: str) -> tuple[bytes, ...]:
        found = []
        for part in filter(None, self.text(name).split(",")):
            try:
                key = bytes.fromhex(part.strip())
            except ValueError:
                key = b""
            if len(key) != 32:
                self.problems.append(f"{name}: each key must be 64 hexadecimal digits.")
            found.append(key)
        return tuple(found)

    def database(self, name: str) -> str:
        raw = self.text(name)
        if raw.startswith(("postgres://", "postgresql://")):
            raw = "postgresql+psycopg://" + raw.split("://", 1)[1]
        if raw and not raw.startswith(("sqlite:///", "postgresql+psycopg://")):
            self.problems.append(f"{name} must start with sqlite:/// or postgresql://.")
        return raw


def _smtp(read: _Reader) -> SmtpSettings:
    return SmtpSettings(
        host=read.text("LMS_SMTP_HOST"),
        port=read.whole("LMS_SMTP_PORT", 587, 1, 65535),
        user=read.text("LMS_SMTP_USER", ""),
        password=read.text("LMS_SMTP_PASSWORD", ""),
        starttls=read.switch("LMS_SMTP_STARTTLS", True),
    )


def _paths(raw: str) -> tuple[Path, ...]:
    return tuple(Path(part) for part in raw.split(os.pathsep) if part)


def settings_from(env: Mapping[str, str]) -> Settings:
    """Return the settings an environment asks for.

    Raises: SettingsError with every wrong or missing setting at once.
    """
    read = _Reader(env)
    mail = read.one_of("LMS_MAIL", "file", ("file", "console", "smtp"))
    content_dir = read.text("LMS_CONTENT_DIR", "")
    settings = Settings(
        secret_key=read.secret("LMS_SECRET_KEY"),
        audit_key=read.secret("LMS_AUDIT_KEY").encode(),
        sealing_keys=read.keys("LMS_SEALING_KEYS"),
        database_url=read.database("LMS_DATABASE_URL"),
        data_dir=Path(read.text("LMS_DATA_DIR", "var")),
        base_url=read.address("LMS_BASE_URL"),
        demo=read.switch("LMS_DEMO", False),
        debug=read.switch("LMS_DEBUG", False),
        mail=mail,
        mail_from=read.text("LMS_MAIL_FROM", "notices@localhost"),
        mail_from_name=read.text("LMS_MAIL_FROM_NAME", "Notices"),
        smtp=_smtp(read) if mail == "smtp" else None,
        leave_url=read.address("LMS_LEAVE_URL", "https://www.wikipedia.org"),
        proxy_hops=read.whole("LMS_PROXY_HOPS", 0, 0, 5),
        signin_idle_minutes=read.whole("LMS_SIGNIN_IDLE_MINUTES", 720, 5, 43200),
        shared_idle_minutes=read.whole("LMS_SHARED_IDLE_MINUTES", 10, 1, 120),
        content_dir=Path(content_dir) if content_dir else None,
        extra_fonts=_paths(read.text("LMS_EXTRA_FONTS", "")),
        jobs=read.one_of("LMS_JOBS", "inside", ("inside", "worker")),
        secret_key_fallbacks=tuple(
            filter(None, read.text("LMS_SECRET_KEY_FALLBACKS", "").split(","))
        ),
    )
    if read.problems:
        raise SettingsError(read.problems)
    return settings
