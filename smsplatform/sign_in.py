"""Settings of signing in: people, passwords, second steps, sessions and cookies."""

from typing import Any

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
ALLAUTH_TRUSTED_PROXY_COUNT = env.integer("TRUSTED_PROXY_COUNT", 0)
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_ALLOW_UNVERIFIED_EMAIL = True  # the platform or an invitation vouches for the address
MFA_TOTP_ISSUER = SITE_NAME
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = env.flag("INSECURE_HTTP", True)

# --- Sessions and cookies ---------------------------------------------------------------------------------------------

SESSION_ENGINE = "django.contrib.sessions.backends.db"  # away from Redis, and counted and ended as rows
SESSION_COOKIE_AGE = 14 * 24 * 3600  # seconds
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
