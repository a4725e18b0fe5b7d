"""The theme's parts that our pages are made of, all imported here alone, and given the types that it has none of."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

from unfold import decorators, widgets
from unfold.enums import ActionVariant

Act = TypeVar("Act", bound=Callable[..., Any])

if TYPE_CHECKING:
    from django import forms
    from django.contrib import admin
    from django.contrib.admin import forms as admin_forms
    from django.contrib.auth import forms as auth_forms
    from django.core.paginator import Paginator
    from django.http import HttpRequest

    class AdminSite(admin.AdminSite): ...

    class ModelAdmin(admin.ModelAdmin[Any]):
        def get_actions_detail(self, request: HttpRequest, object_id: int) -> list[Any]: ...

    class InfinitePaginator(Paginator[Any]): ...

    class AutocompleteSelectFilter(admin.RelatedFieldListFilter): ...

    class BooleanRadioFilter(admin.BooleanFieldListFilter): ...

    class ChoicesCheckboxFilter(admin.ChoicesFieldListFilter): ...

    class ChoicesDropdownFilter(admin.ChoicesFieldListFilter): ...

    class RelatedDropdownFilter(admin.RelatedFieldListFilter): ...

    class RangeDateFilter(admin.FieldListFilter): ...

    class RangeDateTimeFilter(admin.FieldListFilter):
        parameter_name: str

    class RangeNumericFilter(admin.FieldListFilter): ...

    class DropdownFilter(admin.SimpleListFilter): ...

    class TextFilter(admin.SimpleListFilter): ...

    class AdminPasswordChangeForm(auth_forms.AdminPasswordChangeForm[Any]): ...

    class AuthenticationForm(admin_forms.AdminAuthenticationForm): ...

    class UserChangeForm(auth_forms.UserChangeForm[Any]): ...

    class UserCreationForm(auth_forms.UserCreationForm[Any]): ...

    class Autocomplete(forms.Select): ...

    class Checkboxes(forms.CheckboxSelectMultiple): ...

    class NumberInput(forms.NumberInput): ...

    class PasswordInput(forms.PasswordInput): ...

    class Select(forms.Select): ...

    class Select2(forms.Select): ...

    class SplitDateTime(forms.SplitDateTimeWidget): ...

    class Textarea(forms.Textarea): ...

    class TextInput(forms.TextInput): ...
else:
    from unfold.admin import ModelAdmin
    from unfold.contrib.filters.admin import (
        AutocompleteSelectFilter,
        BooleanRadioFilter,
        ChoicesCheckboxFilter,
        ChoicesDropdownFilter,
        DropdownFilter,
        RangeDateFilter,
        RangeDateTimeFilter,
        RangeNumericFilter,
        RelatedDropdownFilter,
        TextFilter,
    )
    from unfold.forms import AdminPasswordChangeForm, AuthenticationForm, UserChangeForm, UserCreationForm
    from unfold.paginator import InfinitePaginator
    from unfold.sites import UnfoldAdminSite as AdminSite

    Autocomplete = widgets.UnfoldAdminAutocompleteModelChoiceFieldWidget
    Checkboxes = widgets.UnfoldAdminCheckboxSelectMultipleWidget
    NumberInput = widgets.UnfoldAdminIntegerFieldWidget
    PasswordInput = widgets.UnfoldAdminPasswordWidget
    Select = widgets.UnfoldAdminSelectWidget
    Select2 = widgets.UnfoldAdminSelect2Widget
    SplitDateTime = widgets.UnfoldAdminSplitDateTimeWidget
    Textarea = widgets.UnfoldAdminTextareaWidget
    TextInput = widgets.UnfoldAdminTextInputWidget

__all__ = [
    "AdminPasswordChangeForm",
    "AdminSite",
    "AuthenticationForm",
    "Autocomplete",
    "AutocompleteSelectFilter",
    "BooleanRadioFilter",
    "Checkboxes",
    "ChoicesCheckboxFilter",
    "ChoicesDropdownFilter",
    "DropdownFilter",
    "InfinitePaginator",
    "ModelAdmin",
    "NumberInput",
    "PasswordInput",
    "RangeDateFilter",
    "RangeDateTimeFilter",
    "RangeNumericFilter",
    "RelatedDropdownFilter",
    "Select",
    "Select2",
    "SplitDateTime",
    "TextFilter",
    "TextInput",
    "Textarea",
    "UserChangeForm",
    "UserCreationForm",
    "act",
]


def act(
    title: str, *, path: str = "", icon: str = "", permissions: Sequence[str], danger: bool = False
) -> Callable[[Act], Act]:
    """Make a method an act: a button on the list or on a row's page, and the page behind it.

    :param permissions: names with a dot, or words that `has_…_permission` methods go by.
    """
    made: Callable[[Act], Act] = decorators.action(
        description=title,
        url_path=path or None,
        icon=icon or None,
        permissions=permissions,
        variant=ActionVariant.DANGER if danger else ActionVariant.DEFAULT,
    )
    return made
