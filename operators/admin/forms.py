"""What the forms of casinos, keys and operators have in common."""

from typing import TYPE_CHECKING, Any

from django import forms

from config.theme import Checkboxes, PasswordInput, Select, Textarea, TextInput
from operators.fields import validate_networks
from operators.models import ApiKey, Casino, Operator, Scope

# Django's forms take their model as a type parameter only in the stubs.
if TYPE_CHECKING:
    ApiKeyModelForm = forms.ModelForm[ApiKey]
    CasinoModelForm = forms.ModelForm[Casino]
    OperatorModelForm = forms.ModelForm[Operator]
else:
    ApiKeyModelForm = CasinoModelForm = OperatorModelForm = forms.ModelForm


class NetworksField(forms.CharField):
    """Addresses and CIDR networks, one a line."""

    widget = Textarea

    def __init__(self, **options: Any) -> None:
        options.setdefault("required", False)
        options.setdefault("widget", Textarea(attrs={"rows": 4, "spellcheck": "false"}))
        super().__init__(**options)

    def prepare_value(self, value: Any) -> Any:
        """Write a list as lines; what was typed stays as it was."""
        return "\n".join(value) if isinstance(value, list) else value

    def to_python(self, value: Any) -> Any:
        """Read lines as a list."""
        return [line.strip() for line in (super().to_python(value) or "").splitlines() if line.strip()]

    def validate(self, value: Any) -> None:
        """Refuse what is no address or network, naming it."""
        validate_networks(value)


class SecretInput(PasswordInput):
    """Takes a secret and never shows one, not even the one just typed."""

    def __init__(self) -> None:
        super().__init__(attrs={"autocomplete": "off"}, render_value=False)


class CasinoForm(CasinoModelForm):
    """What can be changed of a casino."""

    class Meta:
        fields = ("name", "time_zone", "home_url", "deposit_url")


class NewCasinoForm(CasinoForm):
    """What a casino is created from."""

    class Meta:
        fields = ("slug", "name", "time_zone", "home_url", "deposit_url")


class NewApiKeyForm(ApiKeyModelForm):
    """What an API key is made from."""

    casino = forms.ModelChoiceField(Casino.objects.order_by("name"), widget=Select())
    scopes = forms.MultipleChoiceField(choices=Scope.choices, widget=Checkboxes())
    ip_allow_list = NetworksField(
        label="IP allow list", help_text="Addresses or CIDR networks that may use the key, one a line; empty for any."
    )

    class Meta:
        fields = ("casino", "name", "scopes", "ip_allow_list")


class OperatorForm(OperatorModelForm):
    """What can be changed of an operator."""

    ip_allow_list = NetworksField(
        label="IP allow list", help_text="Addresses or CIDR networks from which the platform calls us, one a line."
    )

    class Meta:
        fields = (
            "name",
            "api_host",
            "launch_host",
            "game_data_host",
            "hand_history_host",
            "ip_allow_list",
        )


class NewOperatorForm(OperatorForm):
    """What an operator is created from."""

    casino = forms.ModelChoiceField(Casino.objects.order_by("name"), widget=Select())
    secret = forms.CharField(
        required=False,
        widget=SecretInput(),
        help_text="The secret or bearer key. It is kept encrypted and never shown.",
    )

    class Meta:
        fields = ("casino", "protocol", "operator_ref", "name", "secret", *OperatorForm.Meta.fields[1:])


class SecretForm(forms.Form):
    """A new secret."""

    secret = forms.CharField(
        widget=SecretInput(), help_text="As the platform gave it. It is kept encrypted and never shown."
    )


class ConsentForm(forms.Form):
    """Who agreed that anybody may call."""

    consent_by = forms.CharField(
        label="Agreed by",
        required=False,
        max_length=150,
        widget=TextInput(),
        help_text="The name of the person who agreed to accept calls from any address.",
    )
