"""`make bench`: what the wallet does a second on this machine, beside what it is measured against."""
