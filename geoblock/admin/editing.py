"""What the page where rules are edited takes, and what it has to say of a text."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django import forms

from config.editor import JsonTextField
from config.theme import TextInput
from geoblock.admin.language import list_notices
from geoblock.admin.simulating import PlaceForm, Simulation, simulate
from geoblock.models import GeoRules
from geoblock.rules import Fault, Lists, RulesRefused, find_name, read_rules
from geoblock.selectors.launches import WouldBlock, count_would_block, launches
from geoblock.selectors.rules import InForce, find_rules_in_force, get_lists_in_force
from operators.models import Operator

# In an address, where an operator's key would stand.
EVERYBODYS = "global"
LOOKED_BACK = timedelta(days=7)


class RulesForm(forms.Form):
    """The rules as text, why they change, and the newest version that whoever edits them has seen."""

    text = JsonTextField(
        label="Rules",
        strip=False,
        required=False,
        help_text='whiteList, blackList, grayList and allowedIPList, as in {"blackList": ["US"]}. Empty is none.',
    )
    reason = forms.CharField(
        max_length=500,
        required=False,
        widget=TextInput(),
        help_text="Why they change. Kept with the version, under your name.",
    )
    seen = forms.IntegerField(widget=forms.HiddenInput())


@dataclass(frozen=True, slots=True)
class Looked:
    """What a look at a text brought: what is wrong with it and the text mended, or what it would do."""

    faults: Sequence[Fault] = ()
    proposal: str | None = None
    notices: Sequence[str] = ()
    would_block: WouldBlock | None = None
    countries: Sequence[tuple[str, int]] = ()
    simulation: Simulation | None = None


@dataclass(frozen=True, slots=True)
class Scope:
    """Whose rules, and the version of them that is in force, if there is any."""

    subject: str
    name: str
    version: GeoRules | None


def look_at(operator: Operator | None, text: str, place: PlaceForm, now: datetime) -> Looked:
    """Say what is wrong with a text, or what it would do: to the last days' launches, and to the place asked for."""
    try:
        read = read_rules(text)
    except RulesRefused as refused:
        return Looked(faults=refused.faults, proposal=refused.proposal)
    made = launches().count_launches(operator=operator, since=now - LOOKED_BACK)
    would_block = count_would_block(operator=operator, lists=read.lists, launches=made)
    countries = [(find_name(code) or "Unknown", count) for code, count in would_block.by_country]
    looked = Looked(notices=list_notices(read), would_block=would_block, countries=countries)
    if not place.is_asked:
        return looked
    return replace(looked, simulation=simulate(place.cleaned_data, put_in_force(operator, read.lists)))


def put_in_force(operator: Operator | None, lists: Lists) -> InForce:
    """Return what would bind if these lists did."""
    if operator is None:
        return InForce(Lists(), lists)
    return InForce(lists, get_lists_in_force(operator.pk).global_rules)


def list_scopes() -> list[Scope]:
    """Return everybody's rules, and those of each operator, by name."""
    operators = Operator.objects.defer("secret", "previous_secret").select_related("casino").order_by("name", "pk")
    everybodys = Scope(EVERYBODYS, "All operators", find_rules_in_force(None))
    return [everybodys, *(Scope(str(each.pk), str(each), find_rules_in_force(each)) for each in operators)]
