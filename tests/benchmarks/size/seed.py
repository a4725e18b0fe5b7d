"""Opens an operator in the made-up casino, with a number of active players, the same in every database."""

from pathlib import Path

from django.utils import timezone

from operators.models import Casino
from tests.benchmarks.house import ACTIVE_PLAYERS
from tests.benchmarks.opening import open_bench, tell
from tests.benchmarks.size.regular import play_regularly
from wallet.services.figures import sum_quarters
from wallet.services.history.making import SLUG
from wallet.services.stuck_rounds import watch_rounds

HERE = Path(__file__).parent


def main() -> None:
    """Fill the database, have done what beat does, and tell about it."""
    casino = Casino.objects.get(slug=SLUG)
    ids = open_bench(casino, players=ACTIVE_PLAYERS, statements=HERE / "players.sql")
    play_regularly(ids, now=timezone.now())
    watch_rounds(now=timezone.now())
    sum_quarters(now=timezone.now())
    tell(ids)


if __name__ == "__main__":
    main()
