"""What the demo consists of. Loading it again adds what is missing and leaves the rest as staff have changed it."""

import sys
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple

from django.conf import settings
from django.contrib.auth.models import Group, User

from dev.credentials import Credentials
from dev.options import Options
from operators.models import Casino, Operator, Protocol, Scope
from operators.selectors.accounts import find_api_key
from operators.services import activate_operator, create_api_key, create_casino, create_operator, update_operator
from staff.roles import FINANCE, SUPPORT
from wallet.models import Player
from wallet.services.cashier import deposit
from wallet.services.players import register_player

BY = "demo"
SLUG = "harbour-lights"
HERE = ["127.0.0.0/8", "::1/128"]
OPERATOR_REFS = {
    Protocol.GENERIC: "harbour-generic",
    Protocol.HIZI: "harbour-hizi",
    # A brand id, which is a number there.
    Protocol.GMAG: "1001",
    Protocol.AGENT: "harbour-agent",
}
# Each by the role's name. An adjustment is asked for by the one and approved by the other: the admin has no ceiling.
STAFF = (SUPPORT, FINANCE)
OPENING_DEPOSITS = {"EUR": Decimal("1000.00"), "USD": Decimal("500.00")}


class DemoPlayer(NamedTuple):
    user_name: str
    display_name: str
    country: str
    currencies: tuple[str, ...] = ("EUR",)


PLAYERS = [
    DemoPlayer("Anna Lindqvist", "annalin", "SE", ("EUR", "USD")),
    DemoPlayer("Bram de Wit", "bramble", "NL"),
    DemoPlayer("Chiara Conti", "chichi", "IT"),
    DemoPlayer("Daniel Novak", "dnovak", "CZ"),
    DemoPlayer("Eleni Papadaki", "eleni", "GR", ("EUR", "USD")),
    DemoPlayer("Finn O'Malley", "finnegan", "IE"),
    DemoPlayer("Greta Hoffmann", "gretchen", "DE"),
    DemoPlayer("Hugo Lefèvre", "hugolef", "FR"),
    DemoPlayer("Ines Carvalho", "inescar", "PT", ("EUR", "USD")),
    DemoPlayer("Jonas Weber", "joweb", "AT"),
    DemoPlayer("Katarina Horvat", "kata", "HR"),
    DemoPlayer("Luis Romero", "luro", "ES"),
    DemoPlayer("Maarja Tamm", "maarja", "EE", ("EUR", "USD")),
    DemoPlayer("Noah Maes", "noahm", "BE"),
    DemoPlayer("Oona Virtanen", "oona", "FI"),
    DemoPlayer("Petra Zupan", "petraz", "SI"),
    DemoPlayer("Quentin Muller", "quentin", "LU", ("EUR", "USD")),
    DemoPlayer("Rasa Kazlauskaite", "rasa", "LT"),
    DemoPlayer("Silvia Borg", "silborg", "MT"),
    DemoPlayer("Tomas Kovac", "tomko", "SK"),
]


@dataclass(frozen=True)
class Demo:
    casino: Casino
    api_key: str
    operators: dict[str, Operator]
    players: list[Player]


def load(options: Options, credentials: Credentials, *, known_key: str, now: datetime) -> Demo:
    """Make what is missing. `known_key` is the API key that an earlier run wrote down: the database keeps no text."""
    ensure_admin(credentials.admin_password)
    ensure_staff(credentials.staff_password)
    casino = ensure_casino(options)
    demo = Demo(
        casino=casino,
        api_key=ensure_api_key(casino, known_key),
        operators=ensure_operators(casino, options, credentials, now),
        players=ensure_players(casino),
    )
    ensure_deposits(casino, now)
    return demo


def ensure_admin(password: str) -> None:
    admin = find_or_name("admin")
    admin.is_staff = admin.is_superuser = admin.is_active = True
    keep_password(admin, password)


def ensure_staff(password: str) -> None:
    """People with a role each, so that what takes two people can be tried at once."""
    for role in STAFF:
        person = find_or_name(role)
        if is_new := not person.pk:
            person.is_staff = True
        keep_password(person, password)
        if is_new:
            person.groups.set([Group.objects.get(name=role)])


def find_or_name(username: str) -> User:
    return User.objects.filter(username=username).first() or User(username=username)


def keep_password(person: User, password: str) -> None:
    if not person.pk or not person.check_password(password):
        person.set_password(password)
    person.save()


def ensure_casino(options: Options) -> Casino:
    found = Casino.objects.filter(slug=SLUG).first()
    home = f"{options.sandbox_url}/"
    return found or create_casino(slug=SLUG, name="Harbour Lights", home_url=home, time_zone="Europe/Berlin", by=BY)


def ensure_api_key(casino: Casino, known: str) -> str:
    """The key's text; a new one where the known one is of no use."""
    found = find_api_key(known) if known else None
    if found and found.casino_id == casino.pk:
        return known
    return create_api_key(casino=casino, name="demo", scopes=Scope.values, by=BY).text


def ensure_operators(casino: Casino, options: Options, credentials: Credentials, now: datetime) -> dict[str, Operator]:
    """An account of each protocol, at the sandbox."""
    secrets = {
        Protocol.GENERIC: credentials.generic_secret,
        Protocol.HIZI: credentials.hizi_secret,
        Protocol.GMAG: credentials.gmag_secret,
        Protocol.AGENT: credentials.agent_key,
    }
    operators = {}
    for protocol, operator_ref in OPERATOR_REFS.items():
        operator = Operator.objects.filter(protocol=protocol, operator_ref=operator_ref).first()
        if operator is None:
            operator = create_operator(
                casino=casino,
                protocol=protocol,
                operator_ref=operator_ref,
                name=f"Sandbox ({protocol})",
                secret=secrets[protocol],
                ip_allow_list=HERE,
                **hosts_of(protocol, options),
                by=BY,
            )
            activate_operator(operator=operator, by=BY, now=now)
        operators[protocol.value] = follow_sandbox(operator, options)
    return operators


def hosts_of(protocol: Protocol, options: Options) -> dict[str, Any]:
    """The sandbox has each protocol under its name, and `generic` at its root."""
    api_host = options.sandbox_url if protocol == Protocol.GENERIC else f"{options.sandbox_url}/{protocol}"
    return {
        "api_host": api_host,
        "launch_host": api_host if protocol in {Protocol.GENERIC, Protocol.AGENT} else "",
        "game_data_host": api_host if protocol == Protocol.GMAG else "",
        "hand_history_host": api_host if protocol == Protocol.GENERIC else "",
    }


def follow_sandbox(operator: Operator, options: Options) -> Operator:
    """Point an operator at the sandbox's port of this run, should it be another than the last time."""
    hosts = hosts_of(Protocol(operator.protocol), options)
    if all(getattr(operator, name) == host for name, host in hosts.items()):
        return operator
    kept: dict[str, Any] = {name: getattr(operator, name) for name in ("name", "ip_allow_list")}
    return update_operator(operator=operator, **kept, **hosts, by=BY)


def ensure_players(casino: Casino) -> list[Player]:
    wanted = {f"player-{number:02}": facts for number, facts in enumerate(PLAYERS, start=1)}
    there = {player.user_id: player for player in casino.players.filter(user_id__in=wanted)}
    say(f"  {len(wanted)} players, {len(wanted) - len(there)} of them new")
    return [there.get(user_id) or create_player(casino, user_id, facts) for user_id, facts in wanted.items()]


def create_player(casino: Casino, user_id: str, facts: DemoPlayer) -> Player:
    return register_player(casino=casino, user_id=user_id, **facts._asdict(), by=BY).player


def ensure_deposits(casino: Casino, now: datetime) -> None:
    """Each opening deposit has a reference, so that it is booked once however often it is asked for."""
    for number, player in enumerate(PLAYERS, start=1):
        for currency in player.currencies:
            deposit(
                casino=casino,
                user_id=f"player-{number:02}",
                amount=OPENING_DEPOSITS[currency],
                currency=currency,
                reference=f"opening-{number:02}-{currency}",
                by=BY,
                now=now,
            )


def describe(demo: Demo, options: Options, credentials: Credentials) -> dict[str, Any]:
    """What `var/demo.json` tells scripts and the sandbox."""
    return {
        "backoffice_url": options.backoffice_url,
        "wallet_url": options.wallet_url,
        "sandbox_url": options.sandbox_url,
        "admin": {"username": "admin", "password": credentials.admin_password},
        "staff": [{"username": role, "password": credentials.staff_password} for role in STAFF],
        "casino": {"slug": demo.casino.slug, "api_key": demo.api_key},
        "metrics_token": settings.METRICS_TOKEN,
        "operators": {
            protocol: {"operator_id": operator.operator_ref, "secret_key": operator.secret}
            for protocol, operator in demo.operators.items()
        },
        "players": [
            {"user_id": player.user_id, "currency": account.currency}
            for player in demo.players
            for account in player.accounts.order_by("currency")
        ],
    }


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()
