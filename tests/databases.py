"""The databases of the tests: the one that Django has open, by its address, and scratch ones beside it."""

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any
from urllib.parse import quote, urlsplit

import psycopg
from django.conf import settings
from django.db import connection, connections

from dev import processes


def postgres_url(name: str = "") -> str:
    """The address of the database that Django's connection is for, or of another one on its server."""
    facts = connection.settings_dict
    login = f"{quote(facts['USER'])}:{quote(facts['PASSWORD'])}"
    return f"postgresql://{login}@{facts['HOST']}:{facts['PORT']}/{name or facts['NAME']}"


def application_url(name: str = "") -> str:
    """The same for a role that owns nothing, as the application has it in production, if there is such a role here."""
    parts = urlsplit(postgres_url(name))
    if not settings.APPLICATION_ROLE:
        return parts.geturl()
    login = f"{settings.APPLICATION_ROLE}:{os.environ.get('APPLICATION_PASSWORD', parts.password)}"
    return parts._replace(netloc=f"{login}@{parts.hostname}:{parts.port}").geturl()


@contextmanager
def open_instead(url: str) -> Iterator[None]:
    """In this thread, Django's connection leads to another database while the block lasts."""
    usual, facts = connections["default"], psycopg.conninfo.conninfo_to_dict(url)
    other = usual.copy()
    other.settings_dict |= {"NAME": facts["dbname"], "USER": facts["user"], "PASSWORD": facts["password"]}
    other.settings_dict |= {"HOST": facts["host"], "PORT": facts["port"]}
    connections["default"] = other
    try:
        yield
    finally:
        other.close()
        connections["default"] = usual


@contextmanager
def template_of_this_database() -> Iterator[None]:
    """Keep a copy of the database that Django has open, migrated and empty as it is now, while the block lasts."""
    name = connection.settings_dict["NAME"]
    # A database that is copied must have no connection.
    connection.close()
    with psycopg.connect(postgres_url("postgres"), autocommit=True) as usual:
        usual.execute(f"DROP DATABASE IF EXISTS {name}_template")
        usual.execute(f"CREATE DATABASE {name}_template TEMPLATE {name}")
    try:
        yield
    finally:
        with psycopg.connect(postgres_url("postgres"), autocommit=True) as usual:
            usual.execute(f"DROP DATABASE IF EXISTS {name}_template")


@contextmanager
def scratch_database() -> Iterator[str]:
    """The address of a migrated, empty database that goes away with the block."""
    name = f"scratch_{secrets.token_hex(6)}"
    with psycopg.connect(postgres_url(), autocommit=True) as usual:
        usual.execute(f"CREATE DATABASE {name} TEMPLATE {connection.settings_dict['NAME']}_template")
        try:
            yield postgres_url(name)
        finally:
            processes.wait_until(partial(drop_database, usual, name), seconds=10)


def drop_database(usual: psycopg.Connection[Any], name: str) -> bool:
    """Drop a database; not while PostgreSQL itself is vacuuming it, whose process nobody but its owner may end."""
    try:
        usual.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
    except (psycopg.errors.InsufficientPrivilege, psycopg.errors.ObjectInUse):
        return False
    return True
