"""What the acts on the catalogue ask for."""

from django import forms

from config.theme import Select
from operators.models import Operator
from operators.selectors.accounts import list_operators_with_catalogue


class SyncForm(forms.Form):
    """Whose catalogue to fetch."""

    operator = forms.ModelChoiceField(Operator.objects.none(), widget=Select())

    def __init__(self, data: object = None) -> None:
        super().__init__(data)
        self.fields["operator"].queryset = list_operators_with_catalogue()
