"""What the acts on players ask for."""

from typing import Any

from django import forms
from django.db.models import QuerySet

from catalog.models import Game
from config.theme import Autocomplete, Select, SplitDateTime, Textarea, TextInput
from wallet.enums import Mode


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


class LaunchForm(forms.Form):
    """What to open for a player."""

    game = forms.ModelChoiceField(Game.objects.none(), help_text="Type a part of its title, or its id.")
    currency = forms.ChoiceField(widget=Select(), help_text="The accounts that the player has.")
    mode = forms.ChoiceField(
        choices=Mode.choices,
        widget=Select(),
        help_text="Real money is the player's own: what is bet is taken from the account.",
    )
    device = forms.ChoiceField(choices=[("desktop", "Desktop"), ("mobile", "Mobile")], widget=Select())
    language = forms.CharField(initial="en", max_length=5, widget=TextInput())

    def __init__(self, data: Any = None, *, games: QuerySet[Game], currencies: list[str], games_url: str) -> None:
        super().__init__(data)
        self.fields["currency"].choices = [(currency, currency) for currency in currencies]
        game = self.fields["game"]
        game.queryset = games
        game.label_from_instance = name_game
        game.widget = Autocomplete(attrs={"data-ajax--url": games_url})
        chosen = games.filter(pk=data["game"]).first() if data and str(data.get("game", "")).isdigit() else None
        # The browser asks for the games as somebody types; only the one chosen is written out.
        game.widget.choices = [(chosen.pk, name_game(chosen))] if chosen else []


def name_game(game: Game) -> str:
    """Name a game with its vendor and the operator that offers it."""
    return f"{game} ({game.vendor or 'unknown vendor'}, {game.operator.name}, id {game.game_ref})"
