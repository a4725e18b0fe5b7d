"""What a launch is held against: a list of checks that the launch goes by, and that staff may see the result of."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator, RegexValidator, URLValidator, validate_ipv46_address

from catalog.models import Game, Listing, Lobby
from catalog.selectors import get_game, get_lobby
from geoblock.rules import Place, VendorCountries, read_address, read_excepted_countries
from geoblock.selectors.judgements import Judgement, judge, judge_place
from geoblock.selectors.rules import get_lists_in_force
from operators.models import Operator, OperatorState, Protocol
from operators.selectors.accounts import LAUNCHABLE
from operators.selectors.refusals import Refusal
from wallet.enums import AccountKind, Mode
from wallet.models import Account, Player, currency_code
from wallet.services import launch_settings
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
from wallet.services.limits import find_sitting

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


@dataclass(kw_only=True)
class Attempt:
    """A launch as it is asked for, and what the checks found out on their way.

    `texts` has what is looked at for its form alone. `place` stands in for what the database says of the address.
    """

    player: Player
    operator: Operator
    game_ref: str
    lobby_ref: str
    mode: str
    asked_currency: str
    ip: str
    now: datetime
    texts: Mapping[str, str] = field(default_factory=dict)
    place: Place | None = None
    found: Game | Lobby | None = None
    found_account: Account | None = None
    kept: dict[str, Any] = field(default_factory=dict)

    @property
    def currency(self) -> str:
        """The currency it would be played in: the operator's settings may force one."""
        return launch_settings.choose_currency(self.operator.settings, self.asked_currency)

    @property
    def opened(self) -> Game | Lobby:
        """What would be opened, once a check has found it."""
        if self.found is None:
            raise LookupError("the game or lobby was not looked for, or is unknown")
        return self.found

    @property
    def account(self) -> Account:
        """What would be played from, once a check has found it."""
        if self.found_account is None:
            raise LookupError("the account was not looked for, or there is none")
        return self.found_account

    @property
    def named(self) -> dict[str, str]:
        """The game's or lobby's id under its name in the interfaces."""
        return {"lobby_id": self.lobby_ref} if self.lobby_ref else {"game_id": self.game_ref}


def check_forms(attempt: Attempt) -> None:
    """Look at the form of every text.

    :raises LaunchMalformed: with all faults together.
    """
    asked = {"currency": attempt.asked_currency, **attempt.texts, "ip": attempt.ip}
    faults = {name: fault for name, text in asked.items() if (fault := _find_fault(name, text))}
    if attempt.mode not in Mode:
        faults["mode"] = "Say real or fun."
    if bool(attempt.game_ref) == bool(attempt.lobby_ref):
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


def _check_casino(attempt: Attempt) -> None:
    if attempt.operator.casino_id != attempt.player.casino_id:
        raise LaunchMalformed("The operator is another casino's.", fields={"operator_id": "It is another casino's."})


def _check_protocol(attempt: Attempt) -> None:
    if attempt.operator.protocol not in LAUNCHABLE:
        raise LaunchNotSupported(
            f"Games of a {attempt.operator.get_protocol_display()} operator cannot be launched yet.",
            fields={"operator_id": "Its protocol has no launch."},
        )


def _check_operator(attempt: Attempt) -> None:
    operator = attempt.operator
    host = operator.api_host if operator.protocol == Protocol.AGENT else operator.launch_host
    if operator.state != OperatorState.ACTIVE or not host:
        raise OperatorNotActive(
            "The operator is not active, or has no launch host.", fields={"operator_id": "It takes no launches."}
        )


def _check_block(attempt: Attempt) -> None:
    if attempt.player.is_blocked:
        raise PlayerBarred("The player is blocked.", fields={"user_id": "The player is blocked."})


def _check_exclusion(attempt: Attempt) -> None:
    until = attempt.player.excluded_until
    if until and until > attempt.now:
        raise PlayerExcluded(
            f"The player is self-excluded until {until:%Y-%m-%d %H:%M} UTC.",
            fields={"user_id": "The player is self-excluded."},
        )


def _check_session_time(attempt: Attempt) -> None:
    if attempt.mode == Mode.REAL:
        find_sitting(player=attempt.player, now=attempt.now)


def _find_opened(attempt: Attempt) -> None:
    find = get_lobby if attempt.lobby_ref else get_game
    attempt.found = find(attempt.operator, attempt.lobby_ref or attempt.game_ref)


def _refuse_offer(attempt: Attempt, reason: str, *, holds: bool) -> None:
    if holds:
        field = next(iter(attempt.named))
        raise GameNotOffered(f"{attempt.opened} cannot be launched. {reason}", fields={field: reason})


def _check_listing(attempt: Attempt) -> None:
    gone = attempt.opened.listing == Listing.GONE
    _refuse_offer(attempt, "The platform has taken it off its list.", holds=gone)


def _check_enabled(attempt: Attempt) -> None:
    _refuse_offer(attempt, "The casino has switched it off.", holds=not attempt.opened.enabled)


def _check_vendor(attempt: Attempt) -> None:
    vendor = attempt.opened.vendor
    off = vendor is not None and not vendor.enabled
    _refuse_offer(attempt, "The casino has switched its vendor off.", holds=off)


def _check_platform(attempt: Attempt) -> None:
    off = isinstance(attempt.opened, Game) and not attempt.opened.platform_enabled
    _refuse_offer(attempt, "The platform has switched it off.", holds=off)


def _check_mode(attempt: Attempt) -> None:
    launch_settings.check_mode(attempt.operator.settings, attempt.mode)


def _check_game(attempt: Attempt) -> None:
    launch_settings.check_game(attempt.operator.settings, attempt.opened)


def _check_currency(attempt: Attempt) -> None:
    launch_settings.check_currency(attempt.operator.settings, attempt.currency)


def _check_coins(attempt: Attempt) -> None:
    launch_settings.check_coins(attempt.operator.settings, attempt.currency, attempt.mode)


def _check_currency_offer(attempt: Attempt) -> None:
    launch_settings.check_currency_offer(attempt.operator, attempt.currency)


def _check_stakes(attempt: Attempt) -> None:
    for_fun = attempt.mode == Mode.FUN
    attempt.kept = launch_settings.keep_settings(
        attempt.operator.settings, attempt.opened, attempt.currency, for_fun=for_fun
    )


def _check_place(attempt: Attempt) -> None:
    judged = _judge(attempt)
    if not judged.decision.allowed:
        raise GeoBlocked(judged)


def _judge(attempt: Attempt) -> Judgement:
    vendor = attempt.opened.vendor
    facts: dict[str, Any] = {
        "in_force": get_lists_in_force(attempt.operator.pk),
        "vendor": VendorCountries(
            frozenset(vendor.prohibited_countries if vendor else ()),
            frozenset(vendor.restricted_countries if vendor else ()),
            read_excepted_countries(attempt.operator.settings),
        ),
        "is_real": attempt.mode == Mode.REAL,
    }
    if attempt.place is None:
        return judge(**facts, address=attempt.ip)
    address = read_address(attempt.ip)
    return Judgement(address, attempt.place, judge_place(**facts, address=address, place=attempt.place))


def _check_fun(attempt: Attempt) -> None:
    # An agent platform has no launch for fun, whatever its games can do.
    opened, generic = attempt.opened, attempt.operator.protocol == Protocol.GENERIC
    if attempt.mode == Mode.FUN and (not generic or isinstance(opened, Lobby) or not opened.fun_mode):
        raise FunNotOffered(f"{opened} cannot be played for fun.", fields={"mode": "Use real."})


def _find_account(attempt: Attempt) -> None:
    if attempt.mode == Mode.FUN:
        return
    accounts = Account.objects.filter(player=attempt.player, kind=AccountKind.PLAYER, currency=attempt.currency)
    attempt.found_account = accounts.first()
    if attempt.found_account is None:
        raise CurrencyNotHeld(
            f"The player has no account in {attempt.currency}.", fields={"currency": "There is no account in it."}
        )


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that has to hold, in words, and what raises a `Refusal` where it does not.

    One that is `of_opened` can only be looked at once the game or lobby is found.
    """

    holds: str
    run: Callable[[Attempt], None]
    of_opened: bool = True


# In the order in which a launch is refused.
CHECKS: Sequence[Check] = (
    Check("What is asked for has its form", check_forms, of_opened=False),
    Check("The operator is the player's casino's", _check_casino, of_opened=False),
    Check("The operator's protocol has a launch", _check_protocol, of_opened=False),
    Check("The operator is active and has a launch host", _check_operator, of_opened=False),
    Check("The player is not blocked", _check_block, of_opened=False),
    Check("The player is not self-excluded", _check_exclusion, of_opened=False),
    Check("The player has session time left", _check_session_time, of_opened=False),
    Check("The operator's catalogue has it", _find_opened, of_opened=False),
    Check("The platform lists it", _check_listing),
    Check("The casino has it switched on", _check_enabled),
    Check("The casino has its vendor switched on", _check_vendor),
    Check("The platform has it switched on", _check_platform),
    Check("The operator's settings allow the mode", _check_mode, of_opened=False),
    Check("The operator's settings allow it", _check_game),
    Check("The operator's settings allow the currency", _check_currency, of_opened=False),
    Check("A social casino plays with coins", _check_coins, of_opened=False),
    Check("The currency is switched on for the operator", _check_currency_offer, of_opened=False),
    Check("A stake is left under the operator's greatest exposure", _check_stakes),
    Check("It may be opened from where the player is", _check_place),
    Check("It can be played in this mode", _check_fun),
    Check("The player has an account in the currency", _find_account, of_opened=False),
)


def check_launch(attempt: Attempt) -> None:
    """Hold a launch against every check in order; afterwards the attempt has what it opens, and from which account.

    :raises Refusal: of the first that does not hold.
    """
    for check in CHECKS:
        check.run(attempt)


@dataclass(frozen=True, slots=True)
class Finding:
    """What came of a check: whether it holds (None where it could not be looked at), and the refusal's sentence."""

    holds: str
    passed: bool | None
    sentence: str = ""
    code: str = ""


def explain_launch(attempt: Attempt) -> list[Finding]:
    """Hold a launch against every check, whatever those before it say. Nothing is opened, and nothing written."""
    return [_find(check, attempt) for check in CHECKS]


def _find(check: Check, attempt: Attempt) -> Finding:
    if check.of_opened and attempt.found is None:
        return Finding(check.holds, None, "Not looked at: there is no such game or lobby.")
    try:
        check.run(attempt)
    except Refusal as refusal:
        return Finding(check.holds, passed=False, sentence=refusal.detail, code=refusal.code)
    return Finding(check.holds, passed=True)
