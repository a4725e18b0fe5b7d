"""Tests of the tests: single edits of the money core, each of which some test has to notice (`make mutants`)."""
