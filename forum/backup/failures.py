"""What stops a backup or a restore: one class for each exit code, each text a German sentence that says what to do."""

import errno
from contextlib import contextmanager

from django.core.management import CommandError


class BackupFailure(CommandError):
    code = 1

    def __init__(self, says: str):
        super().__init__(says, returncode=self.code)


class NoSpace(BackupFailure):
    code = 3


class WrongKey(BackupFailure):
    code = 4


class DamagedBackup(BackupFailure):
    code = 5


class NewerBackup(BackupFailure):
    code = 6


class NotEmpty(BackupFailure):
    code = 7


class InUse(BackupFailure):
    code = 8


class NoPrograms(BackupFailure):
    code = 9


@contextmanager
def explained(doing: str):
    """Turn what the system refuses into a sentence.

    Args:
        doing: what was tried, such as „Die Sicherung ließ sich nicht schreiben“.
    """
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise NoSpace(f"{doing}: Der Platz reicht nicht. Bitte geben Sie Speicher frei.") from error
        where = f" ({error.filename})" if error.filename else ""
        raise BackupFailure(f"{doing}: {error.strerror or error}{where}.") from error
