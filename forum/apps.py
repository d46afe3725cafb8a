from django.apps import AppConfig
from django.contrib.admin import apps as admin_apps  # the class itself would count as a second default here
from django.contrib.auth import apps as auth_apps
from django.db.models.signals import post_migrate, pre_migrate


class ForumConfig(AppConfig):
    name = "forum"
    verbose_name = "Gemeinsames"
    default = True

    def ready(self):
        from forum import versions, watching
        from forum.caching import content, moments
        from forum.desk import audit, roles
        from forum.internal_links import watch_texts
        from forum.searching import upkeep
        from forum.searching.own import register_own

        audit.listen()
        post_migrate.connect(roles.grant_roles)
        versions.connect()
        watching.listen()
        watch_texts()
        register_own()
        pre_migrate.connect(upkeep.stand_back, sender=self)
        post_migrate.connect(upkeep.keep_current, sender=self)
        post_migrate.connect(content.keep_current, sender=self)
        post_migrate.connect(moments.keep_current, sender=self)


class DeskConfig(admin_apps.AdminConfig):
    """Django's admin, with our desk as its site."""

    default = False
    default_site = "forum.desk.site.Desk"


class AccountsConfig(auth_apps.AuthConfig):
    """Django's accounts, in words staff understand."""

    default = False
    verbose_name = "Konten und Rollen"
