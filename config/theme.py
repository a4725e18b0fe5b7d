"""The theme's parts that our pages are made of, all imported here alone, and given the types that it has none of."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

from unfold import decorators, widgets
from unfold.enums import ActionVariant

Act = TypeVar("Act", bound=Callable[..., Any])

if TYPE_CHECKING:
    from django import forms
    from django.contrib import admin
    from django.contrib.auth import forms as auth_forms
    from django.core.paginator import Paginator

    AdminSite = admin.AdminSite
    ModelAdmin = admin.ModelAdmin[Any]
    InfinitePaginator = Paginator[Any]
    BooleanRadioFilter = admin.BooleanFieldListFilter
    ChoicesCheckboxFilter = ChoicesDropdownFilter = admin.ChoicesFieldListFilter
    RelatedDropdownFilter = admin.RelatedFieldListFilter
    RangeDateTimeFilter = admin.FieldListFilter
    DropdownFilter = TextFilter = admin.SimpleListFilter
    AdminPasswordChangeForm = auth_forms.AdminPasswordChangeForm[Any]
    UserChangeForm = auth_forms.UserChangeForm[Any]
    UserCreationForm = auth_forms.UserCreationForm[Any]
    Autocomplete = Select = forms.Select
    Checkboxes = forms.CheckboxSelectMultiple
    PasswordInput = forms.PasswordInput
    SplitDateTime = forms.SplitDateTimeWidget
    Textarea = forms.Textarea
    TextInput = forms.TextInput
else:
    from unfold.admin import ModelAdmin
    from unfold.contrib.filters.admin import (
        BooleanRadioFilter,
        ChoicesCheckboxFilter,
        ChoicesDropdownFilter,
        DropdownFilter,
        RangeDateTimeFilter,
        RelatedDropdownFilter,
        TextFilter,
    )
    from unfold.forms import AdminPasswordChangeForm, UserChangeForm, UserCreationForm
    from unfold.paginator import InfinitePaginator
    from unfold.sites import UnfoldAdminSite as AdminSite

    Autocomplete = widgets.UnfoldAdminAutocompleteWidget
    Checkboxes = widgets.UnfoldAdminCheckboxSelectMultipleWidget
    PasswordInput = widgets.UnfoldAdminPasswordWidget
    Select = widgets.UnfoldAdminSelectWidget
    SplitDateTime = widgets.UnfoldAdminSplitDateTimeWidget
    Textarea = widgets.UnfoldAdminTextareaWidget
    TextInput = widgets.UnfoldAdminTextInputWidget

__all__ = [
    "AdminPasswordChangeForm",
    "AdminSite",
    "Autocomplete",
    "BooleanRadioFilter",
    "Checkboxes",
    "ChoicesCheckboxFilter",
    "ChoicesDropdownFilter",
    "DropdownFilter",
    "InfinitePaginator",
    "ModelAdmin",
    "PasswordInput",
    "RangeDateTimeFilter",
    "RelatedDropdownFilter",
    "Select",
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
