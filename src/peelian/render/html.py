"""HTML that is safe by construction: every string is escaped unless it is already markup."""

from collections.abc import Iterable
from html import escape

_NO_ENDING = frozenset({"br", "hr", "input", "meta"})
_SHAPES = frozenset({"line", "rect", "circle", "path"})


class Markup(str):
    """Text that is already HTML. Only this room makes it, and only from escaped parts."""

    __slots__ = ()


def tag(name: str, /, *children: object, **attributes: object) -> Markup:
    """Return one element.

    Args:
        name: The element's name.
        children: Text (escaped), markup (kept), None (left out), or iterables of these.
        attributes: `class_` and `aria_label` become `class` and `aria-label`; True makes a bare
            attribute; None and False leave it out.

    >>> tag("p", "5 < 6", class_="note", hidden=True)
    '<p class="note" hidden>5 &lt; 6</p>'
    """
    opening = f"<{name}{''.join(_attribute(k, v) for k, v in attributes.items())}"
    if name in _NO_ENDING:
        return Markup(f"{opening}>")
    if name in _SHAPES and not children:
        return Markup(f"{opening}/>")
    return Markup(f"{opening}>{join(children)}</{name}>")


def join(children: Iterable[object], between: str = "") -> Markup:
    """Return children one after another, escaped unless they are markup."""
    return Markup(between.join(_child(child) for child in children if child is not None))


def _child(child: object) -> str:
    if isinstance(child, Markup):
        return child
    if isinstance(child, str):
        return escape(child, quote=False)
    if isinstance(child, Iterable):
        return join(child)
    return escape(str(child), quote=False)


def _attribute(name: str, value: object) -> str:
    if value is None or value is False:
        return ""
    written = name.rstrip("_").replace("_", "-")
    return f" {written}" if value is True else f' {written}="{escape(str(value))}"'
