"""A result that is a table, shown as one: HTML in a notebook, the same words as text everywhere else."""

import html
from numbers import Integral, Real

from aelearn._progress import in_notebook
from aelearn.course._display import printable

# Colours are the theme's own. Header cells say what a number belongs to, to a reader and to a screen reader alike.
_TABLE = "border-collapse: collapse; margin: .5em 0"
_CAPTION = "caption-side: top; text-align: left; font-weight: bold; padding: .3em 0"
_CELL = "padding: .2em .8em; font-variant-numeric: tabular-nums; text-align: "


def show_table(rows, columns=None, *, caption, digits=3, percent=()):
    """Show rows as a table; the first column names the row.

    rows: a list of dicts (one a row), a list of lists, or {name: values}, whose values are one number, a list or a
    dict. columns: their headings, the first column's included; those of the dicts where it is left out.
    digits: decimals of a number that is not whole, for all columns or as {column: decimals}.
    percent: names of the columns whose shares are shown as per cent, without decimals unless `digits` names the column.
    A pair such as an interval (low, high) reads "low to high"; None leaves a cell empty.
    Raises ValueError for a row that does not fit the columns, or a name that is no column. Taught in: 00
    """
    columns, rows = _laid_out(rows, columns)
    for name in [*percent, *(digits if isinstance(digits, dict) else ())]:
        if name not in columns:
            raise ValueError(f"{name!r} is no column; there are {', '.join(map(repr, columns))}")

    def words(value, column):
        if isinstance(digits, dict):
            places = digits.get(column, 0 if column in percent else 3)
        else:
            places = 0 if column in percent else digits
        return _words(value, places, column in percent)

    texts = [[words(value, column) for value, column in zip(row, columns, strict=True)] for row in rows]
    is_number = [all(_is_number(row[place]) for row in rows) for place in range(len(columns))]
    plain = _as_text(columns, texts, is_number, caption)
    if not in_notebook():
        print(printable(plain))
        return
    from IPython.display import display

    display({"text/plain": plain, "text/html": _as_html(columns, texts, is_number, caption)}, raw=True)


def _laid_out(rows, columns):
    """(headings, list of rows as long as they are) for every form in which rows may come."""
    if isinstance(rows, dict):
        first = next(iter(rows.values()), None)
        if isinstance(first, dict):
            columns = columns or ["", *first]
            rows = [[name, *(values.get(column) for column in columns[1:])] for name, values in rows.items()]
        else:
            rows = [[name, *(values if _is_row(values) else [values])] for name, values in rows.items()]
    elif rows and isinstance(rows[0], dict):
        columns = columns or list(rows[0])
        rows = [[row.get(column) for column in columns] for row in rows]
    if not rows or not columns:
        raise ValueError(f"there are {len(rows)} rows and columns is {columns!r}; a table needs both")
    for row in rows:
        if len(row) != len(columns):
            raise ValueError(f"the row {list(row)!r} has {len(row)} cells, and there are {len(columns)} columns")
    return list(columns), [list(row) for row in rows]


def _is_row(values):
    return hasattr(values, "__len__") and not isinstance(values, str | tuple)


def _is_number(value):
    return value is None or isinstance(value, tuple) or (isinstance(value, Real) and not isinstance(value, bool))


def _words(value, places, as_percent):
    """One cell's text: numbers to `places` decimals, whole ones as they are."""
    if value is None:
        return ""
    if isinstance(value, tuple):
        return " to ".join(_words(part, places, as_percent) for part in value)
    if not _is_number(value):
        return str(value)
    if as_percent:
        return f"{value:.{places}%}"
    return str(value) if isinstance(value, Integral) else f"{value:.{places}f}"


def _as_text(columns, texts, is_number, caption):
    widths = [max(map(len, column)) for column in zip(columns, *texts, strict=True)]
    lines = [caption]
    for row in (columns, *texts):
        cells = zip(row, widths, is_number, strict=True)
        aligned = [text.rjust(width) if right else text.ljust(width) for text, width, right in cells]
        lines.append("  ".join(aligned).rstrip())
    return "\n".join(lines)


def _as_html(columns, texts, is_number, caption):
    sides = ["right" if right else "left" for right in is_number]

    def line(row, first, others):
        tags = [first, *[others] * (len(row) - 1)]
        cells = [
            f'<{tag} style="{_CELL}{side}">{html.escape(text)}</{tag.split()[0]}>'
            for tag, side, text in zip(tags, sides, row, strict=True)
        ]
        return f"<tr>{''.join(cells)}</tr>"

    head = line(columns, 'th scope="col"', 'th scope="col"')
    body = [line(row, 'th scope="row"', "td") for row in texts]
    return "\n".join(
        [
            f'<div style="overflow-x: auto"><table style="{_TABLE}">',
            f'<caption style="{_CAPTION}">{html.escape(caption)}</caption>',
            f"<thead>{head}</thead>",
            "<tbody>",
            *body,
            "</tbody></table></div>",
        ]
    )
