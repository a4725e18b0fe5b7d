"""The control API of `generic`: what it lists, and what it limits."""

from decimal import Decimal

import falcon
import msgspec

from sandbox.control import read_order, write_json
from sandbox.platform.limits import Limits
from sandbox.platform.offer import CatalogueOrder, Offer, TooManyGames, UnknownId
from sandbox.platform.state import Platform


class LimitsOrder(msgspec.Struct, forbid_unknown_fields=True):
    """A month's largest GGR, in EUR, and the pot that it is taken from, in USD; null: not limited."""

    ggr_limit: Decimal | msgspec.UnsetType | None = msgspec.UNSET
    balance: Decimal | msgspec.UnsetType | None = msgspec.UNSET
    reset: bool = False


class CatalogueControl:
    """GET and POST /control/generic/catalogue"""

    def __init__(self, platform: Platform) -> None:
        self._offer = platform.offer

    def on_get(self, _request: falcon.Request, response: falcon.Response) -> None:
        write_json(response, describe_changes(self._offer))

    def on_post(self, request: falcon.Request, response: falcon.Response) -> None:
        try:
            self._offer.change(read_order(request, CatalogueOrder))
        except (UnknownId, TooManyGames) as problem:
            raise falcon.HTTPBadRequest(title="Not an order", description=str(problem)) from problem
        write_json(response, describe_changes(self._offer))


class LimitsControl:
    """GET and POST /control/generic/limits"""

    def __init__(self, platform: Platform) -> None:
        self._platform = platform

    def on_get(self, _request: falcon.Request, response: falcon.Response) -> None:
        write_json(response, self._platform.limits)

    def on_post(self, request: falcon.Request, response: falcon.Response) -> None:
        order = read_order(request, LimitsOrder)
        before = Limits() if order.reset else self._platform.limits
        self._platform.limits = Limits(
            ggr_limit=before.ggr_limit if order.ggr_limit is msgspec.UNSET else order.ggr_limit,
            balance=before.balance if order.balance is msgspec.UNSET else order.balance,
        )
        write_json(response, self._platform.limits)


def describe_changes(offer: Offer) -> dict[str, object]:
    changes = offer.changes
    return {"removed": sorted(changes.removed), "renamed": changes.renamed, "added": changes.added}
