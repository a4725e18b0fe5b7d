"""What the platform holds while it runs: one object, handed to everything that answers requests."""

import random
from dataclasses import dataclass, field
from functools import lru_cache

from sandbox.platform.catalogue import Catalogue, build_catalogue
from sandbox.platform.sessions import Sessions
from sandbox.settings import Settings, SettingsSource
from sandbox.wallet_client import Identifiers, WalletClient

# A wallet answers within four seconds, or its answer counts as lost.
WALLET_TIMEOUT = 5.0


@dataclass
class Platform:
    """The operator account, the games, the sessions, the source of ids and the source of luck."""

    source: SettingsSource
    catalogue: Catalogue = field(default_factory=build_catalogue)
    sessions: Sessions = field(default_factory=Sessions)
    identifiers: Identifiers = field(default_factory=Identifiers)
    chance: random.Random = field(default_factory=random.SystemRandom)


@lru_cache(maxsize=8)
def connect_wallet(settings: Settings) -> WalletClient:
    """The one client for these settings, with its kept-alive connections."""
    return WalletClient(settings.wallet_url, settings.operator_id, settings.secret_key, WALLET_TIMEOUT)
