"""The catalogue's own guards in the database, each broken by hand and seen to refuse, whoever asks."""

from typing import Any

import pytest

from catalog.models import (
    Change,
    Currency,
    FeaturedGame,
    Game,
    GameConfiguration,
    OperatorCurrency,
    RunState,
    SyncRun,
    Tag,
)
from operators.models import Casino
from tests.guards import list_constraints, list_foreign_keys, refusal_of
from tests.operators.making import NOW, make_casino, make_game, make_lobby, make_operator

TABLES = "^catalog_"
RUN = "INSERT INTO catalog_syncrun (operator_id, state, dry_run, by, task_ref, started_at, heartbeat_at, phase,"
RUN += " progress_done, progress_total, fetched, added, changed, gone, back, resolved, unreadable, counts, error_code,"
RUN += (
    " error, ended_at) SELECT operator_id, state, false, 'x', '', now(), now(), '', 0, 0, 0, 0, 0, 0, 0, 0, 0, '{{}}',"
)
RUN += " '', '', NULL FROM catalog_syncrun"


@pytest.fixture
def names(db: None) -> dict[str, Any]:
    """A row in every table of the catalogue."""
    casino: Casino = make_casino()
    operator = make_operator(casino)
    game = make_game(operator)
    make_lobby(operator)
    Currency.objects.all().delete()
    currency = Currency.objects.create(code="EUR")
    OperatorCurrency.objects.create(operator=operator, currency=currency)
    GameConfiguration.objects.create(game=game, currency=currency, stakes=[10])
    tag = Tag.objects.create(casino=casino, slug="new", name="New")
    game.tags.add(tag)
    FeaturedGame.objects.create(casino=casino, game=game)
    run = SyncRun.objects.create(operator=operator, by="celery", started_at=NOW, heartbeat_at=NOW)
    Change.objects.create(run=run, operator=operator, at=NOW, subject="game", ref="1", kind="new")
    assert (run.state, Game.objects.count()) == (RunState.RUNNING, 1)
    return {}


def again(table: str, columns: str) -> str:
    """Insert a copy of a table's row."""
    return f"INSERT INTO {table} ({columns}) SELECT {columns} FROM {table}"


def negative(table: str, *columns: str) -> dict[str, str]:
    return {f"{table}_{column}_check": f'UPDATE {table} SET "{column}" = -1' for column in columns}


def gone(*tables: str) -> dict[str, str]:
    return {f"{table}_gone_has_date": f"UPDATE {table} SET listing = 'gone'" for table in tables}


# Constraints and unique indexes by name, each with a statement that it alone refuses.
CONSTRAINTS = {
    **gone("catalog_vendor", "catalog_game", "catalog_lobby", "catalog_operatorcurrency", "catalog_gameconfiguration"),
    **negative("catalog_currency", "decimals"),
    **negative("catalog_featuredgame", "position"),
    **negative("catalog_syncrun", "progress_done", "progress_total", "agreed_gone", "fetched", "added", "changed"),
    **negative("catalog_syncrun", "gone", "back", "resolved", "unreadable"),
    "catalog_currency_unit_has_base": "UPDATE catalog_currency SET unit_factor = 1000",
    "catalog_featuredgame_once": again("catalog_featuredgame", "casino_id, game_id, position"),
    "catalog_game_once": again(
        "catalog_game",
        "operator_id, game_ref, title, game_type, subtype, platform, enabled, platform_enabled, fun_mode, campaigns,"
        " description, thumbnails, listing",
    ),
    "catalog_game_tags_game_id_tag_id_42128d3d_uniq": again("catalog_game_tags", "game_id, tag_id"),
    "catalog_gameconfiguration_once": again("catalog_gameconfiguration", "game_id, currency_id, stakes, listing, raw"),
    "catalog_lobby_once": again("catalog_lobby", "operator_id, lobby_ref, enabled, thumbnails, listing"),
    "catalog_operatorcurrency_once": again(
        "catalog_operatorcurrency", "operator_id, currency_id, multiplier, enabled, listing"
    ),
    "catalog_syncrun_by_someone": "UPDATE catalog_syncrun SET by = ''",
    "catalog_syncrun_ended_has_time": "UPDATE catalog_syncrun SET state = 'applied'",
    "catalog_syncrun_one_running": RUN,
    "catalog_tag_once": again("catalog_tag", "casino_id, slug, name, player_groups"),
    "catalog_vendor_once": again(
        "catalog_vendor", "operator_id, vendor_ref, enabled, restricted_countries, prohibited_countries, categories"
    ),
}


@pytest.mark.parametrize("name", CONSTRAINTS)
def test_constraint_refuses(names: dict[str, Any], name: str) -> None:
    assert refusal_of(CONSTRAINTS[name], names).diag.constraint_name == name


def test_every_constraint_and_unique_index_has_its_case(db: None) -> None:
    assert list_constraints(TABLES) == sorted(CONSTRAINTS)


def test_foreign_keys_refuse(names: dict[str, Any]) -> None:
    keys = list_foreign_keys(TABLES)
    assert len(keys) == 15
    for constraint, table, column in keys:
        nowhere = f"ALTER TABLE {table} DISABLE TRIGGER USER; UPDATE {table} SET {column} = '-1'"
        assert refusal_of(nowhere, names).diag.constraint_name == constraint


def test_a_unit_needs_both_a_base_and_a_factor_above_0(names: dict[str, Any]) -> None:
    for facts in ("base_code = 'IDR', unit_factor = 0", "base_code = 'IDR', unit_factor = -1", "unit_factor = 2"):
        refusal = refusal_of(f"UPDATE catalog_currency SET {facts}", names)
        assert refusal.diag.constraint_name == "catalog_currency_unit_has_base"
