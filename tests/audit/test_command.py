"""`make audit` says what it needs before it starts anything."""

import os
import subprocess
import sys

import pytest

from tests.servers import ROOT


@pytest.mark.parametrize(
    ("arguments", "needed"),
    [
        (["nu"], "Java (ab 11) und npm (ab 9)."),
        (["lighthouse"], "Node (ab 20) und npm (ab 9) und Chromium."),
        (["weight", "event"], "Sie Chromium."),
        (["packages"], "Sie uv."),
        (["formats"], "Node (ab 20) und npm (ab 9)."),
        ([], "Java (ab 11) und Node (ab 20) und npm (ab 9) und Chromium."),
    ],
)
def test_a_missing_program_is_named(tmp_path, arguments, needed):
    answer = audit(*arguments, PATH=str(tmp_path), PORTAL_CHROMIUM="gibt-es-nicht")
    assert answer.returncode == 1
    assert "Bitte installieren Sie" in answer.stdout
    assert needed in answer.stdout


def test_an_unknown_page_is_answered_with_those_there_are():
    answer = audit("weight", "gibt", "es", "nicht")
    assert answer.returncode == 1
    assert "programme item" in answer.stdout


def audit(*arguments, **variables):
    command = [sys.executable, "-m", "tests.audit", *arguments]
    return subprocess.run(
        command, cwd=ROOT, env=os.environ | variables, capture_output=True, text=True, check=False, timeout=60
    )
