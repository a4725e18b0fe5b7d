"""What the sandbox reports of a run is what the ledger holds of it."""

import hashlib
import json
from collections import defaultdict
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
import requests

from sandbox.platform.catalogue import build_catalogue
from tests.e2e.live_casino import LiveCasino
from wallet.enums import Kind
from wallet.models import LedgerRow

pytestmark = pytest.mark.live

# Bets less wins by vendor and currency.
Revenue = dict[tuple[str, str], Decimal]


def ask(live: LiveCasino, resource: str, path: str, **headers: str) -> Any:
    signed = hashlib.sha1(f"{resource}{live.operator.operator_ref}{live.secret}".encode(), usedforsecurity=False)
    named = {"X-Operator-Id": live.operator.operator_ref, "X-Authorization": signed.hexdigest(), **headers}
    answer = requests.get(f"{live.options.sandbox_url}/api/generic/{resource}{path}", headers=named, timeout=10)
    assert answer.status_code == 200, answer.text
    return answer.json()


def read_reports(live: LiveCasino) -> Revenue:
    """Yesterday's report and today's, should midnight pass."""
    today, found = datetime.now(UTC).date(), defaultdict[tuple[str, str], Decimal](Decimal)
    for day in (today - timedelta(days=1), today):
        for row in ask(live, "businessReport", f"?date={day}"):
            found[row["vendor"], row["currency_code"]] += Decimal(row["gross_gaming_revenue"])
    return found


def read_ledger(live: LiveCasino, after: int) -> list[LedgerRow]:
    """What the operator's players moved since a transaction, without what was taken back."""
    rows = LedgerRow.objects.filter(operator=live.operator, transaction_id__gt=after)
    taken_back = rows.filter(kind=Kind.CANCEL).values("reverses_id")
    played = rows.filter(kind__in=[Kind.BET, Kind.WIN, Kind.REFUND]).exclude(transaction_id__in=taken_back)
    return list(played.select_related("game", "account", "transaction").order_by("transaction_id"))


def vendor_of(row: LedgerRow) -> str:
    assert row.game is not None
    return build_catalogue().games[int(row.game.game_ref)].vendor


def add_up(rows: list[LedgerRow]) -> Revenue:
    found = defaultdict[tuple[str, str], Decimal](Decimal)
    for row in rows:
        found[vendor_of(row), row.account.currency] += row.amount if row.kind == Kind.BET else -row.amount
    return found


def test_report_of_a_misbehaving_run_is_what_the_ledger_holds(live: LiveCasino) -> None:
    before = read_reports(live)
    last = LedgerRow.objects.order_by("-transaction_id").values_list("transaction_id", flat=True).first() or 0
    code, said = live.run("-m", "sandbox", "play", "--misbehave", "--rounds", "600", "--demo", live.demo)
    assert code == 0, said

    rows = read_ledger(live, last)
    after = read_reports(live)
    gained = {key: after[key] - before.get(key, 0) for key in after if after[key] != before.get(key, 0)}
    assert gained == {key: revenue for key, revenue in add_up(rows).items() if revenue}
    assert len(gained) > 10

    told = [row for row in rows if "history_id" in json.loads(row.context or "{}")][:20]
    assert len(told) == 20
    for row in told:
        path = f"/{row.transaction.reference}/{json.loads(row.context or '')['history_id']}"
        answer = ask(live, "handHistory", path, **{"X-Vendor-Id": vendor_of(row)})
        assert answer["success"] is True
        assert answer["type"] in {"json", "url"}
