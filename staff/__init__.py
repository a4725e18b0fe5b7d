"""The people who work with the back office: their roles, how they sign in, and what is on record of them."""
