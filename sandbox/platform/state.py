"""What the platform holds while it runs: one object, handed to everything that answers requests."""

import random
from dataclasses import dataclass, field
from functools import lru_cache

from sandbox.journal import Journal
from sandbox.platform.catalogue import Catalogue
from sandbox.platform.limits import Limits
from sandbox.platform.offer import Offer
from sandbox.platform.sessions import Sessions
from sandbox.settings import Settings, SettingsSource
from sandbox.wallet_client import Identifiers, WalletClient

# A wallet answers within four seconds, or its answer counts as lost.
WALLET_TIMEOUT = 5.0


@dataclass
class Platform:
    """The operator account, what was played, the games, the sessions, the source of ids and the source of luck."""

    source: SettingsSource
    journal: Journal
    offer: Offer = field(default_factory=Offer)
    limits: Limits = field(default_factory=Limits)
    sessions: Sessions = field(default_factory=Sessions)
    identifiers: Identifiers = field(default_factory=Identifiers)
    chance: random.Random = field(default_factory=random.SystemRandom)

    @property
    def catalogue(self) -> Catalogue:
        """What is listed at this moment."""
        return self.offer.catalogue


@lru_cache(maxsize=8)
def connect_wallet(settings: Settings) -> WalletClient:
    """The one client for these settings, with its kept-alive connections."""
    return WalletClient(settings.wallet_url, settings.operator_id, settings.secret_key, WALLET_TIMEOUT)
