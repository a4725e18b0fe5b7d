"""What the casino API answers where it has nothing."""

from typing import Any, NoReturn

from rest_framework.exceptions import NotFound
from rest_framework.request import Request

from wallet.views.casino_api.base import CasinoApiView


class NothingHere(CasinoApiView):
    """Any other address: 404 in the API's own form."""

    authentication_classes = []
    permission_classes = []
    schema = None

    def initial(self, request: Request, *_args: Any, **_kwargs: Any) -> NoReturn:
        """Refuse whatever the method."""
        raise NotFound(f"There is nothing at {request.path}.")
