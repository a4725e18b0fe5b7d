"""What the acts on players ask for."""

from typing import TYPE_CHECKING

from django import forms
from django.db.models import QuerySet
from django.http import QueryDict

from catalog.models import Game
from config.theme import Autocomplete, Select, SplitDateTime, Textarea, TextInput
from wallet.enums import Mode

# Django's fields take their model as a type parameter only in the stubs.
if TYPE_CHECKING:
    GameChoiceField = forms.ModelChoiceField[Game]
else:
    GameChoiceField = forms.ModelChoiceField


class ReasonForm(forms.Form):
    """Why it is done."""

    reason = forms.CharField(
        max_length=500,
        widget=Textarea(attrs={"rows": 3}),
        help_text="Kept in the audit trail under your name.",
    )


class ExclusionForm(forms.Form):
    """Until when a player asked to be kept out."""

    until = forms.SplitDateTimeField(
        widget=SplitDateTime(), help_text="In UTC. It can be made longer later, never shorter."
    )


class GameField(GameChoiceField):
    """A game to choose as one types; the browser asks for them, so only the one chosen is written out."""

    def __init__(self, games: QuerySet[Game], *, url: str, chosen: str) -> None:
        super().__init__(
            games, widget=Autocomplete(attrs={"data-ajax--url": url}), help_text="Type a part of its title, or its id."
        )
        found = games.filter(pk=int(chosen)) if chosen.isdigit() else games.none()
        self.widget.choices = [(game.pk, name_game(game)) for game in found]
        self.widget.attrs |= {"data-placeholder": "Choose a game", "data-allow-clear": "false"}


class LaunchForm(forms.Form):
    """What to open for a player."""

    mode = forms.ChoiceField(
        choices=Mode.choices,
        widget=Select(),
        help_text="Real money is the player's own: what is bet is taken from the account.",
    )
    device = forms.ChoiceField(choices=[("desktop", "Desktop"), ("mobile", "Mobile")], widget=Select())
    language = forms.CharField(initial="en", max_length=5, widget=TextInput())
    field_order = ("game", "currency", "mode", "device", "language", "ip")

    def __init__(
        self,
        data: QueryDict | None = None,
        *,
        games: QuerySet[Game],
        currencies: list[str],
        games_url: str,
        is_test: bool = False,
    ) -> None:
        super().__init__(data)
        self.fields["game"] = GameField(games, url=games_url, chosen=data.get("game", "") if data else "")
        self.fields["currency"] = forms.ChoiceField(
            choices=[(currency, currency) for currency in currencies],
            widget=Select(),
            help_text="The accounts that the player has.",
        )
        if is_test:
            self.fields["ip"] = forms.GenericIPAddressField(
                label="From the address",
                required=False,
                widget=TextInput(),
                help_text="To see what a player elsewhere would get. Empty for your own.",
            )
        self.order_fields(self.field_order)


def name_game(game: Game) -> str:
    """Name a game with its vendor and the operator that offers it."""
    return f"{game} ({game.vendor or 'unknown vendor'}, {game.operator.name}, id {game.game_ref})"
