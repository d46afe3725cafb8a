"""Where a request comes from: what proxies say counts only if they are ours (TRUSTED_PROXIES)."""

import ipaddress
import re
from collections.abc import Iterable

from django.conf import settings
from django.http import HttpRequest

FORWARDED = (
    "HTTP_FORWARDED",
    "HTTP_X_FORWARDED_FOR",
    "HTTP_X_FORWARDED_HOST",
    "HTTP_X_FORWARDED_PORT",
    "HTTP_X_FORWARDED_PREFIX",
    "HTTP_X_FORWARDED_PROTO",
    "HTTP_X_FORWARDED_SSL",
    "HTTP_X_REAL_IP",
)
WITH_PORT = re.compile(r"\[(?P<six>[0-9a-fA-F:.]+)\](:\d+)?|(?P<four>[\d.]+):\d+", re.ASCII)


class ForwardedMiddleware:
    """First of all: REMOTE_ADDR becomes the visitor's address, and what strangers say of themselves goes.

    `X-Forwarded-For` is read from the right, over our own proxies; the first other address is the visitor. Of the
    headers of a trusted proxy only `X-Forwarded-Proto` stays, for SECURE_PROXY_SSL_HEADER; `Forwarded` (RFC 7239) is
    not read at all. `request.from_proxy` tells whether a proxy of ours has sent the request.
    """

    def __init__(self, get_response):
        self.get_response = get_response
        self.proxies = networks(settings.TRUSTED_PROXIES)

    def __call__(self, request: HttpRequest):
        sender = address(request.META.get("REMOTE_ADDR", ""))
        request.from_proxy = is_in(sender, self.proxies)
        said = {name: request.META.pop(name, "") for name in FORWARDED}
        if request.from_proxy:
            sender = visitor_behind(sender, said["HTTP_X_FORWARDED_FOR"], self.proxies)
            request.META["HTTP_X_FORWARDED_PROTO"] = said["HTTP_X_FORWARDED_PROTO"]
        request.META["REMOTE_ADDR"] = str(sender or "")
        return self.get_response(request)


def client_address(request: HttpRequest) -> str:
    """The visitor's address; empty where there is none, as in a test or behind a socket."""
    return str(address(request.META.get("REMOTE_ADDR", "")) or "")


def client_network(request: HttpRequest) -> str:
    """What one visitor surely shares with nobody far away: an IPv4 address, a /64 of IPv6 (RFC 6177)."""
    found = address(request.META.get("REMOTE_ADDR", ""))
    if found is None or found.version == 4:
        return str(found or "")
    return str(ipaddress.ip_network(f"{found}/64", strict=False))


def client_site(request: HttpRequest) -> str:
    """What one subscriber may have of IPv6, a /48 with 65,536 networks (RFC 6177); empty for IPv4."""
    found = address(request.META.get("REMOTE_ADDR", ""))
    return str(ipaddress.ip_network(f"{found}/48", strict=False)) if found and found.version == 6 else ""


def visitor_behind(proxy, said: str, proxies: list):
    """Follow X-Forwarded-For from right to left as long as those who wrote it are ours."""
    for entry in reversed(said.split(",")):
        hop = address(entry)
        if hop is None:
            break
        proxy = hop
        if not is_in(hop, proxies):
            break
    return proxy


def address(text: str):
    """An IP address, without port and zone; IPv4 inside IPv6 as IPv4; None for what is none."""
    text = text.strip()
    if match := WITH_PORT.fullmatch(text):
        text = match["six"] or match["four"]
    try:
        found = ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return None
    return getattr(found, "ipv4_mapped", None) or found


def networks(words: Iterable[str]) -> list:
    """Raise ValueError for what is neither an address nor a network."""
    return [ipaddress.ip_network(word) for word in words]


def is_in(found, among: list) -> bool:
    return found is not None and any(found in network for network in among)
