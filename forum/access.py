"""Who may work at the desk. Asked in one place, by the desk and by the previews of what is not published."""

from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings

SECOND_FACTORS = ["totp", "webauthn"]  # recovery codes alone are none


def has_second_factor(user) -> bool:
    return is_mfa_enabled(user, SECOND_FACTORS)


def lacks_second_factor(user) -> bool:
    """Tell whether somebody of the staff must set up a second factor before anything else."""
    return bool(settings.SECOND_FACTOR and user.is_active and user.is_staff and not has_second_factor(user))


def may_work(user) -> bool:
    """Tell whether a visitor is signed in as a member of staff, with a second factor where one is required.

    The answer is kept on the user, so that a page asks the database once. Somebody with a factor can only have signed
    in with it: allauth opens no session before.
    """
    if not hasattr(user, "_may_work"):
        user._may_work = bool(user.is_active and user.is_staff and not lacks_second_factor(user))
    return user._may_work
