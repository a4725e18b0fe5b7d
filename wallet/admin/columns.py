"""How the wallet's pages name things and point at one another."""

from datetime import datetime
from decimal import Decimal

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from catalog.models import Game
from config.display import NOTHING, amount_text, chip, chips, ident, link, money, page
from wallet.enums import Kind, RoundState, Tag
from wallet.models import LedgerRow, Player, Round, Session, Transaction

KIND_LOOKS = {
    Kind.WIN: "success",
    Kind.REFUND: "info",
    Kind.CANCEL: "warning",
    Kind.TOMBSTONE: "danger",
    Kind.DEPOSIT: "primary",
    Kind.WITHDRAWAL: "primary",
    Kind.CREDIT: "warning",
    Kind.DEBIT: "warning",
}
STATE_LOOKS = {RoundState.OPEN: "info", RoundState.CLOSING: "warning", RoundState.FINISHED: ""}
# What somebody ought to look at, apart from what merely came late.
GRAVE_TAGS = {Tag.LARGE_WITHOUT_BET, Tag.OVERDRAWN, Tag.PLAYER_BLOCKED, Tag.PROMOTIONAL_STAKE}


def player_link(player: Player | None) -> SafeString:
    """Write a player's id and name, leading to the player."""
    if player is None:
        return NOTHING
    told = link(page("wallet_player", player.pk), ident(player.user_id))
    return format_html('<span class="who">{}<span class="quiet">{}</span></span>', told, player.user_name)


def round_link(played: Round | None) -> SafeString:
    """Write a round's id, leading to its story."""
    return link(page("wallet_round", played.pk), ident(played.round_ref)) if played else NOTHING


def game_link(game: Game | None) -> SafeString:
    """Write a game's title, leading to the game."""
    return link(page("catalog_game", game.pk), game) if game else NOTHING


def transaction_link(transaction: Transaction) -> SafeString:
    """Write a transaction's id, leading to what it moved; a cancel has none of its own."""
    return link(page("wallet_transaction", transaction.pk), ident(transaction.reference or f"#{transaction.pk}"))


def opened_on(session: Session) -> SafeString:
    """Write what a session was launched on: its game, or its lobby."""
    return game_link(session.game) if session.game else format_html("lobby {}", ident(session.lobby_ref))


def kind_chip(kind: str) -> SafeString:
    """Write what a movement is."""
    return chip(Kind(kind).label, KIND_LOOKS.get(Kind(kind), ""))


def state_chip(played: Round) -> SafeString:
    """Write how far a round has come."""
    return chip(RoundState(played.state).label, STATE_LOOKS[RoundState(played.state)])


def tag_chips(row: LedgerRow) -> SafeString:
    """Write what was odd about a row."""
    known = dict(Tag.choices)
    return chips([(str(known.get(tag, tag)), "danger" if tag in GRAVE_TAGS else "warning") for tag in row.tags or []])


def change_of(row: LedgerRow) -> Decimal:
    """Return by how much a row changed the player's balance."""
    return row.amount if row.credit_id == row.account_id else -row.amount


def balance_before(row: LedgerRow) -> Decimal:
    """Return the player's balance before a row."""
    return row.balance - change_of(row)


def kind_and_remarks(row: LedgerRow) -> SafeString:
    """Write what a movement is, and below it in short lines what was odd about it."""
    known = dict(Tag.choices)
    lines = (("remark bad" if tag in GRAVE_TAGS else "remark", str(known.get(tag, tag))) for tag in row.tags or [])
    return format_html("{}{}", kind_chip(row.kind), format_html_join("", '<span class="{}">{}</span>', lines))


def balances(row: LedgerRow) -> SafeString:
    """Write the player's balance before and after a row."""
    before = format_html('<span class="quiet">{} →</span>', amount_text(balance_before(row)))
    return format_html('<span class="money">{} {}</span>', before, money(row.balance, row.account.currency))


def session_chip(session: Session, now: datetime) -> SafeString:
    """Write whether a session's token still places bets."""
    if session.ended_at is not None:
        return chip("Ended")
    return chip("Expired") if session.expires_at <= now else chip("Live", "success")


def player_chip(player: Player, now: datetime) -> SafeString:
    """Write whether a player may play, and whether it is one of the staff's own."""
    return standing_chip(player, now) + (chip("Test player", "info") if player.is_test else SafeString())


def standing_chip(player: Player, now: datetime) -> SafeString:
    """Write whether a player may play."""
    if player.is_blocked:
        return chip("Blocked", "danger")
    if player.excluded_until and player.excluded_until > now:
        return chip("Self-excluded", "warning")
    return chip("May play", "success")
