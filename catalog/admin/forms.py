"""What the acts on the catalogue ask for."""

from django import forms
from django.http import QueryDict

from config.theme import Select
from operators.selectors.accounts import list_operators_with_catalogue


class SyncForm(forms.Form):
    """Whose catalogue to fetch."""

    def __init__(self, data: QueryDict | None = None) -> None:
        super().__init__(data)
        self.fields["operator"] = forms.ModelChoiceField(list_operators_with_catalogue(), widget=Select())
