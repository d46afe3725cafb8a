"""Pages around one's own account: signing in, second factor, password, devices; django-allauth in the desk's frame."""

from functools import wraps

from allauth.account.utils import get_login_redirect_url
from allauth.account.views import LoginView
from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn.views import RemoveWebAuthnView
from django.contrib import admin, messages
from django.contrib.auth.decorators import login_required
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from forum.access import lacks_second_factor, may_work
from forum.desk.adapters import FactorAdapter


def in_the_desk(view, title=""):
    """Put a page of allauth into the desk's frame; without access to the desk the frame shows nothing of it."""

    @never_cache
    @wraps(view)
    def wrapped(request, *args, **kwargs):
        response = view(request, *args, **kwargs)
        if isinstance(response, TemplateResponse) and not response.is_rendered:
            frame = admin.site.each_context(request)
            if not frame["has_permission"]:
                frame |= {"available_apps": [], "is_nav_sidebar_enabled": False}
            response.context_data = frame | {"title": title} | (response.context_data or {})
        return response

    return wrapped


class SignInView(LoginView):
    def dispatch(self, request, *args, **kwargs):
        if request.user.is_authenticated:
            return self.lead_on(request)
        return super().dispatch(request, *args, **kwargs)

    def lead_on(self, request):
        """Whoever is signed in and stands here was sent back by the desk or came by accident."""
        if may_work(request.user):
            return redirect(get_login_redirect_url(request))
        if lacks_second_factor(request.user):
            return redirect("second_factor_setup")
        return TemplateResponse(request, "account/no_access.html", {"title": "Kein Zugang zur Redaktion"}, status=403)


@login_required
@require_safe
def second_factor_setup(request):
    """The friendly page before everything else: why, and which one."""
    if not lacks_second_factor(request.user):
        return redirect("mfa_index")
    return TemplateResponse(request, "mfa/setup.html")


class RemovePasskeyView(RemoveWebAuthnView):
    def form_valid(self, form):
        passkey = self.get_object()
        if not FactorAdapter().can_delete_authenticator(passkey):
            messages.error(self.request, FactorAdapter.error_messages["cannot_delete_authenticator"])
            return redirect("mfa_index")
        return super().form_valid(form)


def reset_second_factor(user):
    """Forget every factor of somebody who has lost theirs, and sign them out everywhere."""
    from forum.desk.devices import end_all_sessions

    Authenticator.objects.filter(user=user).delete()
    end_all_sessions(user)
