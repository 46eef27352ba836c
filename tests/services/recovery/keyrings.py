"""Keyrings for tests: one that works, under the name of a backend of the library."""

from __future__ import annotations


class Kept:
    """A keyring that works."""

    def __init__(self) -> None:
        self.kept: dict[tuple[str, str], str] = {}

    def set_password(self, service: str, username: str, password: str, /) -> None:
        self.kept[service, username] = password

    def get_password(self, service: str, username: str, /) -> str | None:
        return self.kept.get((service, username))

    def delete_password(self, service: str, username: str, /) -> None:
        del self.kept[service, username]


def called(name: str, kind: type[Kept] = Kept) -> Kept:
    """A keyring that bears the name of a backend of the library."""
    module, _, plain = name.rpartition(".")
    made: Kept = type(plain, (kind,), {"__module__": module})()
    return made


def known(kind: type[Kept] = Kept) -> Kept:
    """A keyring that is trusted."""
    return called("keyring.backends.SecretService.Keyring", kind)
