from django.apps import AppConfig
from django.contrib.admin import apps as admin_apps  # the class itself would count as a second default here


class ForumConfig(AppConfig):
    name = "forum"
    verbose_name = "Gemeinsames"
    default = True

    def ready(self):
        from forum.internal_links import watch_texts  # models are loaded only now

        watch_texts()


class DeskConfig(admin_apps.AdminConfig):
    """Django's admin, with our desk as its site."""

    default = False
    default_site = "forum.desk.site.Desk"
