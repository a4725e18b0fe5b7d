"""A session that a platform's page opened."""

from datetime import datetime, timedelta

from django.utils import timezone

from tests.operators.making import NOW, make_casino, make_game, make_operator, make_player
from wallet.ledger import digest_token
from wallet.models import Session
from wallet.services.launch import new_token
from wallet.services.launch_pages import keep_launch_page


class Opened:
    """A session with a page."""

    def __init__(self, html: str, now: datetime | None = None, home_url: str = "") -> None:
        casino = make_casino()
        operator = make_operator(casino)
        player, game = make_player(casino), make_game(operator)
        self.token = new_token()
        self.session = Session.objects.create(
            token_digest=digest_token(self.token),
            player=player,
            account=player.accounts.get(),
            operator=operator,
            game=game,
            language="th",
            ip="198.51.100.7",
            created_at=NOW,
            expires_at=NOW + timedelta(days=1),
        )
        keep_launch_page(session=self.session, html=html, home_url=home_url, now=now or timezone.now())
