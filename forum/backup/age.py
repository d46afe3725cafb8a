"""The age format with a passphrase: `age --decrypt` opens what is written here, and the other way round.

Source: https://age-encryption.org/v1 (C2SP). scrypt (RFC 7914) makes of the passphrase a key that wraps a random file
key. The text is cut into chunks of 64 KiB, each sealed with ChaCha20-Poly1305 (RFC 8439) under its number and a mark on
the last one (STREAM, Hoang, Reyhanitabar, Rogaway, Vizár 2015): a chunk changed, moved, repeated or cut off is noticed.
Memory: 128 MB for a moment while the key is made (128 · 8 · 2^17 bytes), then two chunks.
"""

import os
from base64 import b64decode, b64encode
from binascii import Error as NotBase64
from itertools import count
from typing import BinaryIO

from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.hmac import HMAC
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

MAGIC = b"age-encryption.org/v1\n"
WORK = 17  # scrypt's N as a power of two: the least that OWASP advises (Password Storage Cheat Sheet)
MOST_WORK = 22  # what age itself accepts: a file must not make us calculate for hours
CHUNK, TAG = 65_536, 16
LONGEST_LINE = 200


class WrongPassphrase(Exception):
    """The passphrase does not open this file."""


class Damaged(Exception):
    """The file is not what was written: cut off, changed, or never an age file with a passphrase."""


class Sealing:
    """Writes a file that only the passphrase opens.

    Args:
        target: opened for writing; stays open.
    """

    def __init__(self, target: BinaryIO, passphrase: str):
        file_key, salt, nonce = os.urandom(16), os.urandom(16), os.urandom(16)
        wrapped = ChaCha20Poly1305(wrapping_key(passphrase, salt, WORK)).encrypt(bytes(12), file_key, None)
        header = MAGIC + b"-> scrypt %s %d\n%s\n---" % (bare(salt), WORK, bare(wrapped))
        target.write(header + b" " + bare(seal_of(file_key, header).finalize()) + b"\n" + nonce)
        self.target, self.rest = target, bytearray()
        self.cipher, self.nonces = ChaCha20Poly1305(derived(file_key, nonce, b"payload")), chunk_numbers()

    def write(self, data: bytes) -> int:
        self.rest += data
        while len(self.rest) > CHUNK:  # a full chunk may still be the last one, which is marked
            self.put(bytes(self.rest[:CHUNK]), b"\x00")
            del self.rest[:CHUNK]
        return len(data)

    def finish(self):
        """Write the last chunk; without it the file counts as cut off."""
        self.put(bytes(self.rest), b"\x01")

    def put(self, chunk, mark):
        self.target.write(self.cipher.encrypt(next(self.nonces) + mark, chunk, None))


class Opening:
    """Reads what Sealing or age wrote; gives nothing out that has not been checked.

    Args:
        source: opened for reading, at its beginning.

    Raises:
        WrongPassphrase: at once.
        Damaged: at once or while reading.
    """

    def __init__(self, source: BinaryIO, passphrase: str):
        file_key = read_header(source, passphrase)
        nonce = source.read(16)
        if len(nonce) < 16:
            raise Damaged
        self.source, self.ready, self.ahead, self.ended = source, bytearray(), b"", False
        self.cipher, self.nonces = ChaCha20Poly1305(derived(file_key, nonce, b"payload")), chunk_numbers()

    def read(self, size: int) -> bytes:
        while len(self.ready) < size and not self.ended:
            self.ready += self.next_chunk()
        data = bytes(self.ready[:size])
        del self.ready[:size]
        return data

    def next_chunk(self) -> bytes:
        sealed = self.ahead or self.source.read(CHUNK + TAG)
        self.ahead = self.source.read(CHUNK + TAG)
        self.ended = not self.ahead
        try:
            return self.cipher.decrypt(next(self.nonces) + (b"\x01" if self.ended else b"\x00"), sealed, None)
        except InvalidTag as error:
            raise Damaged from error


def read_header(source: BinaryIO, passphrase: str) -> bytes:
    """Read up to the payload and return the file key."""
    lines = [source.readline(LONGEST_LINE) for _ in range(4)]
    try:
        kind, salt, work = lines[1].removeprefix(b"-> ").split()
        known = lines[0] == MAGIC and kind == b"scrypt" and work.isdigit() and 0 < int(work) <= MOST_WORK
        mark, seal = lines[3].split()
        if not known or mark != b"---":
            raise Damaged
        key = wrapping_key(passphrase, unbare(salt), int(work))
        file_key = ChaCha20Poly1305(key).decrypt(bytes(12), unbare(lines[2].strip()), None)
        seal_of(file_key, b"".join(lines[:3]) + b"---").verify(unbare(seal))
    except InvalidTag as error:
        raise WrongPassphrase from error
    except (ValueError, NotBase64, InvalidSignature) as error:
        raise Damaged from error
    return file_key


def wrapping_key(passphrase: str, salt: bytes, work: int) -> bytes:
    scrypt = Scrypt(salt=b"age-encryption.org/v1/scrypt" + salt, length=32, n=2**work, r=8, p=1)
    return scrypt.derive(passphrase.encode())


def derived(file_key: bytes, salt: bytes | None, use: bytes) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=salt, info=use).derive(file_key)


def seal_of(file_key: bytes, header: bytes) -> HMAC:
    seal = HMAC(derived(file_key, None, b"header"), SHA256())
    seal.update(header)
    return seal


def chunk_numbers():
    return (number.to_bytes(11, "big") for number in count())


def bare(data: bytes) -> bytes:
    """Base64 without padding."""
    return b64encode(data).rstrip(b"=")


def unbare(text: bytes) -> bytes:
    return b64decode(text + b"=" * (-len(text) % 4), validate=True)
