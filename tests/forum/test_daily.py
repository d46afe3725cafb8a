"""What the containers do every day by themselves."""

import re
import subprocess

from django.conf import settings
from django.core.management import get_commands, load_command_class


def daily_line() -> str:
    service = (settings.ROOT / "compose.yaml").read_text().partition("\n  daily:")[2]
    words = re.search(r'command: \["sh", "-c", "(.*)"\]', service)[1]
    return words.replace("$$", "$").replace('\\"', '"')


def run(line: str, mail: str) -> list[str]:
    """What a shell would run on one day, without waiting for it."""
    stubs = 'n=0; sleep() { [ "$1" -gt 0 ] && [ "$1" -le 86400 ] && n=$((n + 1)) && [ $n -le 1 ]; }; python() { echo "$@"; }; '
    done = subprocess.run(
        ["/bin/sh", "-c", stubs + line],
        env={"PATH": "/usr/bin:/bin", "EMAIL_URL": mail},
        capture_output=True,
        check=True,
    )
    return done.stdout.decode().split("\n")[:-1]


BACKUP = "manage.py backup /backups --keep-daily 7 --keep-weekly 5 --keep-monthly 12 --verbosity 2"


def test_every_day_all_is_backed_up_leftovers_go_and_contacts_are_asked():
    every_day = [BACKUP, "manage.py cleanup --delete", "manage.py errors --mail"]
    assert run(daily_line(), "smtp://server") == [*every_day, "manage.py checkup"]
    assert run(daily_line(), "") == every_day  # without a mail server nobody can be asked


def test_its_commands_and_options_exist():
    for words in run(daily_line(), "smtp://server"):
        _, name, *options = words.split()
        command = load_command_class(get_commands()[name], name)
        understood = vars(command.create_parser("manage.py", name).parse_args(options))
        names = [option.removeprefix("--").replace("-", "_") for option in options if option.startswith("--")]
        assert all(understood[name] for name in names)
