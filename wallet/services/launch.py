"""Launches: a player opens a game or lobby, and gets the address to open and the token to play with."""

import secrets
import string
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from django.conf import settings
from django.db import transaction

from catalog.models import Game, Lobby
from geoblock.models import Asked
from geoblock.services.launches import note_blocked_launch
from operators.models import Operator, Protocol
from operators.platforms.generic import build_launch_url
from operators.services import write_audit_entry
from wallet.enums import Mode
from wallet.ledger import digest_token
from wallet.models import Player, Session
from wallet.services.agent_launch import open_at_agent
from wallet.services.launch_checks import FORMS, Attempt, check_launch
from wallet.services.launch_pages import keep_launch_page, write_frame_address
from wallet.services.launch_refusals import (
    CurrencyNotHeld,
    FunNotOffered,
    GameNotOffered,
    GeoBlocked,
    LaunchMalformed,
    LaunchNotSupported,
    OperatorNotActive,
    PlayerBarred,
    PlayerExcluded,
)
from wallet.services.limits import join_sitting

__all__ = [
    "FORMS",
    "CurrencyNotHeld",
    "FunNotOffered",
    "GameNotOffered",
    "GeoBlocked",
    "Launch",
    "LaunchMalformed",
    "LaunchNotSupported",
    "OpenIn",
    "OperatorNotActive",
    "PlayerBarred",
    "PlayerExcluded",
    "end_session",
    "find_session",
    "launch_game",
    "new_token",
]

TOKEN_LENGTH = 32
TOKEN_ALPHABET = string.ascii_letters + string.digits
# Lobbies that do not work inside a frame, by lobby id or by vendor.
NEW_TAB = {"live168"}


class OpenIn(StrEnum):
    """Where the casino's site may show what was launched."""

    SAME_TAB = "same_tab"
    NEW_TAB = "new_tab"
    FRAME = "frame"


@dataclass(frozen=True, slots=True)
class Launch:
    """Where the game opens, in what, and in which currency. A launch for fun has neither token nor session."""

    url: str
    open_in: OpenIn
    currency: str
    token: str | None = None
    session: Session | None = None


def launch_game(
    *,
    player: Player,
    operator: Operator,
    game_ref: str = "",
    lobby_ref: str = "",
    mode: str = Mode.REAL,
    currency: str,
    language: str = "en",
    device: str = "desktop",
    ip: str,
    home_url: str = "",
    deposit_url: str = "",
    group: str = "",
    client_name: str = "",
    by: str,
    now: datetime,
) -> Launch:
    """Open a session for a game or a lobby, and build the address that starts it.

    The casino's own home and deposit addresses stand in for those not given. The operator's settings may force another
    currency; what they say of the game is kept with the session.

    :raises Refusal: those of `check_launch` and of `open_at_agent`; no session is opened then.
    """
    texts = {
        "language": language,
        "device": device,
        "home_url": home_url or player.casino.home_url,
        "deposit_url": deposit_url or player.casino.deposit_url,
        "group": group,
        "client_name": client_name,
    }
    attempt = Attempt(
        player=player,
        operator=operator,
        game_ref=game_ref,
        lobby_ref=lobby_ref,
        mode=mode,
        asked_currency=currency,
        texts=texts,
        ip=ip,
        now=now,
    )
    _check(attempt)
    opened, currency, open_in = attempt.opened, attempt.currency, _choose_frame(attempt)
    where = {"mode": mode, **attempt.named}
    how = {"language": language, "operator_id": operator.operator_ref, "home_url": texts["home_url"], "device": device}
    if mode == Mode.FUN:
        return Launch(build_launch_url(operator.launch_host, {**where, "currency": currency, **how}), open_in, currency)
    facts: dict[str, Any] = {"attempt": attempt, "texts": texts, "by": by}
    if operator.protocol == Protocol.AGENT:
        told = texts | {"currency": currency}
        opening = open_at_agent(player=player, operator=operator, opened=opened, texts=told, ip=ip, by=by, now=now)
        token, session = _open_session(**facts, html=opening.html)
        return Launch(opening.url or write_frame_address(token), open_in, currency, token, session)
    token, session = _open_session(**facts)
    how |= {"deposit_url": texts["deposit_url"], "group": group, "clientName": client_name}
    url = build_launch_url(operator.launch_host, {**where, "token": token, "currency": currency, **how})
    return Launch(url, open_in, currency, token, session)


def end_session(*, session: Session, by: str, now: datetime) -> Session:
    """End a session: its token places no bet any more. A session that has ended stays as it is."""
    with transaction.atomic():
        session.refresh_from_db(from_queryset=Session.objects.select_for_update(of=("self",)))
        if session.ended_at is None:
            session.ended_at, session.ended_by = now, by
            session.save(update_fields=["ended_at", "ended_by"])
            write_audit_entry(by=by, action="end_session", subject=session)
    return session


def find_session(*, token: str) -> Session | None:
    """Return the session that a token opened, whatever has become of it since."""
    return Session.objects.filter(token_digest=digest_token(token)).first()


def _check(attempt: Attempt) -> None:
    """Hold a launch against all checks; one that is blocked for its place is kept."""
    try:
        check_launch(attempt)
    except GeoBlocked as blocked:
        note_blocked_launch(
            blocked.judged,
            asked=Asked.LAUNCH,
            casino_id=attempt.operator.casino_id,
            operator_id=attempt.operator.pk,
            user_id=attempt.player.user_id,
            mode=attempt.mode,
            opened=next(iter(attempt.named.values())),
            now=attempt.now,
        )
        raise


def _choose_frame(attempt: Attempt) -> OpenIn:
    """Return where it may be shown: what is made for mobiles never in a frame, some lobbies in a tab alone."""
    vendor = attempt.opened.vendor
    if any(name.casefold() in NEW_TAB for name in (attempt.lobby_ref, vendor.vendor_ref if vendor else "")):
        return OpenIn.NEW_TAB
    return OpenIn.SAME_TAB if attempt.texts["device"] == "mobile" else OpenIn.FRAME


def _open_session(*, attempt: Attempt, texts: Mapping[str, str], html: str = "", by: str) -> tuple[str, Session]:
    token, opened = new_token(), attempt.opened
    session = Session(
        token_digest=digest_token(token),
        player=attempt.player,
        account=attempt.account,
        operator=attempt.operator,
        game=opened if isinstance(opened, Game) else None,
        lobby_ref=opened.lobby_ref if isinstance(opened, Lobby) else "",
        device=texts["device"],
        language=texts["language"],
        ip=attempt.ip,
        effective_settings=attempt.kept,
        created_at=attempt.now,
        expires_at=attempt.now + timedelta(hours=settings.SESSION_HOURS),
    )
    with transaction.atomic():
        session.sitting_since, session.sitting_until = join_sitting(player=attempt.player, now=attempt.now)
        session.save(force_insert=True)
        names = {"player": attempt.player.user_id, "operator": attempt.operator.operator_ref}
        details = {**names, **attempt.named, "ip": attempt.ip}
        write_audit_entry(by=by, action="launch_game", subject=session, details=details)
        if html:
            keep_launch_page(session=session, html=html, home_url=texts["home_url"], now=attempt.now)
    return token, session


def new_token() -> str:
    """Return a fresh random token in the characters and length that platforms take."""
    return "".join(secrets.choice(TOKEN_ALPHABET) for _ in range(TOKEN_LENGTH))
