"""The faults that certify has to find, one at a time: mistakes that real wallets have made."""

import json
import threading
import time
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any

from sandbox.wallet_client import Answer, WalletClient, format_timestamp, sign_response
from tests.sandbox.faulty_wallet import (
    Call,
    Members,
    Wallet,
    code_of,
    echo,
    identifiers,
    members_decoder,
    rewrite,
)

CENT = Decimal("0.01")
CREDITS = ("WIN", "REFUND")


class Remembering(Wallet):
    """What a fault has seen so far."""

    def __init__(self, sound: WalletClient) -> None:
        super().__init__(sound)
        self.lock = threading.Lock()
        self.seen: dict[object, Any] = {}

    def note(self, key: object, value: object = True) -> Any:
        """What was noted under this key before; the value is noted now if that was nothing."""
        with self.lock:
            found = self.seen.get(key)
            self.seen.setdefault(key, value)
            return found


class FloatMoney(Wallet):
    def answer(self, call: Call) -> Answer:
        return rewrite(self.forward(call), print_balance_as_float)


def print_balance_as_float(response: Members) -> None:
    if "balance" in response["data"]:
        response["data"]["balance"] = float(response["data"]["balance"])


class MoneyInText(Wallet):
    def answer(self, call: Call) -> Answer:
        return rewrite(self.forward(call), print_balance_as_text)


def print_balance_as_text(response: Members) -> None:
    if "balance" in response["data"]:
        response["data"]["balance"] = str(response["data"]["balance"])


class FloatAmounts(Wallet):
    """Amounts pass through a float on the way in."""

    def answer(self, call: Call) -> Answer:
        amount = call.data.get("amount")
        if isinstance(amount, Decimal) and amount == amount.quantize(CENT):
            return self.forward_as(call, amount=Decimal(float(amount)).quantize(CENT))
        return self.forward(call)


class RoundedAmounts(Wallet):
    """A third decimal is rounded away."""

    def answer(self, call: Call) -> Answer:
        try:
            amount = Decimal(str(call.data["amount"])).quantize(CENT, ROUND_HALF_UP)
        except (KeyError, InvalidOperation):
            return self.forward(call)
        return self.forward_as(call, amount=amount) if amount.is_finite() else self.forward(call)


class ReplayAppliedTwice(Remembering):
    def answer(self, call: Call) -> Answer:
        names = ("transaction_id", "user_id", "transaction_type", "amount", "currency_code", "round_id", "game_id")
        facts = tuple(str(call.data.get(name)) for name in names)
        if call.kind and "None" not in facts and self.note(facts):
            return self.forward_as(call, transaction_id=identifiers.next())
        return self.forward(call)


class IdenticalAtOnceApplied(Remembering):
    """Without a lock: what comes while the same transaction is still at work is applied, too."""

    def answer(self, call: Call) -> Answer:
        if not call.kind:
            return self.forward(call)
        at_work = self.note(call.transaction_id)
        answer = self.forward_as(call, transaction_id=identifiers.next()) if at_work else self.forward(call)
        time.sleep(0.05)
        self.seen.pop(call.transaction_id, None)
        return answer


class StaleBalance(Remembering):
    """A retry is answered with the balance of then."""

    def answer(self, call: Call) -> Answer:
        answer = self.forward(call)
        if call.kind and code_of(answer) == "OK":
            first = self.note(call.transaction_id, answer)
            return echo(first, call.body) if first else answer
        return answer


class OtherTokenIsOtherData(Remembering):
    """The token is taken into the fingerprint."""

    def answer(self, call: Call) -> Answer:
        first = self.seen.get(call.transaction_id)
        if call.kind and first and first != str(call.data.get("token")):
            return self.refuse(call, "OP_40")
        answer = self.forward(call)
        if call.kind and code_of(answer) == "OK":
            self.note(call.transaction_id, str(call.data.get("token")))
        return answer


class SessionBeforeReplay(Wallet):
    """A BET's token is looked at before anything else."""

    def answer(self, call: Call) -> Answer:
        if call.kind == "BET" and call.data.get("user_id") and self.ask_balance(call) == "OP_21":
            return self.refuse(call, "OP_21")
        return self.forward(call)


class DeadTokenBarsWin(Wallet):
    def answer(self, call: Call) -> Answer:
        if call.kind == "WIN" and self.ask_balance(call) == "OP_21":
            return self.refuse(call, "OP_21")
        return self.forward(call)


class BlockBarsCredits(Wallet):
    def answer(self, call: Call) -> Answer:
        if call.kind in CREDITS and self.ask_balance(call) == "OP_33":
            return self.refuse(call, "OP_33")
        return self.forward(call)


class RefusalLeavesTrace(Remembering):
    """What was refused for funds stays refused."""

    def answer(self, call: Call) -> Answer:
        if call.kind and call.transaction_id in self.seen:
            return self.refuse(call, "OP_31")
        answer = self.forward(call)
        if code_of(answer) == "OP_31":
            self.note(call.transaction_id)
        return answer


class FinishedRoundTakesBets(Remembering):
    def answer(self, call: Call) -> Answer:
        answer = self.forward(call)
        if code_of(answer) == "OK" and (call.command == "finishround" or call.data.get("round_finished")):
            self.note(call.table)
        if code_of(answer) == "OP_49" and call.kind == "BET" and call.table in self.seen:
            return self.forward_as(call, round_id=identifiers.next())
        return answer


class RoundsAreShared(Remembering):
    """One player's end of a round is everybody's."""

    def answer(self, call: Call) -> Answer:
        player, round_id = call.table
        if call.kind == "BET" and self.seen.get(round_id, player) != player:
            return self.refuse(call, "OP_49")
        answer = self.forward(call)
        if code_of(answer) == "OK" and (call.command == "finishround" or call.data.get("round_finished")):
            self.note(round_id, player)
        return answer


class IdsAreNumbers(Wallet):
    """Leading zeros of an id are lost."""

    def answer(self, call: Call) -> Answer:
        if call.kind and call.transaction_id.isdigit():
            return self.forward_as(call, transaction_id=int(call.transaction_id))
        return self.forward(call)


class NoTombstone(Wallet):
    def answer(self, call: Call) -> Answer:
        if call.command == "cancel" and self.is_unknown(call):
            return self.forward_as(call, transaction_id=identifiers.next())
        return self.forward(call)

    def is_unknown(self, call: Call) -> bool:
        names = ("user_id", "transaction_id", "round_id")
        asked = {name: call.data.get(name) for name in names} | {"transaction_type": "BET"}
        return self.sound.call("status", asked).code == "OP_41"


class UnknownIsCanceled(Wallet):
    """A cancel of what never came is answered CANCELED."""

    def answer(self, call: Call) -> Answer:
        answer = self.forward(call)
        if call.command == "cancel" and code_of(answer) == "OP_41":
            names = ("user_id", "transaction_id")
            return self.sign(call, "OK", {name: call.data[name] for name in names} | {"transaction_status": "CANCELED"})
        return answer


class CancelAppliedTwice(Remembering):
    def answer(self, call: Call) -> Answer:
        if call.kind:
            self.note(call.transaction_id, call.data)
        answer = self.forward(call)
        if call.command == "cancel" and code_of(answer) == "OK" and self.note(("canceled", call.transaction_id)):
            self.move_back(self.seen[call.transaction_id])
        return answer

    def move_back(self, data: Members) -> None:
        opposite = "WIN" if data["transaction_type"] == "BET" else "BET"
        fresh = {"transaction_id": identifiers.next(), "round_id": identifiers.next()}
        self.sound.call("changebalance", {**data, **fresh, "transaction_type": opposite})


class CanceledIsUnknown(Wallet):
    """status knows nothing of a transaction that was canceled."""

    def answer(self, call: Call) -> Answer:
        answer = self.forward(call)
        if call.command == "status" and b'"CANCELED"' in answer.body:
            return self.refuse(call, "OP_41")
        return answer


class MalformedIsFinal(Wallet):
    """OP_49 to a body that is not in order."""

    def answer(self, call: Call) -> Answer:
        return rewrite(self.forward(call), make_final)


def make_final(response: Members) -> None:
    if response["data"].get("error_code") == "OP_50":
        response["data"]["error_code"] = "OP_49"


class PageOnBadBody(Wallet):
    def answer(self, call: Call) -> Answer:
        answer = self.forward(call)
        if code_of(answer) == "OP_50":
            return Answer(500, {"Content-Type": "text/html"}, b"<h1>Server Error (500)</h1>", 0.0)
        return answer


class UnsignedError(Wallet):
    def answer(self, call: Call) -> Answer:
        return rewrite(self.forward(call), drop_hash_of_error)


def drop_hash_of_error(response: Members) -> None:
    if response["status"] == "ERROR":
        del response["hash"]


class TimestampAfterSigning(Wallet):
    """The timestamp that is sent is not the one that was signed."""

    def answer(self, call: Call) -> Answer:
        return rewrite(self.forward(call), lambda response: shift(response, timedelta(seconds=1)))


class LocalTime(Wallet):
    """The timestamp is signed, but in the time of a zone two hours east."""

    def answer(self, call: Call) -> Answer:
        return rewrite(self.forward(call), self.to_local_time)

    def to_local_time(self, response: Members) -> None:
        secret = self.sound.secret_key
        if response["hash"] == sign_response(response["status"], response["response_timestamp"], secret):
            shift(response, timedelta(hours=2))
            response["hash"] = sign_response(response["status"], response["response_timestamp"], secret)


def shift(response: Members, by: timedelta) -> None:
    signed = datetime.fromisoformat(f"{response['response_timestamp']}+00:00")
    response["response_timestamp"] = format_timestamp(signed + by)


class ReserialisedEcho(Wallet):
    """The request is read and written again."""

    def answer(self, call: Call) -> Answer:
        answer = self.forward(call)
        if not code_of(answer):
            return answer
        request = json.loads(bytes(members_decoder.decode(answer.body)["request"]))
        return echo(answer, json.dumps(request, separators=(",", ":")).encode())


class IdsInText(Wallet):
    """Every id is answered as a text."""

    def answer(self, call: Call) -> Answer:
        return rewrite(self.forward(call), print_ids_as_text)


def print_ids_as_text(response: Members) -> None:
    for name, value in response["data"].items():
        if name.endswith("_id"):
            response["data"][name] = str(value)


class OpenDoor(Wallet):
    """X-Authorization is not looked at."""

    def answer(self, call: Call) -> Answer:
        answer = self.forward(call)
        if answer.status != 403:
            return answer
        signed = self.sound.headers(call.command)["X-Authorization"]
        return self.forward(replace(call, headers={**call.headers, "X-Authorization": signed}))


class SecretInMessage(Wallet):
    """An error message says what the hash was made of."""

    def answer(self, call: Call) -> Answer:
        return rewrite(self.forward(call), self.tell)

    def tell(self, response: Members) -> None:
        if response["data"].get("error_code") == "OP_20":
            response["data"]["error_message"] += f" (sha1 of command, timestamp and {self.sound.secret_key})"
