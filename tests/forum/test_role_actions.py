"""Each role × each action of the desk, through HTTP. What is expected stands here by hand, not in forum.desk.roles."""

import pytest

from tests.forum.actions import ACTIONS
from tests.forum.test_roles import ROLES, member

# R: Redaktion, V: Veranstaltungen, A: Verwaltung
TABLE = {
    "publish_chosen article": "R A",
    "publish_chosen event": " VA",
    "publish_chosen person": "RVA",
    "publish_chosen page": "R A",
    "withdraw_chosen article": "R A",
    "withdraw_chosen event": " VA",
    "withdraw_chosen person": "RVA",
    "withdraw_chosen page": "R A",
    "add_topics article": "R A",
    "add_topics event": " VA",
    "add_topics person": "RVA",
    "change_contact article": "R A",
    "change_contact event": " VA",
    "merge topics": "RVA",
    "delete_selected several": " VA",
    "preview article": "R A",
    "preview event": " VA",
    "preview person": "RVA",
    "preview page": "R A",
    "preview_new article": "R A",
    "preview_new event": " VA",
    "share article": "R A",
    "share event": " VA",
    "share person": "RVA",
    "share page": "R A",
    "share_revoke article": "R A",
    "share_revoke event": " VA",
    "share_revoke person": "RVA",
    "share_revoke page": "R A",
    "restore article": "R A",
    "restore event": " VA",
    "recover article": "R A",
    "recover event": " VA",
    "recover person": "RVA",
    "forget event": "  A",
    "forget person": "  A",
    "copy event": " VA",
    "accept person_for_event": " VA",
    "accept topic_for_article": "R A",
    "accept facts_of_person": " VA",
    "accept event_of_article": "  A",
    "accept items_of_article": "  A",
    "look_back article": "R A",
    "create_in_place article_type": "R A",
    "mark_checked entry": "RVA",
    "ask by_hand": "RVA",
    "ask by_mail": "RVA",
    "decide for_it": "RVA",
    "decide against_it": "RVA",
    "mend missing": "RVA",
    "ignore ignoring": "RVA",
    "reset_factor factor": "  A",
    "invite invitation": "  A",
}
LETTERS = dict(zip(ROLES, "RVA", strict=True))


def test_the_table_names_every_action():
    assert TABLE.keys() == ACTIONS.keys()


@pytest.mark.parametrize("key", TABLE)
@pytest.mark.parametrize("role", ROLES)
def test_what_each_role_may_do(role, key, settings):
    settings.EMAIL_URL = "smtp://server"
    assert ACTIONS[key].attempt(member(role)) == (LETTERS[role] in TABLE[key])


@pytest.mark.parametrize("key", TABLE)
def test_staff_without_a_role_may_do_nothing(key, settings):
    settings.EMAIL_URL = "smtp://server"
    assert not ACTIONS[key].attempt(member())
