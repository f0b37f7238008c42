"""Browsers and addresses, as a person recognises them."""

import ipaddress
import re
from typing import Any

from allauth.account.adapter import get_adapter

# The first that is found: browsers also name those they descend from.
BROWSERS = {
    "Edg": "Edge",
    "OPR": "Opera",
    "Firefox": "Firefox",
    "FxiOS": "Firefox",
    "CriOS": "Chrome",
    "SamsungBrowser": "Samsung",
    "Chrome": "Chrome",
    "Safari": "Safari",
}
SYSTEMS = {
    "iPhone": "iPhone",
    "iPad": "iPad",
    "Android": "Android",
    "Windows": "Windows",
    "Mac OS X": "macOS",
    "CrOS": "ChromeOS",
    "Linux": "Linux",
}


def name(user_agent: str) -> str:
    """Return "Firefox, Windows"; the beginning of what a program calls itself where it is no browser we know."""
    browser = next((shown for mark, shown in BROWSERS.items() if f"{mark}/" in user_agent), "")
    system = next((shown for mark, shown in SYSTEMS.items() if mark in user_agent), "")
    return ", ".join(filter(None, (browser, system))) or re.sub(r"[^\w ./()-]", "", user_agent)[:40] or "?"


def is_telephone(user_agent: str) -> bool:
    return any(mark in user_agent for mark in ("iPhone", "Android", "Mobile"))


def address(request: Any) -> str:
    return shortened(get_adapter().get_client_ip(request))


def shortened(text: str) -> str:
    """Return an address without its end, which tells one machine from the next: 192.0.2.x, 2001:db8:1:x."""
    try:
        parsed = ipaddress.ip_address(text)
    except ValueError:
        return "?"
    if isinstance(parsed, ipaddress.IPv6Address) and parsed.ipv4_mapped is None:
        return ":".join(group.lstrip("0") or "0" for group in parsed.exploded.split(":")[:3]) + ":x"
    return ".".join(str(getattr(parsed, "ipv4_mapped", None) or parsed).split(".")[:3]) + ".x"
