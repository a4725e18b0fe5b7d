"""Every list of the admin, by each of its filters and searches, in each order, and far down; and what it reads."""

import json
import re
from collections.abc import Container, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from typing import Any, cast

from django import forms
from django.contrib import admin
from django.db import connection
from django.test import Client
from django.urls import reverse

from operators.models import Casino

# So many rows a list may look at for those that it shows, and some.
PASSED_OVER = 30_000
# The ledger's partitions, and what has a row for each of theirs or nearly.
LONG = re.compile(r"wallet_(ledgerrow\w*|transaction|round)")
# Of what there is, each shows as many rows in every database that the benchmark fills: a page, or one.
SEARCHES = ("guest0", "player6", "name7", "700000000123", "nobody-at-all")
TEXTS = {
    "player": ["guest0", "player6", "nobody"],
    "round": ["700000000123", "900000000360", "none"],
    "country": ["MT", "ZZ"],
    "command": ["changebalance", "none"],
    "error_code": ["OP_47", "none"],
    "action": ["make_history", "none"],
    "by": ["test", "none"],
}
FAR_PAGES = (20, 1_000_000)
MONTH, WEEK = ("2026-03-01", "2026-03-31"), ("2026-03-09", "2026-03-15")


@dataclass(frozen=True)
class Case:
    """One page: what is asked of which list; `name` is the same in every database."""

    name: str
    address: str
    query: dict[str, str]

    def ask(self, client: Client) -> Any:
        """Ask for the page; it has to be answered."""
        answer = client.get(self.address, self.query)
        if answer.status_code != 200:
            raise RuntimeError(f"{self.name}: {answer.status_code} {answer.headers.get('Location', '')}")
        return answer


def list_cases(client: Client, only: Container[str] | None = None) -> Iterator[Case]:
    """Everything that a person can ask of the admin's first page and its lists without opening a row.

    :param only: labels of models, where it is to be of theirs alone.
    """
    casinos = Casino.objects.order_by("name").values_list("slug", flat=True)
    yield from (
        Case(f"first page?casino={slug}", reverse("admin:index"), {"casino": slug}) for slug in ("", *casinos[:1])
    )
    for model in sorted(admin.site._registry, key=lambda each: each._meta.label):
        meta = model._meta
        if only is not None and meta.label not in only:
            continue
        plain = Case(meta.label, reverse(f"admin:{meta.app_label}_{meta.model_name}_changelist"), {})
        yield plain
        told = plain.ask(client).context.get("cl")
        if told is None:
            continue  # a page of its own in a list's place
        for asked in [*list_filters(told), *list_orders(told), *list_searches(told), *list_pages(told)]:
            shown = "&".join(f"{name}={value}" for name, value in asked.items())
            yield Case(f"{plain.name}?{shown}", plain.address, asked)


def list_filters(told: Any) -> Iterator[dict[str, str]]:
    """Each choice of each filter; of a text or a time, some."""
    for spec in told.filter_specs:
        for choice in spec.choices(told):
            if "form" in choice:
                for name, field in choice["form"].fields.items():
                    yield from list_values(name, field)
            elif not choice.get("selected"):
                pairs = [pair.split("=") for pair in choice["query_string"].lstrip("?").split("&")]
                yield {name: value for name, value in pairs if value}


def list_values(name: str, field: forms.Field) -> Iterator[dict[str, str]]:
    """What a field of a filter is tried with."""
    if isinstance(field, forms.ChoiceField):
        # Of hundreds of choices the first ones are as good as all.
        yield from (
            {name: str(value)}
            for value, _label in islice(iter(cast("Any", field.choices)), 12)
            if value not in {"", None}
        )
    elif isinstance(field, forms.SplitDateTimeField):
        if name.endswith("_from"):
            until = name.removesuffix("_from") + "_to"
            for first, last in (MONTH, WEEK):
                yield {f"{name}_0": first, f"{until}_0": last}
    else:
        yield from ({name: value} for value in TEXTS.get(name, ["7"]))


def list_orders(told: Any) -> Iterator[dict[str, str]]:
    """By each column that has an order, both ways."""
    fields = told.model_admin.get_sortable_by(told.request if hasattr(told, "request") else None)
    for place, column in enumerate(told.list_display):
        if column in fields and told.get_ordering_field(column):
            yield {"o": str(place)}
            yield {"o": f"-{place}"}


def list_searches(told: Any) -> Iterator[dict[str, str]]:
    """Ids that there are, and one that there is not."""
    if told.search_fields:
        yield from ({"q": term} for term in SEARCHES)


def list_pages(told: Any) -> Iterator[dict[str, str]]:
    """Pages further down, where there are any."""
    yield from ({"p": str(page)} for page in FAR_PAGES if page < told.paginator.num_pages)


@contextmanager
def plans_kept() -> Iterator[list[tuple[str, Any]]]:
    """Keep the plan of each query that reads a long table while the block lasts."""
    kept: list[tuple[str, Any]] = []

    def explain(execute: Any, sql: str, parameters: Any, many: bool, context: Any) -> Any:
        if LONG.search(sql) and sql.lstrip().startswith("SELECT"):
            with connection.connection.cursor() as cursor:
                cursor.execute(f"EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) {sql}", parameters)
                (plan,) = cursor.fetchone()
            kept.append((sql, plan if isinstance(plan, list) else json.loads(plan)))
        return execute(sql, parameters, many, context)

    with connection.execute_wrapper(explain):
        yield kept


def list_scans(plan: Any) -> Iterator[str]:
    """Return the long tables, and partitions, that a plan reads from end to end, be it by way of an index."""
    if isinstance(plan, list):
        for part in plan:
            yield from list_scans(part)
    elif isinstance(plan, dict):
        name = str(plan.get("Relation Name", ""))
        passed_over = plan.get("Rows Removed by Filter", 0) * plan.get("Actual Loops", 1)
        if LONG.fullmatch(name) and (plan.get("Node Type") == "Seq Scan" or passed_over > PASSED_OVER):
            yield name
        for part in plan.values():
            yield from list_scans(part)
