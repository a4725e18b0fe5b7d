"""What staff do with a round that stays open: take it, give it back, give it to somebody, note what they found."""

from typing import TYPE_CHECKING, Any, cast

from django import forms
from django.contrib.auth.models import User
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from config.admin import ActAdmin, actor, posted
from config.theme import Select, Textarea, act
from operators.selectors.refusals import Refusal
from wallet.enums import RoundState
from wallet.models import Round, StuckRound
from wallet.services.stuck_rounds import add_round_note, assign_round, release_round, take_round

MAY_TAKE = "wallet.take_round"
MAY_ASSIGN = "wallet.assign_round"
MAY_NOTE = "wallet.add_roundnote"

# Django's fields take their model as a type parameter only in the stubs.
if TYPE_CHECKING:
    UserChoiceField = forms.ModelChoiceField[User]
else:
    UserChoiceField = forms.ModelChoiceField


class NoteForm(forms.Form):
    """What was found out or done."""

    text = forms.CharField(
        label="Note",
        max_length=2000,
        widget=Textarea(attrs={"rows": 4}),
        help_text="Kept under your name. It can be added to, not changed.",
    )


class AssignForm(forms.Form):
    """Who is to see to it."""

    owner = UserChoiceField(User.objects.none(), widget=Select(), label="To")

    def __init__(self, data: Any = None) -> None:
        super().__init__(data)
        field = self.fields["owner"]
        assert isinstance(field, forms.ModelChoiceField)  # noqa: S101 - tells the type checker
        field.queryset = list_caretakers()


def list_caretakers() -> QuerySet[User]:
    """Return the staff who may see to rounds."""
    staff = User.objects.with_perm(MAY_TAKE, backend="django.contrib.auth.backends.ModelBackend")
    return staff.filter(is_staff=True).order_by("username")


def find_place(played: Round) -> StuckRound | None:
    """Return a round's place in the queue, if it has one."""
    return StuckRound.objects.select_related("owner").filter(round=played).first()


class CarePages(ActAdmin):
    """A round's acts of care."""

    def get_actions_detail(self, request: HttpRequest, object_id: int) -> list[Any]:
        """Offer what would change something."""
        played = self.get_object(request, str(object_id))
        acts = super().get_actions_detail(request, object_id)
        idle = list_idle(played, request.user.pk) if played else set()
        return [each for each in acts if each.action_name.removeprefix("wallet_round_") not in idle]

    @act("Take", path="take", icon="front_hand", permissions=[MAY_TAKE])
    def take(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Ask, and let the person see to a round."""
        played, form = self.find_row(request, object_id), forms.Form(posted(request))

        def do() -> tuple[Round, str]:
            take_round(played=played, owner=cast("User", request.user), by=actor(request), now=timezone.now())
            return played, "You see to this round now."

        lead = "Others see that you have it. Nothing of the round itself changes."
        return self.attempt(request, form, do, Refusal) or self.ask(
            request, form, row=played, title="Take round", submit="Take", lead=lead
        )

    @act("Give back", path="release", icon="undo", permissions=[MAY_TAKE])
    def release(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Ask, and give a round back to the queue."""
        played, form = self.find_row(request, object_id), forms.Form(posted(request))

        def do() -> tuple[Round, str]:
            release_round(played=played, by=actor(request), now=timezone.now())
            return played, "The round is back in the queue, for anybody to take."

        lead = "Nobody sees to it then, until somebody takes it. Its notes stay."
        return self.attempt(request, form, do, Refusal) or self.ask(
            request, form, row=played, title="Give back", submit="Give back", lead=lead
        )

    @act("Assign", path="assign", icon="person_add", permissions=[MAY_ASSIGN])
    def assign(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Ask to whom, and give a round to somebody."""
        played, form = self.find_row(request, object_id), AssignForm(posted(request))

        def do() -> tuple[Round, str]:
            owner = form.cleaned_data["owner"]
            assign_round(played=played, owner=owner, by=actor(request), now=timezone.now())
            return played, f"{owner} sees to this round now."

        lead = "Whoever has it now has it no longer."
        return self.attempt(request, form, do, Refusal) or self.ask(
            request, form, row=played, title="Assign round", submit="Assign", lead=lead
        )

    @act("Note", path="note", icon="edit_note", permissions=[MAY_NOTE])
    def note(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Ask for the words, and add a note to a round."""
        played, form = self.find_row(request, object_id), NoteForm(posted(request))

        def do() -> tuple[Round, str]:
            text = form.cleaned_data["text"]
            add_round_note(played=played, text=text, by=actor(request), now=timezone.now())
            return played, "The note is added."

        lead = "What you found out, whom you asked, what is to be done next."
        return self.attempt(request, form, do, Refusal) or self.ask(
            request, form, row=played, title="Add a note", submit="Add note", lead=lead
        )


def list_idle(played: Round, person: int | None) -> set[str]:
    """Name the acts that would change nothing of a round, or be refused."""
    if played.state == RoundState.FINISHED:
        return {"take", "release", "assign"}
    place = find_place(played)
    if place is None or place.owner_id is None:
        return {"release"}
    return {"take"} if place.owner_id == person else {"take", "release"}
