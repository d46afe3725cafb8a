"""Pages and other text travel compressed; files do not: pictures, PDFs and office documents are compressed already.

Style and script are compressed once, when they are collected (whitenoise).
"""

from django.http import FileResponse
from django.middleware.gzip import GZipMiddleware


class CompressionMiddleware(GZipMiddleware):
    # BREACH: Django masks the CSRF token anew in every answer, and GZipMiddleware adds up to 100 random bytes.
    def process_response(self, request, response):
        """Compress any answer that is not a file, if the browser can read it and it gets smaller."""
        return response if isinstance(response, FileResponse) else super().process_response(request, response)
