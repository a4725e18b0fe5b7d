"""An index on rounds that no query uses any more goes, without a lock that bets would wait for."""

from django.contrib.postgres.operations import RemoveIndexConcurrently
from django.db import migrations


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("wallet", "0019_chains_read_once")]
    operations = [RemoveIndexConcurrently(model_name="round", name="wallet_round_opened")]
