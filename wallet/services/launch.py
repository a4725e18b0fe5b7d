"""Launches: a player opens a game or lobby, and gets the address to open and the token to play with."""

import secrets
import string
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator, RegexValidator, URLValidator, validate_ipv46_address
from django.db import transaction

from catalog.models import Game, Listing, Lobby
from catalog.selectors import get_game, get_lobby
from geoblock.models import Asked
from geoblock.rules import VendorCountries, read_excepted_countries
from geoblock.selectors.judgements import judge
from geoblock.selectors.rules import get_lists_in_force
from geoblock.services.launches import note_blocked_launch
from operators.models import Operator, OperatorState, Protocol
from operators.platforms.generic import build_launch_url
from operators.selectors.accounts import LAUNCHABLE
from operators.selectors.refusals import Refusal
from operators.services import write_audit_entry
from wallet.enums import AccountKind, Mode
from wallet.ledger import digest_token
from wallet.models import Account, Player, Session, currency_code
from wallet.services.agent_launch import open_at_agent
from wallet.services.launch_pages import keep_launch_page, write_frame_address
from wallet.services.launch_settings import NOT_IN_CURRENCY, UNAVAILABLE, LaunchSettings, apply_settings

TOKEN_LENGTH = 32
TOKEN_ALPHABET = string.ascii_letters + string.digits
# Lobbies that do not work inside a frame, by lobby id or by vendor.
NEW_TAB = {"live168"}
WEB_ADDRESS: list[Callable[[str], None]] = [MaxLengthValidator(500), URLValidator(schemes=["http", "https"])]
# What each text of a launch must look like; an empty one is looked at only where it is needed.
FORMS: Mapping[str, Sequence[Callable[[str], None]]] = {
    "currency": [currency_code],
    "language": [RegexValidator(r"^(?:[A-Za-z]{2}(?:-[A-Za-z]{2})?|[A-Za-z]{3})\Z", "Use a tag such as en or en-US.")],
    "device": [RegexValidator(r"^(?:desktop|mobile)\Z", "Say desktop or mobile.")],
    "ip": [validate_ipv46_address],
    "home_url": WEB_ADDRESS,
    "deposit_url": WEB_ADDRESS,
    "group": [RegexValidator(r"^[A-Za-z0-9]{1,14}\Z", "Use at most 14 letters and digits.")],
    "client_name": [RegexValidator(r"^[^|\x00-\x1f\x7f]{1,14}\Z", "Use at most 14 characters, none of them |.")],
}


class LaunchMalformed(Refusal):
    """Something that the launch needs is missing, or not of its form."""

    code = "launch_malformed"
    player_detail = "The game could not be opened."


class LaunchNotSupported(Refusal):
    """The operator's protocol has no launch that we can make."""

    code = "launch_not_supported"
    player_detail = UNAVAILABLE


class OperatorNotActive(Refusal):
    """The operator is suspended, terminated, or has no launch host."""

    code = "operator_not_active"
    player_detail = UNAVAILABLE


class PlayerBarred(Refusal):
    """The player is blocked."""

    code = "player_blocked"
    player_detail = "Games cannot be opened at the moment. Please ask the support."


class PlayerExcluded(Refusal):
    """The player is self-excluded."""

    code = "player_excluded"
    player_detail = "Games cannot be opened at the moment. Please ask the support."


class CurrencyNotHeld(Refusal):
    """The player has no account in the currency."""

    code = "no_such_account"
    player_detail = NOT_IN_CURRENCY


class GameNotOffered(Refusal):
    """The game or lobby, its vendor, or the platform's own listing of it is off."""

    code = "game_not_offered"
    player_detail = UNAVAILABLE


class GeoBlocked(Refusal):
    """The player is where the game may not be opened; which rule says so is kept with the blocked launch."""

    code = "geo_blocked"
    player_detail = "This game cannot be opened from where you are."


class FunNotOffered(Refusal):
    """The game cannot be played for fun, or it is a lobby."""

    code = "fun_not_offered"
    player_detail = "This game cannot be played for fun."


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

    :raises Refusal: LaunchMalformed, LaunchNotSupported, OperatorNotActive, PlayerBarred, PlayerExcluded, UnknownGame,
        UnknownLobby, GameNotOffered, GeoBlocked, FunNotOffered, CurrencyNotHeld, and those of `apply_settings` and
        `open_at_agent`; no session is opened then.
    """
    texts = {
        "currency": currency,
        "language": language,
        "device": device,
        "home_url": home_url or player.casino.home_url,
        "deposit_url": deposit_url or player.casino.deposit_url,
        "group": group,
        "client_name": client_name,
    }
    _check_forms({**texts, "ip": ip, "game_id": game_ref, "lobby_id": lobby_ref, "mode": mode})
    _check_operator(player, operator)
    _check_player(player, now)
    opened = get_lobby(operator, lobby_ref) if lobby_ref else get_game(operator, game_ref)
    _check_offered(opened)
    applied = apply_settings(operator=operator, opened=opened, mode=mode, currency=currency)
    _check_place(player, operator, opened, mode=mode, ip=ip, now=now)
    currency, open_in = applied.currency, _choose_frame(opened, device)
    where = {"mode": mode, **_name(opened)}
    how = {"language": language, "operator_id": operator.operator_ref, "home_url": texts["home_url"], "device": device}
    if mode == Mode.FUN:
        _check_fun(operator, opened)
        return Launch(build_launch_url(operator.launch_host, {**where, "currency": currency, **how}), open_in, currency)
    account = _get_account(player, currency)
    facts: dict[str, Any] = {"player": player, "operator": operator, "opened": opened, "ip": ip, "by": by, "now": now}
    if operator.protocol == Protocol.AGENT:
        opening = open_at_agent(**facts, texts=texts | {"currency": currency})
        token, session = _open_session(**facts, account=account, applied=applied, texts=texts, html=opening.html)
        return Launch(opening.url or write_frame_address(token), open_in, currency, token, session)
    token, session = _open_session(**facts, account=account, applied=applied, texts=texts)
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


def _check_forms(texts: dict[str, str]) -> None:
    faults = {name: fault for name, text in texts.items() if (fault := _find_fault(name, text))}
    if texts["mode"] not in Mode:
        faults["mode"] = "Say real or fun."
    if bool(texts["game_id"]) == bool(texts["lobby_id"]):
        faults["game_id"] = "Name either a game_id or a lobby_id."
    if faults:
        said = " ".join(f"{name}: {fault}" for name, fault in faults.items())
        raise LaunchMalformed(said, fields=faults)


def _find_fault(name: str, text: str) -> str:
    needed = name in {"currency", "language", "device", "ip", "home_url"}
    try:
        for validate in FORMS.get(name, ()) if text or needed else ():
            validate(text)
    except ValidationError as error:
        return " ".join(error.messages)
    return ""


def _check_operator(player: Player, operator: Operator) -> None:
    if operator.casino_id != player.casino_id:
        raise LaunchMalformed("The operator is another casino's.", fields={"operator_id": "It is another casino's."})
    if operator.protocol not in LAUNCHABLE:
        raise LaunchNotSupported(
            f"Games of a {operator.get_protocol_display()} operator cannot be launched yet.",
            fields={"operator_id": "Its protocol has no launch."},
        )
    host = operator.api_host if operator.protocol == Protocol.AGENT else operator.launch_host
    if operator.state != OperatorState.ACTIVE or not host:
        raise OperatorNotActive(
            "The operator is not active, or has no launch host.", fields={"operator_id": "It takes no launches."}
        )


def _check_player(player: Player, now: datetime) -> None:
    if player.is_blocked:
        raise PlayerBarred("The player is blocked.", fields={"user_id": "The player is blocked."})
    if player.excluded_until and player.excluded_until > now:
        raise PlayerExcluded(
            f"The player is self-excluded until {player.excluded_until:%Y-%m-%d %H:%M} UTC.",
            fields={"user_id": "The player is self-excluded."},
        )


def _check_offered(opened: Game | Lobby) -> None:
    field = next(iter(_name(opened)))
    reasons = {
        "The platform has taken it off its list.": opened.listing == Listing.GONE,
        "The casino has switched it off.": not opened.enabled,
        "The casino has switched its vendor off.": opened.vendor is not None and not opened.vendor.enabled,
        "The platform has switched it off.": isinstance(opened, Game) and not opened.platform_enabled,
    }
    for reason, holds in reasons.items():
        if holds:
            raise GameNotOffered(f"{opened} cannot be launched. {reason}", fields={field: reason})


def _check_place(
    player: Player, operator: Operator, opened: Game | Lobby, *, mode: str, ip: str, now: datetime
) -> None:
    vendor = opened.vendor
    judged = judge(
        in_force=get_lists_in_force(operator.pk),
        vendor=VendorCountries(
            frozenset(vendor.prohibited_countries if vendor else ()),
            frozenset(vendor.restricted_countries if vendor else ()),
            read_excepted_countries(operator.settings),
        ),
        address=ip,
        is_real=mode == Mode.REAL,
    )
    if judged.decision.allowed:
        return
    note_blocked_launch(
        judged,
        asked=Asked.LAUNCH,
        casino_id=operator.casino_id,
        operator_id=operator.pk,
        user_id=player.user_id,
        mode=mode,
        opened=next(iter(_name(opened).values())),
        now=now,
    )
    raise GeoBlocked(judged.decision.sentence, fields={"ip": "Games may not be opened from there."})


def _check_fun(operator: Operator, opened: Game | Lobby) -> None:
    # An agent platform has no launch for fun, whatever its games can do.
    if operator.protocol != Protocol.GENERIC or isinstance(opened, Lobby) or not opened.fun_mode:
        raise FunNotOffered(f"{opened} cannot be played for fun.", fields={"mode": "Use real."})


def _name(opened: Game | Lobby) -> dict[str, str]:
    return {"game_id": opened.game_ref} if isinstance(opened, Game) else {"lobby_id": opened.lobby_ref}


def _choose_frame(opened: Game | Lobby, device: str) -> OpenIn:
    """Return where it may be shown: what is made for mobiles never in a frame, some lobbies in a tab alone."""
    names = {_name(opened).get("lobby_id", ""), opened.vendor.vendor_ref if opened.vendor else ""}
    if any(name.casefold() in NEW_TAB for name in names):
        return OpenIn.NEW_TAB
    return OpenIn.SAME_TAB if device == "mobile" else OpenIn.FRAME


def _get_account(player: Player, currency: str) -> Account:
    account = Account.objects.filter(player=player, kind=AccountKind.PLAYER, currency=currency).first()
    if account is None:
        raise CurrencyNotHeld(
            f"The player has no account in {currency}.", fields={"currency": "There is no account in it."}
        )
    return account


def _open_session(
    *,
    player: Player,
    operator: Operator,
    opened: Game | Lobby,
    account: Account,
    applied: LaunchSettings,
    texts: dict[str, str],
    html: str = "",
    ip: str,
    by: str,
    now: datetime,
) -> tuple[str, Session]:
    token = new_token()
    session = Session(
        token_digest=digest_token(token),
        player=player,
        account=account,
        operator=operator,
        game=opened if isinstance(opened, Game) else None,
        lobby_ref=opened.lobby_ref if isinstance(opened, Lobby) else "",
        device=texts["device"],
        language=texts["language"],
        ip=ip,
        effective_settings=applied.kept,
        created_at=now,
        expires_at=now + timedelta(hours=settings.SESSION_HOURS),
    )
    with transaction.atomic():
        session.save(force_insert=True)
        details = {"player": player.user_id, "operator": operator.operator_ref, **_name(opened), "ip": ip}
        write_audit_entry(by=by, action="launch_game", subject=session, details=details)
        if html:
            keep_launch_page(session=session, html=html, home_url=texts["home_url"], now=now)
    return token, session


def new_token() -> str:
    """Return a fresh random token in the characters and length that platforms take."""
    return "".join(secrets.choice(TOKEN_ALPHABET) for _ in range(TOKEN_LENGTH))
