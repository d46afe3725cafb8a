"""The models of this app, each in the room of its subject."""

from forum.addresses import FormerAddress
from forum.attachments import Attachment
from forum.barriers import Barrier
from forum.openforms import OpenForm
from forum.pages import Page
from forum.pictures import Picture
from forum.topics import Topic

__all__ = ["Attachment", "Barrier", "FormerAddress", "OpenForm", "Page", "Picture", "Topic"]
