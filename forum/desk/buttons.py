"""What the form of a publishable thing says about its state, and the buttons that change it."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta

from django.utils import timezone
from django.utils.dateparse import parse_datetime

from forum.dates import in_words, local_date, local_time
from forum.desk.problems import control_of, worded
from forum.forms import Action, PublishableForm, as_shown, button_for
from forum.publishing import Publishable, State


@dataclass
class Button:
    """A button below a form.

    Args:
        promise: the day and time its label names, as they stand in the field; sent along (see `forum.forms.Action`).
        hidden: appears when the date that is typed asks for it.
    """

    action: Action
    label: str
    promise: str = ""
    hidden: bool = False


@dataclass
class Requirement:
    """What publishing asks for.

    Args:
        target: id of the control it belongs to.
        fillable: whether anything in that control will do.
    """

    label: str
    target: str
    missing: bool
    fillable: bool = False


@dataclass
class Publication:
    """What a form shows about publishing."""

    state: State
    is_new: bool
    sentence: str
    buttons: list[Button]
    requirements: list[Requirement]

    @property
    def is_incomplete(self) -> bool:
        return any(requirement.missing for requirement in self.requirements)

    @property
    def typed_text(self) -> str:
        """The date that the first button stands for."""
        return next((button.promise for button in self.buttons if button.promise), "")


def publication(form: PublishableForm, stays_public: bool = False) -> Publication:
    """Describe a form, bound or not.

    Args:
        stays_public: whether the thing may not be withdrawn.
    """
    state, is_new = form.stored_state, form.instance._state.adding
    asked = [] if state == State.LIVE else requirements(form)
    sentence = "Noch nicht gespeichert." if is_new else sentence_about(state, *form.stored)
    return Publication(state, is_new, sentence, buttons(form, stays_public), asked)


def sentence_about(state: State, start: datetime | None, end: datetime | None) -> str:
    visible = f", sichtbar {until(end)}" if end else ""
    return {
        State.DRAFT: lambda: "Nur die Redaktion sieht diesen Entwurf.",
        State.SCHEDULED: lambda: f"Wird am {in_words(start)} öffentlich{visible}.",
        State.LIVE: lambda: f"Öffentlich seit {in_words(start)}{visible}.",
        State.EXPIRED: lambda: f"War sichtbar {until(end)} und ist nicht mehr öffentlich.",
    }[state]()


def until(end: datetime) -> str:
    if local_time(end) == time.min:
        return f"bis einschließlich {in_words(end - timedelta(days=1)).partition(' um ')[0]}"
    return f"bis {in_words(end)}"


def saved_in_words(thing: Publishable) -> str:
    """What is true after saving."""
    return {
        State.DRAFT: lambda: f"„{thing}“ ist als Entwurf gespeichert. Nur die Redaktion sieht ihn.",
        State.SCHEDULED: lambda: f"„{thing}“ ist gespeichert und wird am {in_words(thing.published_at)} öffentlich.",
        State.LIVE: lambda: f"„{thing}“ ist gespeichert und öffentlich.",
        State.EXPIRED: lambda: f"„{thing}“ ist gespeichert und nicht mehr öffentlich.",
    }[thing.state]()


def buttons(form: PublishableForm, stays_public: bool) -> list[Button]:
    """The buttons in their order; the first saves without a change of state, and the Enter key means it."""
    return {
        State.DRAFT: draft_buttons,
        State.SCHEDULED: scheduled_buttons,
        State.LIVE: lambda form: live_buttons(form, stays_public),
        State.EXPIRED: expired_buttons,
    }[form.stored_state](form)


def draft_buttons(form):
    typed, text = form.typed_at, form.typed_text
    dated = button_for(typed) if typed else "Ab dem eingetragenen Datum veröffentlichen"
    return [
        Button(Action.DRAFT, "Entwurf speichern"),
        Button(Action.NOW, "Jetzt veröffentlichen", hidden=bool(typed)),
        Button(Action.DATE, dated, promise=text if typed else ""),
    ]


def scheduled_buttons(form):
    typed, text, now = form.typed_at or form.stored[0], form.typed_text, timezone.now()
    is_over = typed <= now
    same = f"Speichern, Veröffentlichung am {in_words(typed)} bleibt"
    moved = f"Speichern, Veröffentlichung am {in_words(typed)}"
    return [
        Button(Action.KEEP, same if typed == form.stored[0] else moved, promise=text, hidden=is_over),
        Button(Action.DATE, button_for(typed), promise=text, hidden=not is_over),
        Button(Action.NOW, "Jetzt veröffentlichen", hidden=is_over),
        Button(Action.DRAFT, "Zurück zum Entwurf"),
    ]


def live_buttons(form, stays_public):
    typed = form.typed_at or form.stored[0]
    later = typed > timezone.now()
    found = [
        Button(Action.KEEP, "Änderungen veröffentlichen", hidden=later),
        Button(Action.DATE, button_for(typed), promise=form.typed_text, hidden=not later),
    ]
    return found if stays_public else [*found, Button(Action.DRAFT, "Zurückziehen")]


def expired_buttons(form):
    return [
        Button(Action.KEEP, "Speichern, bleibt abgelaufen"),
        Button(Action.DATE, "Wieder veröffentlichen"),
        Button(Action.DRAFT, "Zurück zum Entwurf"),
    ]


def requirements(form: PublishableForm) -> list[Requirement]:
    """What publishing asks for, as stored or, in a refused form, as typed."""
    thing = form.instance
    lacking, rows = thing.missing_fields(), thing.missing_rows()
    found = []
    for name in dict.fromkeys([*thing.required_to_publish, *lacking]):
        bound = form[name] if name in form.fields else None
        label = bound.label if bound else str(thing._meta.get_field(name).verbose_name)
        text = worded(label, lacking[name]) if name in lacking else label
        found.append(
            Requirement(text, control_of(bound) if bound else "", name in lacking, name in thing.required_to_publish)
        )
    return found + [Requirement(message, f"{relation}-group", True) for relation, message in rows.items()]


def put_back(form: PublishableForm, moment: str):
    """Show a date again that was typed into a draft, though it does not count yet; nonsense is passed over."""
    try:
        at = parse_datetime(moment)
    except ValueError:
        return
    if at and timezone.is_aware(at) and 1900 <= local_date(at).year <= 2200:
        form.initial["published_at"], form.typed_at = as_shown(at), at
