"""The simulator: what the rules would say of an address, or of a country or region."""

from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from config.theme import Select, TextInput
from geoblock.rules import Address, Decision, Place, VendorCountries, find_name, read_address
from geoblock.selectors.judgements import judge_place
from geoblock.selectors.locations import find_place
from geoblock.selectors.rules import InForce

ADDRESS_HELP = "The player's. Where it is, the database says, unless a place is named beside it."
PLACE_HELP = "A country or region, such as CA or CA-QC."


class PlaceForm(forms.Form):
    """Who would open a game, and from where."""

    address = forms.CharField(label="Address", required=False, help_text=ADDRESS_HELP, widget=TextInput())
    place = forms.CharField(label="Country or region", required=False, help_text=PLACE_HELP, widget=TextInput())
    mode = forms.ChoiceField(choices=[("real", "For money"), ("fun", "For fun")], required=False, widget=Select())

    def clean_address(self) -> Address | None:
        """Read the address."""
        try:
            return read_address(self.cleaned_data["address"]) if self.cleaned_data["address"].strip() else None
        except ValueError:
            raise ValidationError("This is not an address: use 192.0.2.10 or 2001:db8::10, say.") from None

    def clean_place(self) -> Place | None:
        """Read the place."""
        code = self.cleaned_data["place"].strip().upper()
        if not code:
            return None
        if find_name(code) is None:
            raise ValidationError("This is not a country or region of ISO 3166: use DE or US-TX, say.")
        country, dash, _ = code.partition("-")
        return Place(country, (code,) if dash else ())

    @property
    def is_asked(self) -> bool:
        """Whether there is anything to simulate."""
        return self.is_valid() and bool(self.cleaned_data["address"] or self.cleaned_data["place"])


@dataclass(frozen=True, slots=True)
class Simulation:
    """What was judged, with its names, and the decision."""

    address: Address | None
    place: Place
    names: str
    decision: Decision


def simulate(asked: dict[str, Any], in_force: InForce) -> Simulation:
    """Judge what a valid `PlaceForm` asks. The game's vendor is not known here."""
    address, place = asked["address"], asked["place"]
    if place is None:
        place = find_place(address)
    decision = judge_place(
        in_force=in_force, vendor=VendorCountries(), address=address, place=place, is_real=asked["mode"] != "fun"
    )
    return Simulation(address, place, write_place(place), decision)


def write_place(place: Place) -> str:
    """Write a place in words: its regions, the smallest first, which name their country, or the country."""
    codes = place.regions[::-1] or (place.country,)
    return " / ".join(find_name(code) or code for code in codes if code) or "unknown"
