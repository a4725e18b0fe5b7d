"""The catalogue comes from the real sandbox platform, over HTTP."""

from typing import Any

import pytest

from catalog.models import Game, Lobby, Vendor
from catalog.services import Changes, SyncResult, sync_catalog
from operators.platforms.base import PlatformFailure
from tests.operators.making import NOW, make_casino, make_operator
from tests.sandbox.platform_process import environment_for, run_platform
from tests.sandbox.reference_wallet import ReferenceWallet


@pytest.mark.live
@pytest.mark.django_db
def test_the_sandboxs_whole_catalogue_is_fetched_and_stays(settings: Any) -> None:
    settings.PLATFORM_PRIVATE_HOSTS_ALLOWED = True
    known = ReferenceWallet()
    casino = make_casino()
    with run_platform(known, environment_for("http://127.0.0.1:9/wallet", known)) as platform:
        secret = known.secrets_accepted[0]
        operator = make_operator(casino, operator_ref=known.operator_id, secret=secret, api_host=platform.url)
        first = sync_catalog(operator=operator, by="celery", now=NOW)
        assert first == SyncResult(Changes(added=3000), Changes(added=40), 0)
        assert sync_catalog(operator=operator, by="celery", now=NOW) == SyncResult(Changes(), Changes(), 0)

        stranger = make_operator(casino, secret="another secret", api_host=platform.url)
        with pytest.raises(PlatformFailure) as failure:
            sync_catalog(operator=stranger, by="celery", now=NOW)
    assert failure.value.code == "HTTP_403"
    assert (Game.objects.count(), Lobby.objects.count(), Vendor.objects.count()) == (3000, 40, 60)
    assert Game.objects.exclude(thumbnails={}).exclude(thumbnails__300x300__startswith=platform.url).count() == 0
    assert {"portomaso", "live168"} <= set(Lobby.objects.values_list("lobby_ref", flat=True))
