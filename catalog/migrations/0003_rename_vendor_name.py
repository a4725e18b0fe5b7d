"""The platform's own id of a vendor gets the name that the other ids have."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("catalog", "0002_functions")]
    operations = [
        migrations.RemoveConstraint(model_name="vendor", name="catalog_vendor_once"),
        migrations.RenameField(model_name="vendor", old_name="name", new_name="vendor_ref"),
    ]
