"""What is done to a player or a round is done with its entry on the trail, or not at all."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pytest
from django.contrib.auth.models import User
from django.db import OperationalError, connection

from operators.models import AuditEntry
from tests.databases import postgres_url
from tests.wallet.platform import numbers
from tests.wallet.world import STAFF, Seat, World
from wallet.models import Account, Exclusion, Player, Round, RoundClosing, RoundNote, StuckRound
from wallet.services.busy import LedgerBusy
from wallet.services.players import (
    block_player,
    exclude_player,
    mark_test_player,
    register_player,
    unblock_player,
)
from wallet.services.stuck_rounds import (
    add_round_note,
    assign_round,
    mark_stranded,
    release_round,
    take_round,
    watch_rounds,
)
from wallet.services.upkeep import close_old_rounds

pytestmark = pytest.mark.xdist_group("races")


def list_acts(world: World, seat: Seat) -> dict[str, Callable[[], object]]:
    """Each act, ready to be called, and what it needs to be done for good."""
    player, number, now = seat.player, str(next(numbers)), datetime.now(UTC)
    world.bet(seat, "1.00", round_id=number)
    played, owner = world.round(number), User.objects.create_user(f"olga-{number}")
    blocked, free = world.add_player(), {"reason": "x", "by": STAFF}
    block_player(player=blocked, now=now, **free)
    names: dict[str, Any] = {"user_name": f"new-{number}", "country": "DE", "currencies": ["EUR"]}
    care: dict[str, Any] = {"played": played, "by": STAFF, "now": now}
    return {
        "register": lambda: register_player(casino=world.casino, user_id=f"new-{number}", by=STAFF, **names),
        "block": lambda: block_player(player=player, now=now, **free),
        "unblock": lambda: unblock_player(player=blocked, **free),
        "exclude": lambda: exclude_player(player=player, until=now + timedelta(days=1), by=STAFF, now=now),
        "mark": lambda: mark_test_player(player=player, is_test=True, **free),
        "strand": lambda: mark_stranded(pending=["7"], **care),
        "note": lambda: add_round_note(text="Asked them.", **care),
        "take": lambda: take_round(owner=owner, **care),
        "release": lambda: release_round(**care),
        "assign": lambda: assign_round(owner=owner, **care),
        "close": lambda: close_old_rounds(now=now + timedelta(hours=7)),
    }


def told(world: World) -> list[object]:
    """All that the acts change."""
    players = Player.objects.filter(casino=world.casino).order_by("pk")
    rounds = Round.objects.filter(operator=world.operator).order_by("pk")
    return [
        *players.values_list("user_id", "blocked_at", "blocked_reason", "excluded_until", "is_test"),
        *rounds.values_list("pk", "state", "stuck__stranded_at", "stuck__owner"),
        Account.objects.filter(casino=world.casino).count(),
        *(kind.objects.count() for kind in (Exclusion, RoundNote, RoundClosing, StuckRound, AuditEntry)),
    ]


def test_what_cannot_be_written_down_is_not_done(world: World, seat: Seat) -> None:
    acts = list_acts(world, seat)
    watch_rounds(now=datetime.now(UTC) + timedelta(hours=7))
    for name, act in acts.items():
        before = told(world)
        with psycopg.connect(postgres_url()) as holder, connection.cursor() as cursor:
            holder.execute("LOCK operators_auditentry, wallet_roundclosing IN SHARE MODE")
            if name == "strand":
                holder.execute("LOCK wallet_roundnote IN SHARE MODE")
            cursor.execute("SET lock_timeout = '30ms'")
            with pytest.raises((OperationalError, LedgerBusy)):
                act()
            cursor.execute("RESET lock_timeout")
        assert told(world) == before, name
        act()
        assert told(world) != before, name
