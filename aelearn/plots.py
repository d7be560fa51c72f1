"""Figures with a description each, in colours that colour-blind readers can tell apart.

Every figure has an opaque light ground, so that it reads the same in light and dark themes, and letters that can be read
on a screen 400 pixels wide; a legend stands below the picture, never over data, and a long title takes two lines.
`show` gives a picture its description: as its alternative text and as a caption below, which is not read aloud again.
"""

import base64
import html
import io
import textwrap

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure

from aelearn import inputs

# Wong (2011), doi:10.1038/nmeth.1618
BLUE, ORANGE, GREEN, PURPLE, SKY, VERMILION = "#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#D55E00"
NORMAL, ANOMALY, LIMIT = BLUE, VERMILION, "#222222"
COLOURS = (BLUE, VERMILION, GREEN, ORANGE, PURPLE, SKY)
LINES = ("-", "--", "-.", ":", (0, (5, 1, 1, 1, 1, 1)), (0, (1, 2)))
# One colour and marker for each method, the same in all lessons: Tol's "muted" scheme for colour-blind readers, SRON/EPS/TN/09-002.
METHODS = {
    "autoencoder": ("#332288", "o"),
    "sparse": ("#117733", "p"),
    "denoising": ("#88CCEE", "h"),
    "variational": ("#AA4499", "*"),
    "gan": ("#CC6677", "X"),
    "pca": ("#DDAA33", "s"),
    "mahalanobis": ("#999933", "P"),
    "neighbour": ("#882255", "D"),
    "nearest": ("#882255", "D"),
    "lof": ("#44AA99", "^"),
    "isolation forest": ("#777777", "v"),
    "svm": ("#222222", "<"),
    # Forecasts, which are never drawn beside the models whose colours they share.
    "gru": ("#CC6677", "X"),
    "lstm": ("#AA4499", "*"),
    "linear": ("#DDAA33", "s"),
    "dense forecast": ("#332288", "o"),
}
WIDTH = 6.4  # inches: with letters of 12 points a figure of this width can be read at 400 pixels

_STYLE: dict[str, object] = {
    "figure.figsize": (WIDTH, 3.4),
    "figure.facecolor": "#fcfcfc",
    "axes.facecolor": "#fcfcfc",
    "axes.prop_cycle": plt.cycler(color=COLOURS) + plt.cycler(linestyle=LINES),
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.titlesize": 13,
    "axes.labelsize": 12,
    "axes.titlelocation": "left",
    "legend.frameon": False,
    "lines.linewidth": 2,
    "font.size": 12,
    "figure.dpi": 96,
    "svg.hashsalt": "aelearn",
}


def subplots(*arguments, **keywords):
    """matplotlib's `subplots` in the course's style, which later figures of the session keep. Taught in: 01"""
    plt.rcParams.update(_STYLE)  # type: ignore[arg-type]  # the stubs list every setting
    return plt.subplots(*arguments, layout="constrained", **keywords)


def show(figure: Figure, description: str) -> None:
    """Display a figure once, with `description` as its alternative text and its caption. Taught in: 01"""
    if not isinstance(description, str) or len(description) < 20:
        raise ValueError(
            "description is too short; say in a sentence what a reader who cannot see the figure must know"
        )
    from IPython.display import display

    _break_titles(figure)
    picture = io.BytesIO()
    figure.savefig(picture, format="png", metadata={"Software": None})
    plt.close(figure)
    display({"text/html": _as_html(picture.getvalue(), description), "text/plain": description}, raw=True)


def _as_html(png, description):
    """A picture (bytes) with its description twice: to be read aloud in its place, and below it for those who see it.

    HTML, because JupyterLab shows a PNG without alternative text; and read aloud once, since the caption says so of itself.
    """
    words = html.escape(description)
    return (
        f'<figure style="margin: 0"><img src="data:image/png;base64,{base64.b64encode(png).decode()}" alt="{words}" '
        f'style="max-width: 100%"><figcaption aria-hidden="true"><em>{words}</em></figcaption></figure>'
    )


def _look_of(name):
    """Colour, marker and line style of a method named as on lesson 12's board; {} for what is no method."""
    words = name.lower()
    kinds = [kind for kind in METHODS if kind in words]
    if not kinds:
        return {}
    kind = kinds[-1] if kinds[0] == "autoencoder" else kinds[0]  # a sparse autoencoder is a sparse one
    colour, marker = METHODS[kind]
    return {"color": colour, "marker": marker, "linestyle": LINES[list(METHODS).index(kind) % len(LINES)]}


def _titled(figure, title):
    """Give a figure a title at its left edge; `show` breaks it where it would be cut off."""
    figure.suptitle(title, x=0.01, ha="left", fontsize=13)


def _break_titles(figure):
    """Break each title that would be cut off at the figure's edge, or run into the title of the panel beside it."""
    titles = {figure.get_suptitle(), *(axes.get_title(loc="left") for axes in figure.axes)} - {""}
    found = {text: text.get_text() for text in figure.findobj(plt.Text) if text.get_text() in titles}
    for text in found:
        text.set_text("")  # for now: a title that is too long would push the panels out of their places
    figure.canvas.draw()
    for text, words in found.items():
        text.set_text(words)
    boxes = [text.get_window_extent() for text in found]
    for (text, words), box in zip(found.items(), boxes, strict=True):
        beside = [other.x0 for other in boxes if other.x0 > box.x0 + 1 and other.y0 < box.y1 and other.y1 > box.y0]
        if words == figure.get_suptitle():  # it has a line of its own, above the panels' titles
            beside = []
        room = min([*beside, figure.bbox.x1]) - box.x0 - 12  # pixels
        if box.width > room:
            text.set_text(textwrap.fill(words, max(int(len(words) * room / box.width) - 1, 8)))


def _legend_below(figure, axes):
    """A legend under the picture, where no data are."""
    handles, labels = axes.get_legend_handles_labels()
    n_columns = 1 if sum(map(len, labels)) > 3 * 45 else max(1, min(3, 60 // (max(map(len, labels)) + 6)))
    figure.legend(handles, labels, loc="outside lower left", ncols=n_columns)
    figure.set_figheight(figure.get_figheight() + 0.26 * -(-len(labels) // n_columns))


def _as_percent(axis):
    axis.set_major_formatter(lambda rate, _: f"{rate:.0%}")


def lines(x, curves, *, title, xlabel, ylabel, description, promised=None, percent=False, log=False):
    """Lines over x, one for each label; a method has its own colour.

    x: (n,). curves: {label: values}, each (n,), or (n, seeds) for a line through the means in a band from the
    smallest to the largest. promised: a level to hold them against, drawn as a line across. percent: y as per cent.
    log: x on a logarithmic scale, with a mark at each x. Taught in: 04
    """
    x = inputs.scores(x, "x")
    figure, axes = subplots()
    for place, (label, values) in enumerate(curves.items()):
        values = np.asarray(values, dtype=float)
        if values.shape[:1] != x.shape:
            raise ValueError(
                f"{label} has shape {values.shape} and x has {len(x)} values; one value for each x is wanted"
            )
        look = _look_of(label) or {"color": COLOURS[place], "marker": "osD^vP"[place], "linestyle": LINES[place]}
        if values.ndim == 2:
            axes.fill_between(x, values.min(axis=1), values.max(axis=1), color=look["color"], alpha=0.2, linewidth=0)
            values = values.mean(axis=1)
        axes.plot(x, values, label=label, **look)
    if promised is not None:
        axes.axhline(promised, color=LIMIT, linestyle=":", label="promised")
    axes.set(xlabel=xlabel, ylabel=ylabel)
    _titled(figure, title)
    if log:
        axes.set_xscale("log")
        axes.set_xticks(x, [f"{value:g}" for value in x])
        axes.minorticks_off()
    if percent:
        _as_percent(axes.yaxis)
    _legend_below(figure, axes)
    show(figure, description)


def dots(rows, *, title, xlabel, description, promised=None, percent=False):
    """One line of dots for each label, with a diamond at their mean: seeds, splits or data sets side by side.

    rows: {label: values (k,)}, from top to bottom; a method has its own colour. promised, percent: as in `lines`, for
    the horizontal axis. Taught in: 12
    """
    figure, axes = subplots(figsize=(WIDTH, 1.6 + 0.34 * len(rows)))
    for place, (label, values) in enumerate(rows.items()):
        values = inputs.scores(values, str(label))
        colour = _look_of(label).get("color", BLUE)
        axes.plot(values, np.full(len(values), place), "o", color=colour, markersize=6, alpha=0.6)
        axes.plot(values.mean(), place, "D", color=colour, markersize=9, markeredgecolor=LIMIT)
    if promised is not None:
        axes.axvline(promised, color=LIMIT, linestyle=":", label="promised")
        _legend_below(figure, axes)
    axes.set_yticks(range(len(rows)), rows)
    axes.invert_yaxis()
    axes.grid(axis="y", color="#dddddd", linewidth=0.8)
    axes.set(xlabel=xlabel)
    _titled(figure, title)
    if percent:
        _as_percent(axes.xaxis)
    show(figure, description)


def score_histogram(normal, anomalies, threshold=None, *, title, xlabel="reconstruction error", description):
    """Histograms of the scores of normals (n,) and anomalies (m,), as shares of each kind, with the threshold between
    them. Taught in: 00
    """
    normal, anomalies = inputs.scores(normal, "normal"), inputs.scores(anomalies, "anomalies")
    figure, axes = subplots()
    bins = np.linspace(0, np.quantile(np.concatenate([normal, anomalies]), 0.995), 40)
    share = [np.full(len(scores), 1 / len(scores)) for scores in (normal, anomalies)]  # what one sample counts for
    axes.hist(normal, bins, weights=share[0], color=NORMAL, alpha=0.65, label="normal")
    axes.hist(anomalies, bins, weights=share[1], histtype="step", color=ANOMALY, linewidth=2, label="anomalies")
    if threshold is not None:
        axes.axvline(threshold, color=LIMIT, linestyle="--", label="threshold")
    axes.set(xlabel=xlabel, ylabel="share of its kind")
    _as_percent(axes.yaxis)
    _titled(figure, title)
    _legend_below(figure, axes)
    show(figure, description)


def loss_curves(curves, *, title, ylabel="mean squared error", log=False, description):
    """Lines of a loss against epochs. curves: {label: losses}, each a list of floats. Taught in: 03"""
    figure, axes = subplots()
    axes.xaxis.get_major_locator().set_params(integer=True)
    for label, losses in curves.items():
        axes.plot(np.arange(1, len(losses) + 1), losses, label=label)
    axes.set(xlabel="epoch", ylabel=ylabel, yscale="log" if log else "linear")
    _titled(figure, title)
    _legend_below(figure, axes)
    show(figure, description)


def pictures(rows: dict[str, np.ndarray], *, title: str, description: str) -> None:
    """Rows of square pictures, one line of pictures for each label.

    rows: {label: array (k, side * side)} with values in [0, 1]. Taught in: 00
    """
    rows = {label: inputs.table(values, str(label)) for label, values in rows.items()}
    n_columns = max(map(len, rows.values()))
    size = (WIDTH - 1.3) / max(n_columns, 8)
    width = size * n_columns + 1.3
    figure, grid = subplots(len(rows), n_columns, figsize=(width, (size + 0.1) * len(rows) + 0.6), squeeze=False)
    for line, (label, values) in zip(grid, rows.items(), strict=True):
        side = int(np.sqrt(values.shape[1]))
        for axes, picture in zip(line, values, strict=False):
            axes.imshow(picture.reshape(side, side), cmap="gray_r", vmin=0, vmax=1)
        for axes in line:
            axes.set(xticks=[], yticks=[])
            axes.spines[:].set_visible(False)
        line[0].set_ylabel(label, rotation=0, ha="right", va="center")
    _titled(figure, title)
    show(figure, description)
