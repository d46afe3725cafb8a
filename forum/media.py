"""Uploaded files: few types, never run, never guessed, kept by browsers for ever because names change with content."""

from pathlib import PurePosixPath

from django.core.exceptions import SuspiciousFileOperation
from django.core.files.storage import default_storage, storages
from django.http import FileResponse, Http404
from django.views.decorators.http import require_safe

from forum.attachments import MEDIA_TYPES

PICTURES = {"avif": "image/avif", "webp": "image/webp", "jpg": "image/jpeg", "png": "image/png"}


@require_safe
def uploaded_file(request, name):
    """Serve a picture or a file to download; anything else in the folder does not exist."""
    extension = PurePosixPath(name).suffix[1:].lower()
    content_type = PICTURES.get(extension) or MEDIA_TYPES.get(extension)
    if content_type is None or "\x00" in name:
        raise Http404
    try:
        content = default_storage.open(name)
    except (OSError, SuspiciousFileOperation) as error:
        raise Http404 from error
    response = delivered(content, extension)
    response["Cache-Control"] = "public, max-age=31536000, immutable"
    return response


def delivered(content, extension: str) -> FileResponse:
    content_type = PICTURES.get(extension) or MEDIA_TYPES.get(extension)
    response = FileResponse(content, as_attachment=extension not in PICTURES, content_type=content_type)
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


def stored_version(name: str) -> FileResponse:
    """A file that a version shows, public or not; whoever calls has checked who may see it."""
    storage = default_storage if default_storage.exists(name) else storages["kept"]
    try:
        content = storage.open(name)
    except (OSError, SuspiciousFileOperation) as error:
        raise Http404 from error
    response = delivered(content, PurePosixPath(name).suffix[1:].lower())
    response["Cache-Control"] = "private, no-store"
    return response
