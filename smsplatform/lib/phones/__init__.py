"""Turn what people write into a valid mobile number, or a reason why it is none."""

from smsplatform.lib.phones.column import PhoneColumn
from smsplatform.lib.phones.reading import Phone, format_phone, normalise, other_mobiles, readings
from smsplatform.lib.phones.reasons import MESSAGES, REASONS_BY_CODE, PhoneError, Reason

__all__ = [
    "MESSAGES",
    "REASONS_BY_CODE",
    "Phone",
    "PhoneColumn",
    "PhoneError",
    "Reason",
    "format_phone",
    "normalise",
    "other_mobiles",
    "readings",
]
