"""Players at our tables: one play session for each launch, kept in memory until this process ends."""

import secrets
import threading
from collections import OrderedDict, deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal

from sandbox.journal import Journal
from sandbox.platform.catalogue import Game
from sandbox.platform.launch import Launch
from sandbox.wallet_client import Reply, WalletClient

SESSIONS_KEPT = 5000
RECORDS_KEPT = 60


@dataclass(frozen=True, slots=True)
class WalletCall:
    """One command to the wallet, the same at every retry, and what the call log says of it."""

    command: str
    data: Mapping[str, object]
    label: str


@dataclass(frozen=True, slots=True)
class CallRecord:
    """A call as it went, for the page's log; ids are text because a browser's numbers are too short for them."""

    number: int
    at: str
    label: str
    round_id: str
    transaction_id: str
    code: str
    message: str
    milliseconds: int


@dataclass(frozen=True, slots=True)
class Player:
    """Who plays, as `authenticate` said."""

    user_id: str
    name: str
    country: str
    group: str
    currency: str


class LaunchRefused(Exception):
    """The wallet did not authenticate the launch's token; carries the wallet's code."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message


@dataclass
class PlaySession:
    """One launch: its player, the balance last heard of, and every call made for it; the journal has what moved.

    `settling` holds from a round's first unanswered call until the wallet has acknowledged all of it.
    """

    launch: Launch
    wallet: WalletClient
    journal: Journal
    id: str = field(default_factory=lambda: secrets.token_urlsafe(18))
    player: Player = field(init=False)
    balance: Decimal = Decimal("0.00")
    settling: bool = False
    free_spins: int = 0
    records: deque[CallRecord] = field(default_factory=lambda: deque(maxlen=RECORDS_KEPT))
    playing: threading.Lock = field(default_factory=threading.Lock)
    _calls_made: int = 0

    def allows(self, game: Game) -> bool:
        """A launch is for one game, or for the games of one lobby."""
        if self.launch.lobby:
            return self.launch.lobby.shows(game)
        return self.launch.game is not None and game.id == self.launch.game.id

    def send(self, call: WalletCall) -> Reply:
        """Make a call, keep its record, and take over the balance it brings."""
        reply = self.wallet.call(call.command, call.data)
        self.journal.note(self.wallet.operator_id, call.command, call.data, reply)
        self.journal.flush()
        self._record(call, reply)
        balance = reply.data.get("balance")
        if reply.ok and isinstance(balance, Decimal):
            self.balance = balance
        return reply

    def refresh_balance(self) -> Reply:
        """Ask the wallet for the balance."""
        data = {
            "token": self.launch.token,
            "user_id": self.player.user_id,
            "currency_code": self.player.currency,
        }
        return self.send(WalletCall("balance", data, "balance"))

    def _record(self, call: WalletCall, reply: Reply) -> None:
        self._calls_made += 1
        self.records.append(
            CallRecord(
                number=self._calls_made,
                at=datetime.now(UTC).strftime("%H:%M:%S"),
                label=call.label,
                round_id=str(call.data.get("round_id", "")),
                transaction_id=str(call.data.get("transaction_id", "")),
                code=reply.code or "OK",
                message=reply.message,
                milliseconds=round(reply.milliseconds),
            )
        )


def open_session(launch: Launch, wallet: WalletClient, journal: Journal) -> PlaySession:
    """Authenticate a launch's token and seat its player.

    :raises LaunchRefused: the wallet refused, did not answer, or answered for another currency.
    """
    session = PlaySession(launch, wallet, journal)
    reply = session.send(WalletCall("authenticate", {"token": launch.token}, "authenticate"))
    if not reply.ok:
        raise LaunchRefused(reply.code, reply.message)
    session.player = _read_player(reply.data)
    if session.player.currency != launch.currency:
        raise LaunchRefused("CURRENCY", f"{launch.currency} was launched, {session.player.currency} was authenticated")
    return session


def _read_player(data: Mapping[str, object]) -> Player:
    missing = [name for name in ("user_id", "user_name", "currency_code", "balance") if name not in data]
    if missing:
        raise LaunchRefused("BAD_REPLY", f"authenticate answered without {', '.join(missing)}")
    return Player(
        user_id=str(data["user_id"]),
        name=str(data.get("display_name") or data["user_name"]),
        country=str(data.get("user_country", "")),
        group=str(data.get("group", "")),
        currency=str(data["currency_code"]),
    )


class Sessions:
    """The sessions of this process, the oldest dropped when there are too many."""

    def __init__(self) -> None:
        self._by_id: OrderedDict[str, PlaySession] = OrderedDict()
        self._lock = threading.Lock()

    def add(self, session: PlaySession) -> None:
        with self._lock:
            self._by_id[session.id] = session
            if len(self._by_id) > SESSIONS_KEPT:
                self._by_id.popitem(last=False)

    def find(self, session_id: str) -> PlaySession | None:
        return self._by_id.get(session_id)
