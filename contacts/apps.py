from django.apps import AppConfig


class ContactsConfig(AppConfig):
    name = "contacts"
    verbose_name = "Menschen"

    def ready(self):
        from contacts.search import register_all

        register_all()
