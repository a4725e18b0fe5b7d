"""Everything that the database holds, as text, and the secrets that can be read in a text."""

import hashlib
import re
from collections.abc import Iterator

import psycopg
from psycopg import sql

from operators.fields import digest_key
from operators.models import ApiKey
from tests.databases import postgres_url
from wallet.models import Session
from wallet.services.launch import TOKEN_LENGTH

TABLES = """
    SELECT relnamespace::regnamespace::text, relname FROM pg_class
    WHERE relkind = 'r' AND relnamespace::regnamespace::text NOT IN ('pg_catalog', 'information_schema')
    ORDER BY 1, 2
"""
# Each begins at any character, so that one that is glued to other letters is found, too.
TOKEN = re.compile(rf"(?=([A-Za-z0-9]{{{TOKEN_LENGTH}}}))")
API_KEY = re.compile(r"(?=([0-9a-f]{8}_[\w-]{43}))", re.ASCII)


def dump_tables() -> dict[str, str]:
    """Every table's rows in PostgreSQL's own text, partitions by themselves."""
    with psycopg.connect(postgres_url()) as connection:
        names = connection.execute(TABLES).fetchall()
        return {name: copy_out(connection, schema, name) for schema, name in names}


def copy_out(connection: "psycopg.Connection[tuple[object, ...]]", schema: str, name: str) -> str:
    command = sql.SQL("COPY {} TO STDOUT").format(sql.Identifier(schema, name))
    with connection.cursor() as cursor, cursor.copy(command) as copy:
        return b"".join(copy).decode()


def find_tokens(texts: dict[str, str]) -> Iterator[tuple[str, str]]:
    """Tokens of any session that was ever opened, each with the text it stands in.

    The database knows tokens by their digests alone; whatever could be one is digested and looked up.
    """
    digests = {bytes(digest) for digest in Session.objects.values_list("token_digest", flat=True)}
    for place, text in texts.items():
        for word in {match[1] for match in TOKEN.finditer(text)}:
            if hashlib.sha256(word.encode()).digest() in digests:
                yield place, word


def find_api_keys(texts: dict[str, str]) -> Iterator[tuple[str, str]]:
    """API keys of any casino, found in the same way."""
    digests = set(ApiKey.objects.values_list("digest", flat=True))
    for place, text in texts.items():
        yield from ((place, match[1]) for match in API_KEY.finditer(text) if digest_key(match[1]) in digests)


def find_words(texts: dict[str, str], words: list[str]) -> Iterator[tuple[str, str]]:
    """Words that a text holds."""
    yield from ((place, word) for place, text in texts.items() for word in words if word in text)
