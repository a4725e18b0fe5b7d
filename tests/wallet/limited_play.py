"""A player with limits, and play at times of the test's choosing."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from operators.models import Casino
from tests.wallet.platform import Transport, numbers
from tests.wallet.world import STAFF, Seat, World
from wallet.models import Account, Player, Session
from wallet.services import cashier, play
from wallet.services.limits import WantedLimit, set_limits


class LimitedPlay(World):
    """Plays at the time that is set on its clock."""

    def __init__(self, transport: Transport, now: datetime, zone: str = "UTC") -> None:
        super().__init__(transport)
        self.now = now
        Casino.objects.filter(pk=self.casino.pk).update(time_zone=zone)
        self.casino.refresh_from_db()
        self.player: Player = self.add_player("EUR", "USD")
        self.account: Account = self.player.accounts.get(currency="EUR")
        self.seated = Seat(self.player, self.account, self.launch(self.player), 200)
        Session.objects.filter(player=self.player).update(expires_at=now + timedelta(days=3650))
        self.pay("deposit", "10000.00")

    def pay(self, kind: str, amount: str, reference: str = "", **more: Any) -> Decimal:
        act = cashier.deposit if kind == "deposit" else cashier.withdraw
        return act(
            casino=self.casino,
            user_id=self.player.user_id,
            amount=Decimal(amount),
            currency=more.get("currency", "EUR"),
            reference=reference or str(next(numbers)),
            by=STAFF,
            now=self.now,
        ).balance

    def ask(self, kind: str, amount: str, reference: str = "", **more: Any) -> str:
        """Book a movement, and return its transaction id."""
        reference = reference or str(next(numbers))
        usual: dict[str, Any] = {
            "kind": kind,
            "user_id": self.player.user_id,
            "token": self.seated.token,
            "reference": reference,
            "round_ref": reference,
            "round_finished": False,
            "game_ref": "200",
            "currency": "EUR",
            "amount": Decimal(amount),
            "promotional": False,
            "platform_at": None,
            "context": None,
        }
        caller = play.Caller(self.operator.pk, self.casino.pk, False, False, Decimal(1000))
        play.post_movement(caller=caller, movement=play.Movement(**(usual | more)), now=self.now)
        return reference

    def refused(self, amount: str, reference: str = "", **more: Any) -> bool:
        """Say whether a bet is refused for a limit, having tried it; one that is not stays booked."""
        try:
            self.ask("bet", amount, reference, **more)
        except play.LimitReached:
            return True
        return False

    def undo(self, reference: str) -> None:
        caller = play.Caller(self.operator.pk, self.casino.pk, False, False, Decimal(1000))
        facts: dict[str, Any] = {"user_id": self.player.user_id, "round_ref": "1", "round_finished": False}
        play.cancel_transaction(caller=caller, reference=reference, **facts, now=self.now)

    def limit(self, kind: str, period: str, amount: str | None, currency: str = "EUR") -> None:
        """Set one limit."""
        wanted = WantedLimit(kind, period, None if amount is None else Decimal(amount), currency)
        set_limits(player=self.player, wanted=[wanted], by=STAFF, now=self.now)

    def allow_session(self, minutes: str | None) -> None:
        self.limit("session_time", "session", minutes, "")

    def at(self, text: str) -> None:
        """Set the clock."""
        self.now = datetime.fromisoformat(text)

    def later(self, **span: float) -> None:
        self.now += timedelta(**span)
