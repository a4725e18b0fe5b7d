"""What the owner makes from here on is nobody else's; `wallet/privileges/` grants, after every migration."""

from django.db import migrations

OWNERS_ALONE = """
ALTER DEFAULT PRIVILEGES IN SCHEMA public REVOKE ALL ON TABLES FROM PUBLIC;
ALTER DEFAULT PRIVILEGES REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;
"""


class Migration(migrations.Migration):
    dependencies = [("wallet", "0013_proofs")]
    operations = [migrations.RunSQL(OWNERS_ALONE, migrations.RunSQL.noop)]
