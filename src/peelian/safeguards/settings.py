"""How a store's audit log is kept: `audit.toml` in its folder, which its administrator writes."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from peelian.errors import UsageError, nearest
from peelian.toml_text import read_toml

FILE = "audit.toml"
PAGE = "how-to/audit-and-erase"
_KINDS: Mapping[str, type] = {
    "heads": str,
    "purpose": str,
    "justification": bool,
    "roles": dict,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """How the log of one store is kept.

    Args:
        heads: The file outside the store that every new head is appended to; None for none.
        purpose_required: Whether nothing is answered without a purpose.
        justification: Whether a purpose's own words are kept beside its code.
        roles: The role of each account, by `account` or `account@machine`.
    """

    heads: Path | None = None
    purpose_required: bool = False
    justification: bool = True
    roles: Mapping[str, str] = field(default_factory=dict)

    def role_of(self, actor: str) -> str:
        """Return the role of an account; empty where the administrator named none."""
        return self.roles.get(actor) or self.roles.get(actor.partition("@")[0], "")


def read_settings(store: Path) -> Settings:
    """Return how a store's log is kept; the defaults where it has no `audit.toml`.

    A relative path of `heads` is meant from the folder in which the store's folder lies.

    Raises:
        UsageError: The file cannot be read, or says something it cannot say.
    """
    path = store / FILE
    if not path.is_file():
        return Settings()
    try:
        raw = read_toml(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as problem:
        raise _wrong(type(problem).__name__, "check that it is TOML in UTF-8") from problem
    for name, value in raw.items():
        if name not in _KINDS:
            raise _wrong(name, nearest(name, _KINDS))
        if not isinstance(value, _KINDS[name]):
            raise _wrong(name, f"{name} is a {_KINDS[name].__name__}")
    purpose = raw.get("purpose", "asked")
    if purpose not in ("asked", "required"):
        raise _wrong(f"purpose = {purpose!r}", nearest(purpose, ("asked", "required")))
    return Settings(
        heads=(store.resolve().parent / raw["heads"]) if raw.get("heads") else None,
        purpose_required=purpose == "required",
        justification=raw.get("justification", True),
        roles=_roles(raw.get("roles", {})),
    )


def _roles(raw: Mapping[str, Any]) -> Mapping[str, str]:
    if not all(isinstance(role, str) for role in raw.values()):
        raise _wrong("roles", 'an account and its role: jdoe = "analyst"')
    return raw


def _wrong(found: str, try_: str) -> UsageError:
    return UsageError(
        f"{FILE} of the store is not as it should be.", found=found, try_=try_, read=PAGE
    )
