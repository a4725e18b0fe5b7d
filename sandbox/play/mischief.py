"""What goes wrong between a platform and a wallet, done on purpose: each function is one round with one such thing."""

from decimal import Decimal

from sandbox.play.books import Transaction
from sandbox.play.rounds import CENT, Play, choose_stake, choose_win, start_round
from sandbox.play.seat import FOUND_OR_NOT, Data, Seat, is_doubtful
from sandbox.wallet_client import Reply

LONG_AGO = "2020-11-30 23:59:59"


def unknown_token(seat: Seat) -> str:
    return f"{seat.random.getrandbits(120):032X}"


def retry(seat: Seat, transaction: Transaction, changes: Data | None = None) -> None:
    """Send again what the wallet holds: it must say OK, and nothing may move."""
    seat.book(transaction, seat.insist("changebalance", transaction.data | (changes or {})))


def placed_bet(seat: Seat, *, finished: bool = False) -> Transaction | None:
    """A BET in a new round that the wallet holds, or None."""
    bet = seat.transaction("BET", choose_stake(seat), start_round(seat), finished=finished)
    return bet if seat.place(bet) else None


def close(seat: Seat, bet: Transaction) -> None:
    win = seat.random.choice([Decimal(0), choose_win(seat, bet.amount)])
    seat.credit(seat.transaction("WIN", win, bet.round_id, finished=True))


def retry_identically(seat: Seat) -> None:
    if bet := placed_bet(seat):
        retry(seat, bet)
        win = seat.transaction("WIN", choose_win(seat, bet.amount), bet.round_id, finished=True)
        if seat.credit(win):
            retry(seat, win)
            retry(seat, bet)


def retry_in_other_words(seat: Seat) -> None:
    """The same transaction with another token, time, context, and its numbers written in another way."""
    if bet := placed_bet(seat):
        other_words: Data = {
            "token": seat.random.choice([None, unknown_token(seat), seat.token]),
            "transaction_timestamp": LONG_AGO,
            "transaction_id": str(bet.transaction_id),
            "round_id": str(bet.round_id),
            "round_finished": None,
            "amount": bet.amount.quantize(Decimal("0.0000")),
            "context": {"reason": "RETRY", "history_id": "other"},
        }
        retry(seat, bet, other_words)
        close(seat, bet)


def retry_with_other_data(seat: Seat) -> None:
    """The same transaction id for another transaction: refused, and nothing may move."""
    if bet := placed_bet(seat):
        changes: list[Data] = [
            {"amount": bet.amount + CENT},
            {"transaction_type": "WIN"},
            {"round_id": seat.number(start_round(seat))},
            {"game_id": seat.number(f"{seat.game_id}1")},
            {"currency_code": "CHF"},
        ]
        for change in seat.random.sample(changes, 2):
            seat.ask("changebalance", bet.data | change, {"OP_40"})
        seat.compare_balance()
        close(seat, bet)


def retry_something_old(seat: Seat) -> None:
    """A transaction of an earlier round comes again, after the money is spent or the transaction canceled."""
    if seat.books.held:
        old = seat.random.choice(seat.books.held)
        if old.state == "OK":
            retry(seat, old)
        else:
            seat.ask("changebalance", old.data, {"OP_49"})
        seat.confirm(old)


def cancel_before_the_bet(seat: Seat) -> None:
    bet = seat.transaction("BET", choose_stake(seat), start_round(seat))
    for _ in range(seat.random.randint(1, 2)):
        seat.insist("cancel", seat.cancel_data(bet), {"OP_41"})
    bet.state = "VOID"
    seat.insist("changebalance", bet.data, {"OP_49"})
    seat.confirm(bet)


def cancel_while_the_bet_arrives(seat: Seat) -> None:
    """Two requests race. Either the bet was taken and given back, or it is never taken; the status must agree."""
    bet = seat.transaction("BET", choose_stake(seat), start_round(seat))
    betting, canceling = race(seat, bet)
    if is_doubtful(canceling.code):
        canceling = seat.insist("cancel", seat.cancel_data(bet), FOUND_OR_NOT)
    bet.state = "CANCELED" if canceling.ok else "VOID"
    if not is_doubtful(betting.code) and betting.ok != canceling.ok:
        found = f"BET {betting.code or 'OK'}, cancel {canceling.code or 'OK'}"
        seat.differ(f"BET {bet.transaction_id} and its cancel", "both OK, or OP_49 and OP_41", found)
    if betting.ok and betting.data.get("balance") not in {seat.books.balance, seat.books.balance - bet.amount}:
        seat.check_balance(f"BET {bet.transaction_id} in a race", betting)
    seat.tally.races["bet first" if canceling.ok else "cancel first"] += 1
    seat.books.refuse(bet, f"raced by its cancel: {bet.state}")
    seat.insist("changebalance", bet.data, {"OP_49"})
    seat.confirm(bet)
    seat.compare_balance()


def race(seat: Seat, bet: Transaction) -> tuple[Reply, Reply]:
    """The answers to a BET and its cancel, sent at the same moment."""
    requests = [("changebalance", bet.data), ("cancel", seat.cancel_data(bet))]
    if seat.random.random() < 0.5:
        betting, canceling = seat.ask_together(requests, [{"", "OP_49"}, FOUND_OR_NOT])
    else:
        canceling, betting = seat.ask_together(requests[::-1], [FOUND_OR_NOT, {"", "OP_49"}])
    return betting, canceling


def win_late(seat: Seat) -> None:
    """The win comes when the session is gone: its token is dead, or left out."""
    if bet := placed_bet(seat):
        for _ in range(seat.random.randint(1, 2)):
            win = seat.transaction("WIN", choose_win(seat, bet.amount), bet.round_id)
            win.data["token"] = seat.random.choice([None, unknown_token(seat)])
            seat.credit(win)
        seat.finish(bet.round_id)


def win_after_the_end(seat: Seat) -> None:
    if bet := placed_bet(seat, finished=True):
        seat.ask("changebalance", seat.transaction("BET", bet.amount, bet.round_id).data, {"OP_49"})
        seat.credit(seat.transaction("WIN", choose_win(seat, bet.amount), bet.round_id, finished=True))


def give_up_on_a_bet(seat: Seat) -> None:
    """The platform hangs up before the answer, and finds out later what became of the bet."""
    bet = seat.transaction("BET", choose_stake(seat), start_round(seat))
    hang_up(seat, bet)
    if seat.settle_doubt(bet):
        close(seat, bet)
    seat.confirm(bet)


def give_up_on_a_win(seat: Seat) -> None:
    if bet := placed_bet(seat):
        win = seat.transaction("WIN", choose_win(seat, bet.amount), bet.round_id, finished=True)
        for _ in range(seat.random.randint(1, 3)):
            hang_up(seat, win)
        seat.tally.retries += 1
        seat.credit(win)


def hang_up(seat: Seat, transaction: Transaction) -> None:
    wallet = seat.venue.wallet
    wait = seat.random.choice([0.0, 0.0, 0.001, 0.005])
    wallet.send_and_hang_up("changebalance", wallet.encode("changebalance", transaction.data), wait)


def finish_twice(seat: Seat) -> None:
    if bet := placed_bet(seat):
        for _ in range(seat.random.randint(2, 3)):
            seat.finish(bet.round_id)
    seat.finish(start_round(seat), {"OP_41"})


def bet_many_times_at_once(seat: Seat) -> None:
    """Copies of one BET arrive together; each must be told OK and the balance after one of them."""
    bet = seat.transaction("BET", choose_stake(seat), start_round(seat))
    if send_copies(seat, bet) or seat.settle_doubt(bet):
        win = seat.transaction("WIN", choose_win(seat, bet.amount), bet.round_id, finished=True)
        if not send_copies(seat, win):
            seat.credit(win)
    seat.confirm(bet)


def send_copies(seat: Seat, transaction: Transaction) -> bool:
    copies = seat.random.randint(2, 5)
    request = "changebalance", transaction.data
    replies = seat.ask_together([request] * copies, [seat.expected_of(transaction)] * copies)
    return [seat.book(transaction, reply) for reply in replies if reply.ok] != []


def bet_beyond_the_balance_at_once(seat: Seat) -> None:
    """Two bets that can each be paid but not both: one is taken, one refused for funds."""
    choose_stake(seat)
    stake = (seat.books.balance * Decimal("0.8")).quantize(CENT)
    bets = [seat.transaction("BET", stake, start_round(seat)) for _ in range(2)]
    replies = seat.ask_together([("changebalance", bet.data) for bet in bets], [{"", "OP_31"}] * 2)
    codes = [reply.code for reply in replies]
    for bet, reply in zip(bets, replies, strict=True):
        if is_doubtful(reply.code):
            seat.void(bet)
        else:
            seat.book(bet, reply)
    if not any(map(is_doubtful, codes)) and sorted(codes) != ["", "OP_31"]:
        seat.differ(f"two BETs of {stake} at once", "OK and OP_31", " and ".join(code or "OK" for code in codes))
    for bet in bets:
        if bet.state == "OK":
            seat.credit(seat.transaction("REFUND", stake, bet.round_id, finished=True))


def cancel_twice(seat: Seat) -> None:
    if bet := placed_bet(seat):
        seat.undo(bet)
        seat.undo(bet)
        seat.insist("changebalance", bet.data, {"OP_49"})
        seat.confirm(bet)
        seat.compare_balance()


def cancel_a_win(seat: Seat) -> None:
    if bet := placed_bet(seat):
        win = seat.transaction("WIN", choose_win(seat, bet.amount), bet.round_id)
        if seat.credit(win):
            seat.undo(win, finished=True)
            seat.confirm(win)


def bet_with_a_dead_token(seat: Seat) -> None:
    """Refused without a trace: with the right token the same transaction is taken."""
    bet = seat.transaction("BET", choose_stake(seat), start_round(seat), finished=True)
    dead = seat.random.choice([None, unknown_token(seat)])
    reply = seat.ask("changebalance", bet.data | {"token": dead}, {"OP_21"})
    if reply.code == "OP_21":
        seat.place(bet)


def win_while_blocked(seat: Seat) -> None:
    """The casino blocks the player in the middle of a round: no more bets, but his win is his."""
    bet = placed_bet(seat)
    if bet is None:
        return
    casino = seat.venue.casino
    seat.at_casino("block", lambda: casino.block(seat.user_id, "the robot tries it"))
    if seat.out:
        return
    refused = seat.transaction("BET", bet.amount, bet.round_id)
    seat.ask("changebalance", refused.data, {"OP_33"})
    seat.credit(seat.transaction("WIN", choose_win(seat, bet.amount), bet.round_id, finished=True))
    seat.at_casino("unblock", lambda: casino.unblock(seat.user_id, "the robot tried it"))


MISCHIEF: dict[Play, int] = {
    retry_identically: 10,
    retry_in_other_words: 10,
    retry_with_other_data: 10,
    retry_something_old: 8,
    cancel_before_the_bet: 8,
    cancel_while_the_bet_arrives: 10,
    win_late: 8,
    win_after_the_end: 5,
    give_up_on_a_bet: 10,
    give_up_on_a_win: 8,
    finish_twice: 5,
    bet_many_times_at_once: 10,
    bet_beyond_the_balance_at_once: 6,
    cancel_twice: 5,
    cancel_a_win: 4,
    bet_with_a_dead_token: 5,
    win_while_blocked: 1,
}
