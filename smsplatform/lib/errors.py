"""The one kind of error that people are meant to read."""

from django.utils.functional import Promise


class OperationError(Exception):
    """An operation refused, for a reason that the person can understand and act on.

    Subclasses sit next to the function that raises them and set `code` (UPPER_SNAKE, stable, for the API);
    the message is translated and says what happened, to which value, and what to do.
    """

    code = "REFUSED"

    def __init__(self, message: str | Promise) -> None:
        super().__init__(message)
        self.message = message
