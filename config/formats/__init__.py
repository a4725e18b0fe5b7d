"""How the pages write dates and times: sortable, and with their zone."""
