"""Settings of signing in: people, passwords, second steps, sessions and cookies."""

import os
from typing import Any

from smsplatform import embedded
from smsplatform.embedded import demo_logins
from smsplatform.lib import env

SITE_NAME = "smsplatform"

# --- People -----------------------------------------------------------------------------------------------------------

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    # Length and how soon it is guessed; no rule about kinds of characters, which only makes passwords alike.
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "smsplatform.accounts.passwords.NotGuessable"},
]
LOGIN_REDIRECT_URL = "home"
LOGIN_URL = "account_login"
ACCOUNT_ADAPTER = "smsplatform.accounts.adapter.InvitedOnlyAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"  # people come by invitation, which proves the address
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_EMAIL_NOTIFICATIONS = True  # of a new password, a second step set up or removed
ACCOUNT_LOGIN_BY_CODE_ENABLED = True  # by mail, for whoever forgot the password or was locked out
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = 600  # seconds
# Beside these, mails are counted in the database. "key" of wrong passwords is a person at one address.
ACCOUNT_RATE_LIMITS = {
    "login_failed": "20/m/ip,5/5m/key",
    "login_failed_anywhere": "100/h/key",
    "reset_password": "20/h/ip",
    "request_login_code": "20/h/ip",
}
ACCOUNT_FORMS = {
    "reset_password": "smsplatform.accounts.sign_in_forms.CountedResetForm",
    "request_login_code": "smsplatform.accounts.sign_in_forms.CountedCodeForm",
}
ALLAUTH_TRUSTED_PROXY_COUNT = env.integer("TRUSTED_PROXY_COUNT", 0)
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_REAUTHENTICATION_TIMEOUT = 60 * env.integer("RECENT_SIGN_IN_MINUTES", 60)  # seconds

# --- The second step --------------------------------------------------------------------------------------------------

MFA_REQUIRED_FOR = env.text("MFA_REQUIRED_FOR", "managers")  # account managers and platform admins; everybody; nobody
# The password of the demo's people is published, so a second step would protect nothing: not asked unless somebody asks.
IS_DEMO_EXEMPT = embedded.is_used() and "MFA_REQUIRED_FOR" not in os.environ
MFA_NOT_REQUIRED_OF = {email for email, _ in demo_logins.LOGINS} if IS_DEMO_EXEMPT else set()
MFA_KEYS = env.words("MFA_KEYS", "") if os.environ.get("MFA_KEYS") else []
MFA_ADAPTER = "smsplatform.accounts.second_step.SealedSecrets"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_ALLOW_UNVERIFIED_EMAIL = True  # the platform or an invitation vouches for the address
MFA_TOTP_ISSUER = SITE_NAME
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = env.flag("INSECURE_HTTP", True)

# --- Sessions and cookies ---------------------------------------------------------------------------------------------

SESSION_ENGINE = "django.contrib.sessions.backends.db"  # away from Redis, and counted and ended as rows
SESSION_COOKIE_AGE = 14 * 24 * 3600  # seconds
MANAGER_IDLE_SECONDS = 60 * env.integer("MANAGER_IDLE_MINUTES", 60)  # of who must have a second step
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"  # messages name people: no cookie of them

# What changes where the platform is served over HTTPS. Browsers take a __Host- cookie from this very host only, over HTTPS.
OVER_HTTPS: dict[str, Any] = {
    "SECURE_PROXY_SSL_HEADER": ("HTTP_X_FORWARDED_PROTO", "https"),
    "SECURE_SSL_REDIRECT": True,  # the health check answers before it
    "SECURE_HSTS_SECONDS": 365 * 24 * 3600,
    "SECURE_HSTS_INCLUDE_SUBDOMAINS": True,
    "SESSION_COOKIE_NAME": "__Host-session",
    "SESSION_COOKIE_SECURE": True,
    "CSRF_COOKIE_NAME": "__Host-csrf",
    "CSRF_COOKIE_SECURE": True,
    "LANGUAGE_COOKIE_NAME": "__Host-language",
    "LANGUAGE_COOKIE_SECURE": True,
}
CSRF_COOKIE_HTTPONLY = True  # scripts take the token from the page
