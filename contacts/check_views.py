"""The page behind a personal link of the contact check-up: looking changes nothing, buttons act."""

from functools import wraps

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from contacts.check_forms import EntryForm
from contacts.checkup import CheckLink, ContactCorrection, can_be_asked
from contacts.people import Person
from forum.audit import Kind, record
from forum.limits import CORRECTIONS, limited, posted

BY_LINK = "Ansprechperson über ihren Link"  # who, in the log
GONE = {
    "unknown": (404, "Diesen Link gibt es nicht", "Vielleicht ist er beim Kopieren nicht ganz mitgekommen."),
    "answered": (410, "Danke, Ihre Antwort ist da", "Über diesen Link haben wir schon von Ihnen gehört."),
    "expired": (410, "Dieser Link gilt nicht mehr", "Er war 60 Tage lang gültig."),
    "left": (410, "Hier ist nichts mehr zu prüfen", "Dieser Eintrag steht nicht mehr im Kontaktverzeichnis."),
}


def confidential(view):
    """Keep an address that is a key out of caches, search engines, and what the browser tells others.

    Not `no-referrer`: browsers would then send forms with the origin `null`, which Django's CSRF check refuses.
    """

    @wraps(view)
    def wrapped(request, *args, **kwargs):
        request.public_path = reverse("contacts:check_thanks")  # stands in a report about a barrier instead
        response = view(request, *args, **kwargs)
        response["Cache-Control"] = "private, no-store"
        response["X-Robots-Tag"] = "noindex, nofollow"
        response["Referrer-Policy"] = "strict-origin"
        return response

    return wrapped


@confidential
@require_http_methods(["GET", "HEAD", "POST"])
@limited(CORRECTIONS, when=posted)
def check_entry(request: HttpRequest, token: str) -> HttpResponse:
    link = CheckLink.objects.with_token(token).first()
    if link is None:
        return gone(request, "unknown")
    if request.method == "POST":
        with transaction.atomic():
            return answer(request, link)
    person = Person.objects.with_contact_details().get(pk=link.person_id)
    reason = why_gone(link, person)
    return gone(request, reason) if reason else show(request, link, EntryForm(person))


def why_gone(link: CheckLink, person: Person) -> str:
    if link.answered_at:
        return "answered"
    if link.expires_at <= timezone.now():
        return "expired"
    return "" if can_be_asked(person) else "left"


def answer(request, link) -> HttpResponse:
    """Carry out what was pressed; a second click, or staff at the same entry, wait here."""
    person = Person.objects.select_for_update().get(pk=link.person_id)
    link = CheckLink.objects.select_for_update().get(pk=link.pk)
    if reason := why_gone(link, person):
        return gone(request, reason)
    form = EntryForm(person, request.POST)
    if "confirm" in request.POST:
        if form.is_overtaken:
            return show(request, link, EntryForm(person), overtaken=True)
        Person.objects.filter(pk=person.pk).update(checked_at=timezone.now())
        record(Kind.CHANGED, f"Person „{person}“: Eintrag selbst bestätigt.", request=request, person=BY_LINK)
        thanks = "contacts:check_thanks"
    else:
        valid = form.is_valid()
        if form.is_overtaken:
            return show(request, link, form.on_top_of_today(), overtaken=True)
        if not valid:
            return show(request, link, form)
        old = {name: form.current[name] for name in form.changes}
        ContactCorrection.objects.create(person=person, old=old, new=form.changes, notes=form.notes)
        record(Kind.ADDED, f"Korrektur von „{person}“ zum eigenen Eintrag.", request=request, person=BY_LINK)
        thanks = "contacts:check_thanks_correction"
    person.check_links.filter(answered_at=None).update(answered_at=timezone.now())
    return redirect(thanks)


def show(request, link, form, overtaken=False):
    person = Person.objects.with_contact_details().get(pk=link.person_id)
    context = {"person": person, "link": link, "form": form, "overtaken": overtaken}
    return render(request, "contacts/check.html", context)


def gone(request, reason):
    status, title, text = GONE[reason]
    return render(request, "contacts/check_gone.html", {"title": title, "text": text}, status=status)


@require_safe
def thanks(request, corrected=False):
    response = render(request, "contacts/check_thanks.html", {"corrected": corrected})
    response["X-Robots-Tag"] = "noindex, nofollow"
    return response
