"""The platform admins' view of customers and people. No contact of a customer is shown here."""

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin.options import InlineModelAdmin
from django.contrib.admin.utils import unquote
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.models import Group
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from smsplatform.accounts import audit
from smsplatform.accounts.models import Account, Membership, User
from smsplatform.accounts.operations import people
from smsplatform.accounts.tenancy import account_context

admin.site.unregister(Group)


class MembershipInline(admin.TabularInline):
    model = Membership
    extra = 0
    autocomplete_fields = ["user"]


@admin.register(Account)
class AccountAdmin(admin.ModelAdmin):
    list_display = ["name", "mode", "region", "is_active", "created_at"]
    list_filter = ["mode", "is_active"]
    search_fields = ["name"]

    def get_inlines(self, request: HttpRequest, obj: Account | None) -> list[type[InlineModelAdmin]]:
        return [MembershipInline] if obj else []

    def changeform_view(
        self, request: HttpRequest, object_id: str | None = None, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """Memberships can only be read and written with their account open."""
        account = self.get_object(request, unquote(object_id)) if object_id else None
        if account is None:
            return super().changeform_view(request, object_id, form_url, extra_context)
        with account_context(account):
            response = super().changeform_view(request, object_id, form_url, extra_context)
            return response.render() if hasattr(response, "render") else response

    def save_model(self, request: Any, obj: Account, form: forms.ModelForm, change: bool) -> None:
        super().save_model(request, obj, form, change)
        with account_context(obj):
            audit.record(obj, "ACCOUNT_CHANGED", obj.name, by=request.user, now=timezone.now())

    def has_delete_permission(self, request: HttpRequest, obj: Account | None = None) -> bool:
        return False  # an account is deactivated; its data is the customer's


@admin.register(User)
class UserAdmin(DjangoUserAdmin):
    ordering = ["email"]
    list_display = ["email", "name", "is_staff", "is_active", "last_login"]
    list_filter = ["is_staff", "is_active"]
    search_fields = ["email", "name"]
    filter_horizontal = []
    fieldsets = [
        (None, {"fields": ["email", "password"]}),
        (_("Preferences"), {"fields": ["name", "language", "time_zone", "theme"]}),
        (_("Rights"), {"fields": ["is_active", "is_staff", "is_superuser"]}),
    ]
    add_fieldsets = [
        (None, {"classes": ["wide"], "fields": ["email", "name", "usable_password", "password1", "password2"]})
    ]

    def save_model(self, request: HttpRequest, obj: User, form: forms.ModelForm, change: bool) -> None:
        super().save_model(request, obj, form, change)
        people.forget_other_addresses(obj)

    def has_delete_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        return False  # a person is deactivated; what they did stays theirs, in every account
