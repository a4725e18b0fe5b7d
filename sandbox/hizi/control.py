"""POST /control/hizi/settings and /control/hizi/catalogue; GET tells how things are."""

import ipaddress
from dataclasses import replace

import falcon
import msgspec

from sandbox.control import read_order, write_json
from sandbox.hizi.access import Settings
from sandbox.hizi.catalogue import Catalogue, CatalogueOrder, UnknownGames


class SettingsHolder:
    """The settings of the running process, replaced as a whole; each start begins with the defaults."""

    def __init__(self) -> None:
        self.settings = Settings()


class SettingsOrder(msgspec.Struct, forbid_unknown_fields=True):
    """What is left out stays as it is; `allowed_ips` (addresses and networks) null lets any address call."""

    secret_is_first_field: bool | msgspec.UnsetType = msgspec.UNSET
    allowed_ips: list[str] | msgspec.UnsetType | None = msgspec.UNSET


class SettingsControl:
    """GET and POST /control/hizi/settings"""

    def __init__(self, holder: SettingsHolder) -> None:
        self._holder = holder

    def on_get(self, _request: falcon.Request, response: falcon.Response) -> None:
        write_json(response, self._holder.settings)

    def on_post(self, request: falcon.Request, response: falcon.Response) -> None:
        order = read_order(request, SettingsOrder)
        if order.allowed_ips:
            _require_networks(order.allowed_ips)
        changed = {name: value for name, value in msgspec.structs.asdict(order).items() if value is not msgspec.UNSET}
        self._holder.settings = replace(self._holder.settings, **changed)
        write_json(response, self._holder.settings)


class CatalogueControl:
    """GET and POST /control/hizi/catalogue"""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue

    def on_get(self, _request: falcon.Request, response: falcon.Response) -> None:
        write_json(response, self._catalogue.read_changes())

    def on_post(self, request: falcon.Request, response: falcon.Response) -> None:
        try:
            write_json(response, self._catalogue.change(read_order(request, CatalogueOrder)))
        except UnknownGames as unknown:
            raise falcon.HTTPBadRequest(title="No such games", description=str(unknown)) from unknown


def _require_networks(addresses: list[str]) -> None:
    try:
        for each in addresses:
            ipaddress.ip_network(each, strict=False)
    except ValueError as error:
        raise falcon.HTTPBadRequest(title="Not an address", description=str(error)) from error
