"""Typed settings, read from `QUIZAPP_*` variables once, at the start."""

import os
import re
import secrets
from pathlib import Path
from typing import Literal, Self

from pydantic import Field, SecretStr, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

PREFIX = "QUIZAPP_"
KEY_FILE = "secret_key"
"""In the instance folder, where the variable is not set."""


class Settings(BaseSettings):
    """Everything that can be set. Each description is printed by `quizapp settings`."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, frozen=True, env_ignore_empty=True)

    instance_folder: Path = Field(
        Path("instance"),
        description="Folder for the SQLite database and the secret key, where these are not set.",
    )
    database_url: str = Field(
        "",
        description="Where the data is: sqlite:///FILE, or postgresql://USER:PASSWORD@HOST/NAME. "
        "Empty: quizapp.db in the instance folder.",
    )
    secret_key: SecretStr = Field(
        SecretStr(""),
        description="Signs sessions and seals the receipt keys; at least 32 characters. "
        "Empty: made once and kept in the instance folder. Several nodes need the same one.",
    )
    redis_url: str | None = Field(
        None,
        description="redis://HOST:PORT/NUMBER, to share sign-in delays between nodes. "
        "Empty: each process keeps its own in memory.",
    )
    base_url: str = Field(
        "http://127.0.0.1:8000",
        description="The address that people type, as it stands in links and slips. "
        "With https: the cookies are sent over HTTPS only.",
    )
    trusted_proxies: int = Field(
        0,
        ge=0,
        le=10,
        description="How many reverse proxies stand before the server and set X-Forwarded-*.",
    )
    threads: int = Field(
        8, ge=1, le=256, description="Threads that answer requests, in each process."
    )
    upload_limit_bytes: int = Field(
        5_000_000, ge=100_000, description="The largest file that can be uploaded, in bytes."
    )
    default_language: Literal["en", "km"] = Field(
        "en", description="Language of the pages for browsers that ask for neither: en or km."
    )
    time_zone: str = Field("Asia/Phnom_Penh", description="Zone in which times are shown.")
    product_name: str = Field(
        "", max_length=80, description="Name in the masthead. Empty: the product's own."
    )
    institute_name: str = Field(
        "",
        max_length=160,
        description="Institute's name below it. Empty: that of the institute it was made for.",
    )
    smtp_url: str | None = Field(
        None,
        description="smtp://USER:PASSWORD@HOST:PORT (STARTTLS where offered) or smtps://, for "
        "links to new passwords. Empty: an administrator hands them over.",
    )
    mail_from: str = Field(
        "quizapp@localhost", description="Sender of those messages, as an e-mail address."
    )
    argon2_memory_kib: int = Field(
        19 * 1024, ge=8, description="Memory of password hashing, in KiB (OWASP: 19456)."
    )
    argon2_time_cost: int = Field(2, ge=1, le=20, description="Passes of password hashing.")
    sqlite_synchronous: Literal["FULL", "NORMAL", "OFF"] = Field(
        "FULL",
        description="SQLite's durability. Only FULL keeps an acknowledged answer over a power cut.",
    )
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field(
        "INFO", description="Least severity that is logged."
    )
    jobs_in_server: bool = Field(
        True, description="Whether `quizapp serve` drains jobs too; else `quizapp work` must run."
    )

    @field_validator("database_url")
    @classmethod
    def _is_a_kind_we_know(cls, value: str) -> str:
        # some hosts hand out an older name of the scheme
        value = re.sub(r"^postgres://", "postgresql://", value)
        if value and not value.startswith(("sqlite://", "postgresql://", "postgresql+psycopg://")):
            raise ValueError("begin with sqlite:/// or postgresql://")
        return value

    @field_validator("base_url")
    @classmethod
    def _is_an_address(cls, value: str) -> str:
        if not value.startswith(("http://", "https://")):
            raise ValueError("begin with http:// or https://")
        return value.rstrip("/")

    @field_validator("time_zone")
    @classmethod
    def _is_a_zone(cls, value: str) -> str:
        from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

        try:
            ZoneInfo(value)
        except (ZoneInfoNotFoundError, ValueError) as error:
            raise ValueError("no such time zone") from error
        return value

    @model_validator(mode="after")
    def _complete(self) -> Self:
        key = self.secret_key.get_secret_value()
        if key and len(key) < 32:
            raise ValueError("QUIZAPP_SECRET_KEY needs at least 32 characters")
        return self

    @property
    def uses_sqlite(self) -> bool:
        """Whether the database is a file beside this one process."""
        return self.database_url.startswith("sqlite")


def load_settings(**changes: object) -> Settings:
    """Read the environment; what is left empty is filled in from the instance folder.

    Raises:
        pydantic.ValidationError: a variable cannot be taken.
        OSError: the instance folder cannot be made or read.
    """
    settings = Settings(**changes)  # type: ignore[arg-type]  # pydantic checks each
    folder = settings.instance_folder.resolve()
    filled: dict[str, object] = {"instance_folder": folder}
    if not settings.database_url:
        folder.mkdir(parents=True, exist_ok=True)
        filled["database_url"] = f"sqlite:///{folder / 'quizapp.db'}"
    if not settings.secret_key.get_secret_value():
        filled["secret_key"] = SecretStr(_kept_key(folder / KEY_FILE))
    return settings.model_copy(update=filled)


def _kept_key(path: Path) -> str:
    """The key in the file; made, readable by its owner alone, where there is none."""
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text("ascii").strip()
    with os.fdopen(handle, "w", encoding="ascii") as file:
        key = secrets.token_urlsafe(48)
        file.write(key + "\n")
    return key
