"""Style, script and typefaces while two versions of the portal serve side by side.

A page of one version names files that a process of the other does not know: their names contain a hash of what is in
them. It looks into the folder first, where `collectstatic` leaves the files of earlier versions. Where that is another
folder (containers, other machines) its own version of the same file stands in: nearly right, and kept by nobody.
"""

import re

from django.http import HttpRequest, HttpResponse
from whitenoise.middleware import WhiteNoiseMiddleware
from whitenoise.responders import StaticFile

NAME = re.compile(r"(.+?)(?:\.[0-9a-f]{12})?(\.\w+)")  # with a hash, or without, as others keep it (our logo)


class AssetsMiddleware(WhiteNoiseMiddleware):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if not self.autorefresh and self.static_root:
            self.directories = [(str(self.static_root).rstrip("/") + "/", self.static_prefix)]  # for `find_file`

    def __call__(self, request: HttpRequest) -> HttpResponse:
        path = request.path_info
        if not path.startswith(self.static_prefix):
            return self.get_response(request)
        found = self.files.get(path) or self.find_file(path)
        if found is not None:
            return self.serve(found, request)
        stand_in = self.stand_in(path)
        response = self.get_response(request) if stand_in is None else self.serve(stand_in, request)
        response["Cache-Control"] = "no-store"  # a moment later the file may be there
        return response

    def stand_in(self, path: str) -> StaticFile | None:
        """What this version has under the same name."""
        match = NAME.fullmatch(path.removeprefix(self.static_prefix))
        return self.files.get(self.get_static_url("".join(match.groups()))) if match else None
