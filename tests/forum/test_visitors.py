"""Who is asking: what a proxy says counts from our own proxies only."""

import pytest
from django.http import HttpResponse
from django.test import Client

from forum.audit import AuditEntry
from forum.visitors import ForwardedMiddleware, client_address, client_network

OURS = ["10.0.0.0/8", "2001:db8:1::/48"]
STRANGER = "203.0.113.7"


@pytest.fixture
def arrive(rf, settings):
    """Send a request through the middleware: `arrive(sender, **headers)` returns what is left of it."""
    settings.TRUSTED_PROXIES = OURS

    def arrive(sender, **headers):
        seen = []
        request = rf.get(
            "/", REMOTE_ADDR=sender, headers={name.replace("_", "-"): text for name, text in headers.items()}
        )
        ForwardedMiddleware(lambda request: seen.append(request) or HttpResponse())(request)
        return seen[0]

    return arrive


@pytest.mark.parametrize(
    ("sender", "said", "visitor"),
    [
        (STRANGER, "198.51.100.9", STRANGER),  # not our proxy: what it says is nothing
        (STRANGER, "", STRANGER),
        ("10.0.0.1", "198.51.100.9", "198.51.100.9"),
        ("10.0.0.1", "1.1.1.1, 198.51.100.9", "198.51.100.9"),  # the visitor invented the first
        ("10.0.0.1", "1.1.1.1, 198.51.100.9, 10.0.0.2", "198.51.100.9"),  # two proxies of ours
        ("10.0.0.1", "198.51.100.9:4711", "198.51.100.9"),
        ("10.0.0.1", "[2001:db8:9::7]:4711", "2001:db8:9::7"),
        ("10.0.0.1", "2001:DB8:9:0::7%eth0", "2001:db8:9::7"),
        ("::ffff:10.0.0.1", "::ffff:198.51.100.9", "198.51.100.9"),
        ("2001:db8:1::5", "198.51.100.9", "198.51.100.9"),
        ("10.0.0.1", "", "10.0.0.1"),
        ("10.0.0.1", "10.0.0.9, 10.0.0.2", "10.0.0.9"),  # somebody in our own network
        ("10.0.0.1", "198.51.100.9, unknown", "10.0.0.1"),  # what cannot be read ends the walk
        ("10.0.0.1", "198.51.100.9, <script>, 10.0.0.2", "10.0.0.2"),
        ("10.0.0.1", ",,,", "10.0.0.1"),
        ("", "198.51.100.9", ""),
        ("nonsense", "198.51.100.9", ""),
    ],
)
def test_the_visitor_is_whom_our_own_proxies_saw(arrive, sender, said, visitor):
    assert client_address(arrive(sender, X_Forwarded_For=said)) == visitor


def test_strangers_headers_are_dropped(arrive):
    lies = {"X_Forwarded_Proto": "https", "X_Forwarded_Host": "fremd.example", "X_Real_Ip": "1.1.1.1"}
    lies |= {"Forwarded": "for=1.1.1.1", "X_Forwarded_Port": "443"}
    request = arrive(STRANGER, **lies)
    assert [name for name in request.META if "FORWARDED" in name or "REAL_IP" in name] == []
    assert not request.from_proxy
    request = arrive("10.0.0.1", **lies)
    assert request.from_proxy
    assert client_address(request) == "10.0.0.1"
    assert [name for name in request.META if "FORWARDED" in name or "REAL_IP" in name] == ["HTTP_X_FORWARDED_PROTO"]


@pytest.mark.parametrize(
    ("sender", "network"),
    [(STRANGER, STRANGER), ("2001:db8:9:1:2:3:4:5", "2001:db8:9:1::/64"), ("::ffff:1.2.3.4", "1.2.3.4"), ("", "")],
)
def test_a_network_is_what_one_visitor_has(arrive, sender, network):
    assert client_network(arrive(sender)) == network


def test_a_whole_request_believes_nobody_by_default(settings):
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    settings.SECURE_SSL_REDIRECT = True
    lies = {"x-forwarded-proto": "https", "x-forwarded-host": "fremd.example"}
    assert Client().get("/robots.txt", headers=lies).status_code == 301
    settings.TRUSTED_PROXIES = ["127.0.0.1"]
    answer = Client().get("/robots.txt", headers=lies)
    assert answer.status_code == 200
    assert "fremd.example" not in answer.content.decode()


def test_log_and_limits_of_signing_in_see_the_same_visitor(staff, settings):
    settings.TRUSTED_PROXIES = ["127.0.0.1"]

    def attempt(said):
        form = {"login": "chefin", "password": "falsch"}
        return Client().post("/redaktion/login/", form, headers={"x-forwarded-for": said})

    attempt(f"1.1.1.1, {STRANGER}")
    assert AuditEntry.objects.latest("pk").network == "203.0.113.0"
    settings.TRUSTED_PROXIES = []
    attempt("198.51.100.9")
    assert AuditEntry.objects.latest("pk").network == "127.0.0.0"
