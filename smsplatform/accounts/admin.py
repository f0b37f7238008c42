"""The platform admins' view of customers and people. No contact of a customer is shown here."""

from typing import Any

from allauth.account.adapter import get_adapter
from allauth.mfa.base.internal.flows import delete_dangling_recovery_codes
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django import forms
from django.contrib import admin
from django.contrib.admin.options import IncorrectLookupParameters, InlineModelAdmin
from django.contrib.admin.utils import unquote
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.models import Group
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from import_export.admin import ExportMixin
from import_export.formats import base_formats
from import_export.forms import ExportForm
from import_export.resources import ModelResource

from smsplatform.accounts import audit, powers
from smsplatform.accounts.models import Account, Membership, User
from smsplatform.accounts.operations import people
from smsplatform.accounts.tenancy import account_context
from smsplatform.lib import csvsafe

admin.site.unregister([Group, UserSession, Authenticator])

SECOND_STEP_REMOVED = {
    Authenticator.Type.TOTP: "mfa/email/totp_deactivated",
    Authenticator.Type.WEBAUTHN: "mfa/email/webauthn_removed",
}


@admin.register(Authenticator)
class SecondStepAdmin(admin.ModelAdmin):
    """Second steps without their secrets, to take away one that was lost."""

    fields = readonly_fields = ("user", "type", "created_at", "last_used_at")
    list_display = fields
    search_fields = ["user__email"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def delete_model(self, request: HttpRequest, obj: Authenticator) -> None:
        """As the person would: the codes go with the last step, and the person is told."""
        obj.delete()
        delete_dangling_recovery_codes(obj.user)
        if obj.type in SECOND_STEP_REMOVED:
            get_adapter().send_notification_mail(SECOND_STEP_REMOVED[obj.type], obj.user)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Authenticator]) -> None:
        for step in queryset:
            self.delete_model(request, step)


class SafeResource(ModelResource):  # type: ignore[misc]  # the library has no types, here and below
    """Rows whose cells no spreadsheet runs: people choose names."""

    def export_field(self, *args: Any, **kwargs: Any) -> Any:
        value = super().export_field(*args, **kwargs)
        return csvsafe.cell(value) if isinstance(value, str) else value


class AccountResource(SafeResource):
    class Meta:
        model = Account
        fields = ("id", "name", "mode", "region", "is_active", "created_at")


class UserResource(SafeResource):
    """People without their passwords."""

    class Meta:
        model = User
        fields = ("id", "email", "name", "language", "time_zone", "is_active", "is_staff", "date_joined", "last_login")


class FileExportMixin(ExportMixin):  # type: ignore[misc]
    """A file of the rows that the table shows, with its search and filters."""

    formats = [base_formats.CSV, base_formats.XLSX]
    # Not the form that ticks columns: it runs inline script, which the policy forbids.
    export_form_class = ExportForm

    def export_action(self, request: HttpRequest) -> HttpResponse:
        """Lead back to the table from an address whose filters mean nothing, as the table itself does."""
        try:
            response: HttpResponse = super().export_action(request)
        except IncorrectLookupParameters:
            return redirect(f"admin:{self.opts.app_label}_{self.opts.model_name}_changelist")
        return response


class MembershipInline(admin.TabularInline):
    model = Membership
    extra = 0
    autocomplete_fields = ["user"]


@admin.register(Account)
class AccountAdmin(FileExportMixin, admin.ModelAdmin):
    resource_classes = [AccountResource]
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
class UserAdmin(FileExportMixin, DjangoUserAdmin):
    resource_classes = [UserResource]
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

    def get_readonly_fields(self, request: HttpRequest, obj: User | None = None) -> Any:
        return () if request.user.is_superuser else powers.COLUMNS

    def save_model(self, request: HttpRequest, obj: User, form: forms.ModelForm, change: bool) -> None:
        super().save_model(request, obj, form, change)
        people.forget_other_addresses(obj)
        if set(form.changed_data) & set(powers.COLUMNS):
            powers.change(obj.pk, is_staff=obj.is_staff, is_superuser=obj.is_superuser, by=request.user.pk)
        if change and "email" in form.changed_data:
            former = form.initial["email"]
            changed = {"from_email": former, "to_email": obj.email}
            get_adapter().send_notification_mail("account/email/email_changed", obj, changed, email=former)

    def has_delete_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        return False  # a person is deactivated; what they did stays theirs, in every account
