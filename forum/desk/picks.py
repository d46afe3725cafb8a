"""Rows that hold nothing but a choice and its place: contact persons, downloads, pictures, districts."""

from django import forms

from forum.desk.admin import RowInline
from forum.desk.finder import finder_widget


class PickInline(RowInline):
    """Chosen things as an ordered list with one search below it; without a script, rows with a number for the place."""

    template = "admin/picks.html"
    extra = 1  # for those without a script; the script fills it first

    class Media:
        js = [forms.Script("js/desk/picks.js", type="module"), forms.Script("js/desk/sorting.js", type="module")]

    @property
    def pick(self):
        """The field that is chosen."""
        return next(self.model._meta.get_field(name) for name in self.fields if name != "position")

    def get_formset(self, request, obj=None, **kwargs):
        self.admin = self.admin_site.get_model_admin(self.pick.related_model)
        self.adder = finder_widget(self.admin, request, f"{self.pick.verbose_name} hinzufügen", bare=True)
        return super().get_formset(request, obj, **kwargs)

    @property
    def search(self) -> str:
        """The search below the list; it belongs to no form field."""
        prefix = self.model._meta.get_field(self.owner_field.name).remote_field.get_accessor_name()
        return self.adder.render("", None, {"id": f"{prefix}-add"})
