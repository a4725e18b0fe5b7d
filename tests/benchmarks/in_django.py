"""Runs a module of this package as a program, with Django set up: `python -m tests.benchmarks.in_django seed`."""

import runpy
import sys

import django

if __name__ == "__main__":
    django.setup()
    runpy.run_module(f"tests.benchmarks.{sys.argv[1]}", run_name="__main__")
