"""What the acts on the catalogue ask for."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.text import slugify

from catalog.models import Game, Tag
from config.theme import Autocomplete, Checkboxes, NumberInput, Select, Textarea, TextInput
from operators.models import Casino

# Django's fields take their model as a type parameter only in the stubs.
if TYPE_CHECKING:
    GameChoiceField = forms.ModelChoiceField[Game]
else:
    GameChoiceField = forms.ModelChoiceField


class LinesField(forms.CharField):
    """Words, one a line."""

    def __init__(self, **options: Any) -> None:
        super().__init__(required=False, widget=Textarea(attrs={"rows": 4, "spellcheck": "false"}), **options)

    def prepare_value(self, value: Any) -> Any:
        """Write a list as lines; what was typed stays as it was."""
        return "\n".join(value) if isinstance(value, list) else value

    def to_python(self, value: Any) -> Any:
        """Read lines as a list."""
        return [line.strip() for line in (super().to_python(value) or "").splitlines() if line.strip()]


class PresentationForm(forms.Form):
    """A game's title and picture of our own."""

    custom_title = forms.CharField(
        label="Title", max_length=255, required=False, widget=TextInput(), help_text="Empty for the platform's title."
    )
    custom_thumbnail_url = forms.URLField(
        label="Picture's address",
        max_length=1000,
        required=False,
        assume_scheme="https",
        widget=TextInput(attrs={"placeholder": "https://", "inputmode": "url"}),
        help_text="Begins with https://. Empty for the platform's picture, which also stands in where ours fails.",
    )


class TagForm(forms.Form):
    """What can be changed of a tag."""

    name = forms.CharField(
        max_length=100, widget=TextInput(), help_text="As players may see it, such as “Live casino”."
    )
    player_groups = LinesField(
        help_text="The groups whose players alone see the games with this tag, one a line; empty for all players."
    )


class NewTagForm(TagForm):
    """What a tag is made from."""

    casino = forms.ModelChoiceField(Casino.objects.order_by("name"), widget=Select())
    slug = forms.SlugField(
        max_length=50,
        required=False,
        widget=TextInput(),
        help_text="What the casino's site asks for, such as live-casino. Empty: made from the name.",
    )
    field_order = ("casino", "name", "slug", "player_groups")

    def clean(self) -> dict[str, Any]:
        """Make the slug where none is given."""
        cleaned: dict[str, Any] = super().clean() or {}
        cleaned["slug"] = cleaned.get("slug") or slugify(cleaned.get("name", ""))
        return cleaned


class GameTagsForm(forms.Form):
    """Which of its casino's tags a game has."""

    def __init__(self, data: QueryDict | None = None, *, game: Game) -> None:
        super().__init__(data, initial={"tags": list(game.tags.order_by("pk").values_list("pk", flat=True))})
        tags = Tag.objects.filter(casino=game.operator.casino_id).order_by("name", "pk")
        self.fields["tags"] = forms.ModelMultipleChoiceField(tags, widget=Checkboxes(), required=False)


class TagManyForm(forms.Form):
    """Which tag to put on many games, or to take from them."""

    def __init__(self, data: QueryDict | None = None, *, tags: QuerySet[Tag]) -> None:
        super().__init__(data)
        choice: Any = forms.ModelChoiceField(tags, widget=Select())
        choice.label_from_instance = lambda tag: f"{tag.name} ({tag.casino.name})"
        self.fields["tag"] = choice


class GameField(GameChoiceField):
    """A game to choose as one types; the browser asks for them, so only the one chosen is written out."""

    def __init__(self, games: QuerySet[Game], *, url: str, chosen: str = "", **options: Any) -> None:
        super().__init__(games, widget=Autocomplete(attrs={"data-ajax--url": url}), **options)
        found = games.filter(pk=int(chosen)) if chosen.isdigit() else games.none()
        self.widget.choices = [(game.pk, str(game)) for game in found]
        self.widget.attrs |= {"data-placeholder": "Type a part of a title, or an id", "data-allow-clear": "false"}


class CurrencyForm(forms.Form):
    """What can be changed in the registry of currencies."""

    name = forms.CharField(max_length=100, required=False, widget=TextInput())
    decimals = forms.IntegerField(min_value=0, max_value=8, initial=2, widget=NumberInput())
    base_code = forms.CharField(
        label="Unit of",
        max_length=12,
        required=False,
        widget=TextInput(),
        help_text="For a unit such as KIDR, the currency that it counts: IDR. Empty for a currency.",
    )
    unit_factor = forms.DecimalField(
        label="Factor",
        max_digits=18,
        decimal_places=6,
        initial=1,
        widget=NumberInput(attrs={"step": "any"}),
        help_text="How much of it one unit is: 1,000 for KIDR. 1 for a currency.",
    )

    def clean_base_code(self) -> str:
        """Raise to capitals."""
        return str(self.cleaned_data["base_code"]).strip().upper()


class NewCurrencyForm(CurrencyForm):
    """What a currency is added from."""

    code = forms.RegexField(
        r"\A[A-Za-z0-9]{2,12}\Z",
        widget=TextInput(),
        help_text="As the platforms write it, such as KIDR.",
        error_messages={"invalid": "Use 2 to 12 letters and digits."},
    )
    field_order = ("code", "name", "decimals", "base_code", "unit_factor")

    def clean_code(self) -> str:
        """Raise to capitals."""
        return str(self.cleaned_data["code"]).upper()
