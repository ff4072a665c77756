"""peelian: a police force's own records, turned into evidence that can be checked."""

from importlib import import_module

__version__ = "0.1.0"

# The front door stays light: a name is fetched from its room only when somebody asks for it.
_ROOMS = {
    "Release": "peelian.disclosure",
    "Result": "peelian.results",
    "Store": "peelian.records.store",
    "Study": "peelian.study",
    "PeelianError": "peelian.errors",
    "ask": "peelian.study",
    "catalogue": "peelian.catalogue",
    "load": "peelian.changes",
    "release": "peelian.disclosure",
    "run": "peelian.study",
    "write_report": "peelian.report",
}
__all__ = [
    "PeelianError",
    "Release",
    "Result",
    "Store",
    "Study",
    "__version__",
    "ask",
    "catalogue",
    "load",
    "release",
    "run",
    "write_report",
]


def __getattr__(name: str) -> object:
    if name not in _ROOMS:
        raise AttributeError(f"peelian has no {name!r}; it offers {', '.join(__all__)}")
    room = import_module(_ROOMS[name])
    return room if name == "catalogue" else getattr(room, name)


def __dir__() -> list[str]:
    return list(__all__)
