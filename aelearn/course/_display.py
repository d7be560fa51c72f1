"""One line with a mark, as text everywhere and in colour where there is HTML."""

import html

from aelearn._progress import in_notebook

_COLOURS = {"✔": "#1a7f37", "✘": "#c4320a", "·": "#8a6d00"}


def show(mark, text):
    """Print `mark text`; in a notebook the line gets a coloured edge as well."""
    plain = f"{mark} {text}"
    if not in_notebook():
        print(plain)
        return
    from IPython.display import display

    body = (
        f'<div role="status" style="border-left: 4px solid {_COLOURS[mark]}; padding: .3em .8em">'
        f"{mark} {html.escape(text, quote=False)}</div>"
    )
    display({"text/plain": plain, "text/html": body}, raw=True)
