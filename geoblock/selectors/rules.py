"""The rules in force, and their versions."""

from dataclasses import dataclass
from functools import lru_cache

from django.db.models import Max, Q, QuerySet

from geoblock.models import GeoRules, RulesState
from geoblock.rules import KEYS, Lists, read_lists
from operators.models import Operator


@dataclass(frozen=True, slots=True)
class InForce:
    """The lists that an operator's launches are judged by."""

    rules: Lists
    global_rules: Lists


@dataclass(frozen=True, slots=True)
class Difference:
    """What came onto one list, and what left it, in order."""

    key: str
    added: tuple[str, ...]
    removed: tuple[str, ...]


def find_rules_in_force(operator: Operator | None) -> GeoRules | None:
    """Return the version in force of an operator's rules, or of the global ones."""
    return list_versions(operator).filter(state=RulesState.IN_FORCE).order_by("-number").first()


def list_versions(operator: Operator | None) -> QuerySet[GeoRules]:
    """All versions of an operator's rules, or of the global ones."""
    return GeoRules.objects.select_related("operator").filter(Q(operator=operator) if operator else Q(operator=None))


def count_versions(operator: Operator | None) -> int:
    """Return the number of the newest version; they are counted from 1 without a gap."""
    newest: int | None = list_versions(operator).aggregate(newest=Max("number"))["newest"]
    return newest or 0


def find_pending_version(operator: Operator | None) -> GeoRules | None:
    """Return the version that waits for a second person."""
    return list_versions(operator).filter(state=RulesState.PENDING).order_by("-number").first()


def list_differences(version: GeoRules) -> list[Difference]:
    """Return what a version put on the lists and took from them, against the one in force before it."""
    older = list_versions(version.operator).filter(number__lt=version.number)
    before = older.filter(state__in=[RulesState.IN_FORCE, RulesState.REPLACED]).order_by("-number").first()
    was, now = before.value if before else {}, version.value
    sides = [(key, set(was.get(key, ())), set(now.get(key, ()))) for key in KEYS]
    return [
        Difference(key, tuple(sorted(after - earlier)), tuple(sorted(earlier - after)))
        for key, earlier, after in sides
        if earlier != after
    ]


def get_lists_in_force(operator_id: int) -> InForce:
    """Return what is in force now for an operator."""
    found = GeoRules.objects.filter(Q(operator=operator_id) | Q(operator=None), state=RulesState.IN_FORCE)
    versions: dict[int | None, int] = dict(found.order_by("pk").values_list("operator_id", "pk"))
    return get_lists_of(versions.get(operator_id), versions.get(None))


def get_lists_of(version_id: int | None, global_version_id: int | None) -> InForce:
    """Return the lists of two versions; None is no rules.

    :raises GeoRules.DoesNotExist:
    """
    return InForce(*(_get_lists(pk) if pk else Lists() for pk in (version_id, global_version_id)))


@lru_cache(maxsize=4096)
def _get_lists(version_id: int) -> Lists:
    # A version never changes, so it may be kept for good.
    return read_lists(GeoRules.objects.values_list("value", flat=True).get(pk=version_id))
