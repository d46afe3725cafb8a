"""The models of this app, each in the room of its subject."""

from forum.addresses import FormerAddress
from forum.attachments import Attachment
from forum.audit import AuditEntry
from forum.barriers import Barrier
from forum.errors import ErrorKind
from forum.internal_links import InternalLink
from forum.missing import MissingAddress
from forum.openforms import OpenForm
from forum.pages import Page
from forum.pictures import Picture
from forum.searching.entries import SearchEntry, SearchWord
from forum.searching.misses import SearchMiss
from forum.searching.synonyms import Synonym
from forum.sharing import ShareLink
from forum.topics import Topic

__all__ = [
    "Attachment",
    "AuditEntry",
    "Barrier",
    "ErrorKind",
    "FormerAddress",
    "InternalLink",
    "MissingAddress",
    "OpenForm",
    "Page",
    "Picture",
    "SearchEntry",
    "SearchMiss",
    "SearchWord",
    "ShareLink",
    "Synonym",
    "Topic",
]
