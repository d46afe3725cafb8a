"""The form of a picture: description or decoration as a choice nobody can pass by, and the point that stays in view."""

import re

from django import forms
from django.db.models import Model
from django.urls import NoReverseMatch, reverse
from django.utils.html import format_html, format_html_join

from forum.attachments import Attachment
from forum.pictures import ACCEPT, MAX_BYTES, Picture

SHARE = r"(?:0(?:\.\d{1,6})?|1(?:\.0{1,6})?)"  # of a side, 0 to 1
FOCAL_POINT = re.compile(f"{SHARE}x{SHARE}")


class PictureForm(forms.ModelForm):
    """Of a picture that is new or changed, on its own page or in place."""

    decorative = forms.TypedChoiceField(
        required=False,
        label="Was sagt das Bild?",
        choices=[("False", "Es zeigt etwas: Ich beschreibe es"), ("True", "Nur Schmuck, sagt nichts Neues")],
        coerce=lambda value: value == "True",
        empty_value=None,
        widget=forms.RadioSelect,
        help_text="Schmuck übergehen Vorleseprogramme: Er zeigt nichts, was nicht auch im Text steht.",
    )

    class Meta:
        model = Picture
        fields = ["file", "file_ppoi", "decorative", "alt_text", "caption", "credit"]

    class Media:
        js = [forms.Script("js/desk/picture.js", type="module"), forms.Script("js/desk/upload.js", type="module")]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        picture = self.instance
        if not picture.decorative and not picture.alt_text:
            self.initial["decorative"] = None  # not decided yet
        if "file" in self.fields:
            self.fields["file"].widget = forms.FileInput({"accept": ACCEPT, "data-max-bytes": MAX_BYTES})
            self.fields["file"].help_text = file_help(picture)
        if "file_ppoi" in self.fields:
            shown = {"data-picture": picture.file.wide_800_avif} if picture.pk else {}
            self.fields["file_ppoi"].widget = forms.HiddenInput({"class": "focal-point", **shown})
            self.fields["file_ppoi"].label = "Wichtigste Stelle"

    def clean_file_ppoi(self):
        point = self.cleaned_data["file_ppoi"]
        if not FOCAL_POINT.fullmatch(point):
            raise forms.ValidationError("Bitte klicken Sie die wichtigste Stelle im Bild noch einmal an.")
        return point

    def clean(self):
        cleaned = super().clean()
        cleaned["decorative"] = bool(cleaned.get("decorative"))
        if not cleaned["decorative"] and not cleaned.get("alt_text") and "alt_text" not in self.errors:
            self.add_error(
                "alt_text",
                "Bitte beschreiben Sie in einem Satz, was zu sehen ist, oder wählen Sie oben „Nur Schmuck“.",
            )
        return cleaned


def file_help(picture: Picture) -> str:
    allowed = f"JPEG, PNG oder WebP, höchstens {MAX_BYTES // 1_000_000} MB."
    if not picture.pk:
        return allowed
    return f"Eine neue Datei ersetzt das Bild überall, wo es vorkommt. {allowed}"


def where_used(file: Picture | Attachment) -> str:
    """Everything that shows a picture or offers a file as a list of links, with what a change means for it."""
    things = file.uses()
    if not things:
        return "noch nirgends"
    notice = (
        "Was Sie hier ändern, ändert sich dort."
        if len(things) == 1
        else f"Was Sie hier ändern, ändert sich an allen {len(things)} Stellen."
    )
    links = format_html_join(
        "", '<li>{} <a href="{}">{}</a></li>', ((thing._meta.verbose_name, form_of(thing), thing) for thing in things)
    )
    return format_html('<p class="used__notice">{}</p><ul class="used">{}</ul>', notice, links)


def form_of(thing: Model) -> str:
    try:
        return reverse(f"admin:{thing._meta.app_label}_{thing._meta.model_name}_change", args=[thing.pk])
    except NoReverseMatch:
        return "#"
