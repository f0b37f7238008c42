from django.urls import path

from smsplatform.accounts.views import account, invitations, members, people, sessions

app_name = "accounts"

urlpatterns = [
    path("choose/", people.choose, name="choose"),
    path("switch/", people.switch, name="switch"),
    path("preferences/", people.preferences, name="preferences"),
    path("language/", people.language, name="language"),
    path("theme/", people.theme, name="theme"),
    path("sessions/", sessions.sessions, name="sessions"),
    path("sessions/end/", sessions.end_one, name="session_end"),
    path("sessions/end-everywhere/", sessions.end_everywhere, name="sessions_end"),
    path("go-on/", people.go_on, name="go_on"),
    path("second-step/", people.second_step, name="second_step"),
    path("members/", members.members, name="members"),
    path("members/invite/", invitations.member_invite, name="member_invite"),
    path("members/<int:membership_id>/", members.member_edit, name="member_edit"),
    path("members/<int:membership_id>/remove/", members.member_remove, name="member_remove"),
    path("invitations/<int:invitation_id>/resend/", invitations.invitation_resend, name="invitation_resend"),
    path("invitations/<int:invitation_id>/revoke/", invitations.invitation_revoke, name="invitation_revoke"),
    path("join/<str:token>/", invitations.invitation_accept, name="invitation_accept"),
    path("settings/", account.settings, name="settings"),
    path("audit/", account.audit, name="audit"),
    path("audit/export/", account.audit_export, name="audit_export"),
    path("customers/", account.customers, name="customers"),
]
