"""One line with a mark, as text everywhere and in colour where there is HTML."""

import html
import sys

from aelearn._progress import in_notebook

_COLOURS = {"✔": "#1a7f37", "✘": "#c4320a", "·": "#8a6d00"}
_WORDS = {"✔": "[ok]", "✘": "[no]", "·": "-"}


def printable(text):
    """The text as the console can print it: in one that knows ASCII only, a mark becomes a word."""
    encoding = getattr(sys.stdout, "encoding", None) or "utf-8"
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        for mark, word in _WORDS.items():
            text = text.replace(mark, word)
    return text.encode(encoding, "replace").decode(encoding)


def show(mark, text):
    """Print `mark text`; in a notebook the line gets a coloured edge as well."""
    plain = f"{mark} {text}"
    if not in_notebook():
        print(printable(plain))
        return
    from IPython.display import display

    body = (
        f'<div role="status" style="border-left: 4px solid {_COLOURS[mark]}; padding: .3em .8em">'
        f"{mark} {html.escape(text, quote=False)}</div>"
    )
    display({"text/plain": plain, "text/html": body}, raw=True)
