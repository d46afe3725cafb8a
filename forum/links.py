"""Links to other websites."""

from django.db import models


class LinkField(models.URLField):
    """A web address; `www.beispiel.de` typed without a scheme becomes https."""

    def formfield(self, **kwargs):
        return super().formfield(assume_scheme="https", **kwargs)

    def deconstruct(self):
        name, _path, args, kwargs = super().deconstruct()
        return name, "django.db.models.URLField", args, kwargs
