"""A person's own preferences, and the person that an invitation creates."""

from allauth.account.models import EmailAddress

from smsplatform.accounts.models import User


def create_invited(*, email: str, name: str, password: str, language: str) -> User:
    """Create the person who followed the link sent to `email`, which proves the address."""
    user = User.objects.create_user(email, password, name=name, language=language)
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    return user


def forget_other_addresses(user: User) -> None:
    """Leave a person, whose address the platform changed, no former address to sign in or get a new password with."""
    EmailAddress.objects.filter(user=user).exclude(email=user.email).delete()


def change_preferences(user: User, *, name: str, language: str, time_zone: str, theme: str) -> None:
    user.name, user.language, user.time_zone, user.theme = name, language, time_zone, theme
    user.save(update_fields=["name", "language", "time_zone", "theme"])


def change_language(user: User, *, language: str) -> None:
    user.language = language
    user.save(update_fields=["language"])


def change_theme(user: User, *, theme: str) -> None:
    user.theme = theme
    user.save(update_fields=["theme"])
