# ---
# jupyter:
#   jupytext:
#     text_representation:
#       format_name: percent
# ---

# %% [markdown]
# # 01 · Preparing data
#
# *The same network, trained the same way on the same rows, can be a fair detector or a poor
# one. The difference is made before training begins. In this lesson you find a slip in a
# copy of a well-known data set, fill holes, put columns on one scale, and
# then break the rules on purpose to see what a leak does and how to find one.*
#
# **The question:** what must happen to raw columns before a detector sees them, and which
# rows may decide how?
#
# **59 minutes**, and 22 for going deeper · needs lesson 00 · data: page blocks and vowel (10 columns each), breast cancer (30 columns)
#
# By the end you can
# 1. look at a table and find rows that cannot be right;
# 2. fill missing values and scale columns with numbers taken from the training part only;
# 3. say when scaling helps, when it does nothing, and when it hurts;
# 4. name a leak, measure what it hides, and leave a check in your code that finds it.

# %% [markdown]
# ## Look first
#
# A program cut scanned pages into blocks and measured each block. *Text blocks are normal;
# lines, graphics and pictures are anomalies.*

# %%
import aelearn  # first: it keeps TensorFlow quiet
from aelearn import data
from aelearn.course import check, claim, hint, progress, show_table, solution

blocks = data.load("page_blocks")
blocks

# %% [markdown]
# What do the columns, the **features**, look like?

# %%
import numpy as np

rows = []
# .T makes rows of columns, so this loop goes through the columns.
for name, column in zip(blocks.feature_names, blocks.x.T, strict=True):
    rows.append([name, column.min(), np.median(column), column.max()])
show_table(
    rows,
    ["column", "smallest", "median", "largest"],
    digits=2,
    caption="The ten columns of page blocks",
)

# %% [markdown]
# Two things to see. The columns live on very different scales: a share of black pixels lies
# between 0 and 1, an area goes far beyond a hundred thousand pixels. And the largest values are often
# a hundred times the **median**, the middle one of the sorted values, or more. Is such a value a rare block, or a mistake?
#
# A value alone cannot say. But columns that *belong together* can. By its definition, the area is the height
# times the width, and the eccentricity is the width divided by the height.

# %%
height, width, area, eccentricity = blocks.x[:, :4].T.astype(float)

# %% tags=["fold"]
# Draw the recorded eccentricity against width / height
from aelearn import plots

figure, axes = plots.subplots(figsize=(plots.WIDTH, 4))
axes.loglog(width / height, eccentricity, "o", markersize=4, label="a block")
axes.loglog([0.005, 600], [0.005, 600], "-", color=plots.LIMIT, linewidth=1, label="equal")
axes.set(title="One block disagrees with itself")
axes.set(xlabel="width / height", ylabel="eccentricity, recorded")
figure.legend(loc="outside lower left", ncols=2)
plots.show(
    figure,
    "Recorded eccentricity against width divided by height, both on logarithmic axes. All blocks lie on the "
    "line of equality, but for one far above it.",
)

# %% [markdown]
# ### Exercise 01.1
# Which row is it? Compute `corrupted_row`, its index in `blocks.x`. The arrays `height`, `width`
# and `eccentricity` are ready.

# %% tags=["exercise"]
# BEGIN SOLUTION
corrupted_row = np.argmax(np.abs(eccentricity - width / height))
# END SOLUTION
check("01.1", corrupted_row, x=blocks.x)

# %% [markdown]
# The other columns can be asked in the same way: `share_black` times the area must give `black`, the number of black pixels.

# %%
share_black, black = blocks.x[:, 4].astype(float), blocks.x[:, 7].astype(float)
wrong_shape = np.abs(eccentricity - width / height) > 0.1 * width / height
wrong_ink = np.abs(share_black * area - black) > 0.1 * black
first, second = np.flatnonzero(wrong_shape)[0], np.flatnonzero(wrong_ink)[0]
show_table(
    {f"row {first}": blocks.x[first], f"row {second}": blocks.x[second]},
    ["", *blocks.feature_names],
    digits=2,
    caption="The rows that cannot be right",
)

# %% [markdown]
# No other row comes near.

# %%
claim(
    "Two rows contradict themselves by more than 10 %, one in each of the two ways",
    wrong_shape.sum() == 1 and wrong_ink.sum() == 1,  # the next worst: 5 %, by rounding
)

# %% [markdown]
# The first block is 6 high and 3 wide. Its area is 18, its eccentricity must be .5; the row says 18 and 500. Most
# likely `18 .500` was once read as `18. 500`. In the second a digit seems to have moved as well: 1 and 737, where
# 17 and 37 would fit. The file that was first published has .5, 17 and 37; `print(blocks)` shows where our copy comes from. Both rows are
# labelled normal, and the blocks surely were; their records are not.
#
# Since we know what the values should be, we repair them. Where you do not know, treat a value as missing. Do
# *not* delete whatever looks large: the largest eccentricity in the table is genuine,
# a block one pixel high and hundreds wide, and just the kind of thing we are looking for.

# %%
from dataclasses import replace

x = blocks.x.copy()
x[first, 3] = 0.5
x[second, 7:9] = 17, 37
repaired = replace(blocks, x=x)  # a copy of the data set, with another x

# %% [markdown]
# ## What may be fitted on what
#
# To **fit** something is to take numbers from data: a median to fill holes with, a mean to
# subtract, the weights of a network. As in lesson 00 we cut the data into three parts,
# and each part has its own work:
#
# | part | holds | what is taken from it |
# |---|---|---|
# | train | normal rows | numbers for holes and scales, the model's weights |
# | calibration | other normal rows | the threshold |
# | test | still other normal rows, all anomalies | the figures you report, and *nothing else* |
#
# The test part plays the role of next week's data. On the day you fit, next week's rows do not
# exist, and nobody has told you which of them are anomalies. A **leak** is any way by which the test part, or what was to
# be kept for calibration, comes to influence what is fitted.

# %%
parts = data.split(repaired, seed=0)
parts

# %% [markdown]
# ## Missing values
#
# Our table is complete, so we make holes ourselves: each value goes missing with a chance of
# one in ten. A **missing value** is written `NaN`, "not a number".

# %%
with_holes = replace(repaired, x=repaired.x.copy())
with_holes.x[np.random.default_rng(0).random(repaired.x.shape) < 0.1] = np.nan
holes = data.split(with_holes, seed=0)

complete = ~np.isnan(holes.x_train).any(axis=1)
print(f"rows without a hole: {complete.mean():.0%}")

# %% [markdown]
# One value in ten is missing, and about two rows in three have a hole. To drop those rows is
# a poor plan: most of the training data would go, and in use you cannot tell a user "no answer today".
#
# A network cannot take `NaN` either. Whatever `NaN` is added to or multiplied with becomes `NaN`, in the end every
# weight. Therefore `aelearn` refuses. (`hidden=(32,)` makes a small network; lesson 02 says how.)

# %%
from aelearn import training
from aelearn.models import Autoencoder

model = Autoencoder(n_features=10, latent_dim=4, hidden=(32,))
try:
    training.train(model, holes.x_train, epochs=1)
except ValueError as refusal:
    print(refusal)

# %% [markdown]
# So the holes are filled, which is called **imputation**. A simple filling is the median of the
# column: a few huge values can pull a mean far off, and leave the median where it was.
#
# ### Exercise 01.2
# Write `fill(x_train, x)`: it returns a copy of `x` in which each hole holds the median of its
# column in the *training part*. Both arrays may have holes. (`NaN` is equal to nothing, not even to itself: ask `np.isnan`.)


# %% tags=["exercise"]
def fill(x_train, x):
    # BEGIN SOLUTION
    return np.where(np.isnan(x), np.nanmedian(x_train, axis=0), x)
    # END SOLUTION


check("01.2", fill)

# %% [markdown]
# `SimpleImputer` of **scikit-learn**, the Python library of simple methods, does this. `fit` takes the medians and keeps
# them; `transform` fills any array with them. All of scikit-learn's
# preparation works like that, and the rule for it is short: *`fit` sees the training part, `transform` sees everything.*

# %%
from sklearn.impute import SimpleImputer

imputer = SimpleImputer(strategy="median").fit(holes.x_train)
filled_test = imputer.transform(holes.x_test)
print("holes before:", np.isnan(holes.x_test).sum(), "after:", np.isnan(filled_test).sum())

# %% [markdown]
# Which filling is best we measure below, when we have a detector.

# %% [markdown]
# ## One scale for all columns
#
# The reconstruction error averages squared differences over columns. That of an area is
# counted in thousands or millions, that of a share in hundredths. Which column will the network
# work on? The **variance** says how much there is to lose in each: the mean squared distance from the column's mean.

# %%
variance = parts.x_train.var(axis=0, dtype=float)
share = variance / variance.sum()
show_table(
    dict(zip(blocks.feature_names, share, strict=True)),
    ["column", "share"],
    percent=["share"],
    caption="Share of each column in the variance of all ten",
)

# %%
claim(
    "The area alone holds more than half of the variance of all ten columns",
    share[2] > 0.5,  # seen: .59 to .63
)

# %% [markdown]
# Unscaled, a network that gets shape and darkness wrong pays next to nothing. The remedy is **scaling**: a shift and a division, column by
# column. Most used is **standardisation**: subtract the mean of the column, then divide by its **standard
# deviation**, the square root of the variance. Both numbers are fitted, so they come from the training part.
#
# ### Exercise 01.3
# Write `standardise(x_train, x)`: it returns a copy of `x` standardised with the statistics of `x_train`.


# %% tags=["exercise"]
def standardise(x_train, x):
    # BEGIN SOLUTION
    return (x - x_train.mean(axis=0)) / x_train.std(axis=0)
    # END SOLUTION


check("01.3", standardise)

# %% [markdown]
# In scikit-learn this is `StandardScaler`. A **scaler** is what holds the two numbers of each column; *Going deeper* shows two others,
# and what to do with a column that never changes.
#
# ## Does it matter?
#
# Now the experiment. Four detectors, each on raw and on standardised columns, each on five splits: an *autoencoder* with a
# code of 4 numbers, *PCA* that keeps 4 numbers too, the mean distance to the *5 nearest neighbours* among the training rows, and the
# **Isolation Forest**. The last one cuts the data at random, one column at a time, until a row stands alone; anomalies
# stand alone after few cuts. Each function is trained on `x_train` and returns one score for each row of `x`.

# %%
from sklearn.decomposition import PCA
from sklearn.ensemble import IsolationForest
from sklearn.neighbors import NearestNeighbors


def pca(x_train, x, seed):
    plane = PCA(n_components=4, random_state=0).fit(x_train)
    back = plane.inverse_transform(plane.transform(x))
    return np.mean((x - back) ** 2, axis=1)


def five_neighbours(x_train, x, seed):
    distances, _ = NearestNeighbors(n_neighbors=5).fit(x_train).kneighbors(x)
    return distances.mean(axis=1)


# %%
def isolation_forest(x_train, x, seed):
    # Minus, since score_samples is higher for what looks more normal.
    return -IsolationForest(random_state=seed).fit(x_train).score_samples(x)


# %% [markdown]
# The autoencoder starts anew each time, from weights that the seed decides (`reset_weights`). One network takes 10 columns, the other the 30 of a second data set.

# %%
from aelearn import scoring

networks = {10: model, 30: Autoencoder(n_features=30, latent_dim=4, hidden=(32,))}


def autoencoder(x_train, x, seed):
    network = networks[x.shape[1]]
    network.reset_weights(seed)
    training.train(network, x_train, epochs=50, seed=seed)
    return scoring.reconstruction_error(network, x)


# %% [markdown]
# `prepare` is what is fitted on the training part before the detector: a scaler, say. `RAW` leaves everything as it is.

# %%
from sklearn.metrics import roc_auc_score
from sklearn.preprocessing import FunctionTransformer, StandardScaler

RAW = FunctionTransformer()


def aucs(dataset, detector, prepare, by="groups"):
    """The AUC of a detector on each of five splits."""
    values = []
    for seed in range(5):
        # by="groups" is what split does of itself; it will matter for data with groups, below.
        its = data.split(dataset, seed=seed, by=by)
        x_train, x_test = its.x_train.astype(float), its.x_test.astype(float)
        prepare.fit(x_train)
        scores = detector(prepare.transform(x_train), prepare.transform(x_test), seed)
        values.append(roc_auc_score(its.y_test, scores))
    return np.array(values)


# %% [markdown]
# **Predict first.** Which of the four will gain most from scaling? Which will not move at all?

# %%
detectors = {
    "autoencoder": autoencoder,
    "PCA": pca,
    "5 nearest neighbours": five_neighbours,
    "Isolation Forest": isolation_forest,
}


# %%
def raw_and_scaled(dataset):
    raw, scaled = {}, {}
    for name, detector in detectors.items():
        raw[name] = aucs(dataset, detector, RAW)
        scaled[name] = aucs(dataset, detector, StandardScaler())
    return raw, scaled


raw, scaled = raw_and_scaled(repaired)
both = ["autoencoder", "5 nearest neighbours"]  # a network and its simple rival

# %% [markdown]
# Each mean is over the five splits.

# %%
means = {name: [raw[name].mean(), scaled[name].mean()] for name in detectors}
show_table(means, ["detector", "raw", "scaled"], digits=2, caption="Page blocks: mean AUC")

# %% [markdown]
# Were you right? Split by split:

# %%
lift = {name: scaled[name] - raw[name] for name in detectors}
claim(
    "Scaling lifts the AUC of the other three by more than .05 on every split",
    min(lift[name].min() for name in list(detectors)[:3]) > 0.05,
)  # seen: .14 to .38, .11 to .12, .34 to .35
claim(
    "The Isolation Forest does not move by more than .01 on any split",
    np.abs(lift["Isolation Forest"]).max() < 0.01,  # seen: below .001
)

# %% [markdown]
# Whatever adds up *differences* over several columns together feels their scales. The Isolation Forest
# looks at one column at a time and asks only where between the smallest and the largest value a row lies; no
# stretching changes that. And it is not only a matter of training: PCA has an exact solution, and gains too.
#
# Had we set a scaled autoencoder beside a raw PCA, we could have sold you a triumph of the network:

# %%
triumph = scaled["autoencoder"].mean() - raw["PCA"].mean()
fair = scaled["autoencoder"].mean() - scaled["PCA"].mean()
claim(
    "Most of the lead over the raw PCA comes from scaling, not from the network",
    triumph > 0.08 and abs(fair) < triumph / 4,
)  # seen: .115 to .123, and -.001 to .006

# %% [markdown]
# ## Where scaling does not help
#
# **Predict first.** `breast_cancer` has thirty measurements of cell nuclei; benign is normal, malignant the
# anomaly. Here too the scales differ widely. Will scaling help again?

# %%
cells = data.load("breast_cancer")
cells_raw, cells_scaled = raw_and_scaled(cells)

# %% tags=["fold"]
# Draw the AUCs of the four detectors, raw and scaled, on both data sets
figure, panels = plots.subplots(2, 1, figsize=(plots.WIDTH, 6), sharex=True)
titles = [
    "Page blocks: scaling lifts three of the four",
    "Breast cancer: it lowers two of them",
]
for axes, title, before, after in zip(
    panels, titles, (raw, cells_raw), (scaled, cells_scaled), strict=True
):
    for place, name in enumerate(detectors):
        axes.plot(
            before[name],
            np.full(5, place - 0.15),
            "o",
            color=plots.ORANGE,
            mfc="none",
            label="raw",
        )
        axes.plot(
            after[name],
            np.full(5, place + 0.15),
            "s",
            color=plots.BLUE,
            label="standardised",
        )
    axes.set(title=title, yticks=range(4), yticklabels=list(detectors), ylim=(3.5, -0.5))
panels[1].set(xlabel="ROC AUC")
figure.legend(handles=panels[0].lines[:2], loc="outside lower left", ncols=2)
plots.show(
    figure,
    "ROC AUC of four detectors, raw and standardised, on five splits each. On page blocks the "
    "autoencoder, PCA and the 5 nearest neighbours gain much; on breast cancer the autoencoder and the "
    "neighbours lose a little, and PCA gains a little. The Isolation Forest stays where it is on both.",
)

# %%
drop = {name: cells_raw[name].mean() - cells_scaled[name].mean() for name in both}
claim(
    "On breast cancer scaling costs the autoencoder and the 5 neighbours more than .01 AUC on average",
    min(drop.values()) > 0.01,
)  # seen: .029 to .041, .028

# %% [markdown]
# PCA gains a little. *Try it:* let it keep 6 or 8 numbers, and look at both data sets again. There is no law here.
#
# Why can raw columns do well? Ask what the *loudest* column, the one with the largest variance, can do all alone. The score is its
# distance from the training mean; there is no model.


# %%
def loudest_column(dataset):
    """The name of the column with the largest variance, and its AUC as a score, on five splits."""
    values = []
    for seed in range(5):
        its = data.split(dataset, seed=seed)
        loudest = its.x_train.var(axis=0, dtype=float).argmax()
        distance = np.abs(its.x_test[:, loudest] - its.x_train[:, loudest].mean())
        values.append(roc_auc_score(its.y_test, distance))
    return dataset.feature_names[loudest], np.array(values)


# %% [markdown]
# Ask both data sets.

# %%
alone = {}
for dataset in (repaired, cells):
    name, alone[dataset.name] = loudest_column(dataset)
    print(
        dataset.name,
        "| loudest column:",
        name,
        "| AUC",
        alone[dataset.name].mean().round(2),
    )

# %%
claim(
    "The loudest column alone has an AUC below .75 on page blocks, above .9 on breast cancer",
    alone["page_blocks"].max() < 0.75 and alone["breast_cancer"].min() > 0.9,
)  # seen: .67 to .69, .94 to .96

# %% [markdown]
# On page blocks the loudest column is the wrong one to listen to. On breast cancer it is the right one: its units happen to agree with what tells.
#
# So scaling is not "good for neural networks". It is a statement: *I have no reason to trust one column more than another.* Without labels
# you cannot look up whether that is true, and so we scale unless we know better. If you *do* know,
# say it openly, and choose columns or weigh them. Do not leave the choice to the units somebody measured in.

# %% [markdown]
# ## Back to the holes
#
# **Predict first.** Order these three: fill with medians, with means, with zeros. `make_pipeline` joins steps into one
# object with one `fit`: the simplest guard against fitting a step on the wrong rows.

# %%
from sklearn.pipeline import make_pipeline

fillers = {
    "medians": SimpleImputer(strategy="median"),
    "means": SimpleImputer(strategy="mean"),
    "zeros": SimpleImputer(strategy="constant", fill_value=0),
}
filled = {"no holes": [scaled[name].mean() for name in both]}
for filling, filler in fillers.items():
    prepare = make_pipeline(filler, StandardScaler())
    filled[filling] = [aucs(with_holes, detectors[name], prepare).mean() for name in both]
show_table(filled, ["filling", *both], caption="Page blocks with holes: mean AUC")

# %% [markdown]
# One order holds for both detectors, another for one.

# %%
claim(
    "Zeros are the worst filling, by more than .01 AUC, for both; for the neighbours means are the best",
    np.all(np.minimum(filled["medians"], filled["means"]) - filled["zeros"] > 0.01)
    and filled["means"][1] > filled["medians"][1] + 0.004,
)  # seen: .024 to .038, .021; means above medians, with five draws of holes, by .009 to .012

# %% [markdown]
# No block has a height of zero, so with zeros normal rows hold values that no block has. For the neighbours means win, although huge values pull
# them: only measuring tells. *Going deeper* finds a filling nearly as good as no holes, with what we know about the columns.
#
# Our holes fell by pure chance. Real ones seldom do: a sensor drops out *because* the machine overheats. Then
# "was missing" is itself a signal, and `SimpleImputer(add_indicator=True)` adds a column of zeros and ones that says so.

# %% [markdown]
# ## A leak that flatters: rows that belong together
#
# Fifteen people spoke eleven vowels each, and six short stretches of sound were measured of each. In `vowel`,
# one of the eleven, that of "heed", is the anomaly. Which row is most like a given one?

# %%
vowel = data.load("vowel")
_, places = NearestNeighbors(n_neighbors=2).fit(vowel.x).kneighbors(vowel.x)
nearest = places[:, 1]  # the first is the row itself
same_speaker = vowel.groups == vowel.groups[nearest]
same_vowel = vowel.classes == vowel.classes[nearest]
claim(
    "For more than 95 % of the rows the nearest other row has the same speaker and vowel",
    np.mean(same_speaker & same_vowel) > 0.95,  # seen: 98 %
)

# %% [markdown]
# The six rows of one sound are close to copies. Cut at random by rows, nearly every normal test row has a sister in the
# training part. A user, however, is a *new* speaker. `data.split` therefore keeps all rows of a **group**, here a speaker, in one part;
# `by="rows"` cuts through the groups all the same.
#
# **Predict first.** What will the nearest neighbour, the distance to the most similar training row, lose by speaker? And the Isolation Forest?


# %%
def nearest_neighbour(x_train, x, seed):
    distances, _ = NearestNeighbors(n_neighbors=1).fit(x_train).kneighbors(x)
    return distances[:, 0]


# %%
pair = {"nearest neighbour": nearest_neighbour, "Isolation Forest": isolation_forest}
by_rows, by_speaker = {}, {}
for name, detector in pair.items():  # two splits of the same rows
    by_rows[name] = aucs(vowel, detector, StandardScaler(), by="rows")
    by_speaker[name] = aucs(vowel, detector, StandardScaler(), by="groups")

# %% tags=["fold"]
# Draw the AUCs by rows and by speaker
dots = {}
for name in pair:
    dots[f"{name}, by rows"] = by_rows[name]
    dots[f"{name}, by speaker"] = by_speaker[name]
plots.dots(
    dots,
    title="Split by rows, the nearest neighbour looks nearly perfect",
    xlabel="ROC AUC on vowel, five splits",
    description=(
        "A dot is one split, the diamond the mean of five. The nearest neighbour is close to 1 by rows and about .8, widely spread, by speaker; "
        "the Isolation Forest is a little above .9 both ways."
    ),
)

# %% [markdown]
# How much is lost, and who wins?

# %%
fall = by_rows["nearest neighbour"].mean() - by_speaker["nearest neighbour"].mean()
ahead = by_rows["nearest neighbour"].mean() - by_rows["Isolation Forest"].mean()
behind = by_speaker["Isolation Forest"].mean() - by_speaker["nearest neighbour"].mean()
claim(
    "By speaker the nearest neighbour's mean AUC is lower by more than .08",
    fall > 0.08,  # seen: .18; on 25 other splits .12 to .19
)
claim(
    "By rows the nearest neighbour beats the Isolation Forest; by speaker it is the other way round",
    min(ahead, behind) > 0.01,  # seen: .03 and .14
)

# %% [markdown]
# Nothing was fitted on the test part, no row is there twice, yet the figure describes no detector that a new speaker
# meets. For this vowel the leak even picks the wrong winner. So ask of each table, before the split: *what belongs together?* Patients, machines, days, pages.
# The check is a line:

# %%
spoken = data.split(vowel, seed=0)
print("speakers in both parts:", np.intersect1d(spoken.groups_train, spoken.groups_test))

# %% [markdown]
# ## A leak that harms
#
# The best-known mistake: the scaler is fitted on *everything*, the anomalies of the test part
# included. **Predict first.** Will the AUC look better or worse than it is?

# %%
leaky = replace(repaired, x=StandardScaler().fit_transform(repaired.x))  # before the split!
leaked = [aucs(leaky, detectors[name], RAW).mean() for name in both]
rows = {"training part": filled["no holes"], "everything": leaked}
show_table(
    rows, ["scaler fitted on", *both], caption="Page blocks: mean AUC of five splits"
)

# %%
claim(
    "Fitting the scaler on everything lowers the AUC of autoencoder and 5 neighbours, by more than .005",
    np.all(np.subtract(filled["no holes"], leaked) > 0.005),
)  # seen: .014 to .027, .030

# %% [markdown]
# Did you expect a leak to flatter? See which column's standard deviation grows most when the anomalies are counted in.

# %%
stretch = repaired.x.std(axis=0, dtype=float) / parts.x_train.std(axis=0, dtype=float)
widest = stretch.argmax()
its_auc = roc_auc_score(parts.y_test, parts.x_test[:, widest])
print(
    blocks.feature_names[widest],
    stretch[widest].round(1),
    "times; its AUC alone",
    round(its_auc, 2),
)
claim(
    "Some column's standard deviation is more than five times as large, and this column alone has an AUC above .75",
    stretch[widest] > 5 and its_auc > 0.75,
)  # seen: 10 to 17, .87 to .88

# %% [markdown]
# The anomalies are extreme, so they widen the scale of a column that gives them away, and what
# is divided by a larger number looks more ordinary. On other data the same leak may do nothing, or flatter. The
# direction is not the point. *A figure from a leaky program describes a detector that you can never run*, since next week's anomalies
# are not there to be fitted on.
#
# A fitted scaler remembers its means. So one line finds this leak, today and whenever the code changes:


# %%
def fitted_on(scaler, x):
    return np.allclose(scaler.mean_, x.mean(axis=0, dtype=float))


# %% [markdown]
# It must fail for every other set of rows, even one of the same size.

# %%
other = data.split(repaired, seed=1)
claim(
    "The check passes for a scaler of the training part, and fails for one of everything and for one of as many other rows",
    fitted_on(StandardScaler().fit(parts.x_train), parts.x_train)
    and not fitted_on(StandardScaler().fit(repaired.x), parts.x_train)
    and not fitted_on(StandardScaler().fit(other.x_train), parts.x_train),
)

# %% [markdown]
# ### Exercise 01.6
# Seven programs. Which leak? (Exercises 01.4 and 01.5 stand in *Going deeper*.)
#
# - *A*: Fits a scaler on `x_train`, applies it to all three parts.
# - *B*: Fits a scaler on the whole table, then splits.
# - *C*: Divides pixels by 255, the largest value the camera can write, then splits.
# - *D*: Keeps one copy of each measurement that was entered twice, then splits.
# - *E*: Trains codes of 2, 4 and 8 numbers and keeps the one with the best AUC on `x_test`.
# - *F*: Trains on `x_train` and `x_calibration` together, then sets the threshold with the errors of `x_calibration`.
# - *G*: Splits a thousand heartbeats of ten patients at random, to find out what a new patient will get.
#
# Give a list of seven in the order A to G: True for a program that leaks, False for a clean one.

# %% tags=["exercise"]
# BEGIN SOLUTION
leaks = np.array([False, True, False, False, True, True, True])  # A to G
# END SOLUTION
check("01.6", leaks)

# %% [markdown]
# ## Remember
#
# 1. Look first: columns that belong together betray the rows that cannot be right.
# 2. `fit` sees the training part, a threshold the calibration part, and the test part serves neither; scaling is part of the model, and says that all columns count the same.
# 3. A leak may flatter, harm or do nothing. Do not guess: split by what belongs together, and leave checks in your code.
#
# ## Quiz
#
# **1. Your Isolation Forest works well on raw columns. A colleague swaps in an autoencoder and finds it poor. What do you ask first?**
# (a) How large its network is. (b) Whether the columns were scaled. (c) Whether it was trained for long.
#
# <details><summary>Answer</summary>
#
# **(b).** The forest cuts one column at a time and does not feel scales; a sum of squared differences over all columns does.
# (a) Size cannot mend an error that is nearly all area. (c) Nor can time.
#
# </details>
#
# **2. Scaling made the autoencoder worse on breast cancer. What follows?**
# (a) Never scale medical data. (b) Choose raw or scaled by the AUC on the test part. (c) The loudest columns happened to be the telling ones; know your columns, and scale when you do not.
#
# <details><summary>Answer</summary>
#
# **(c).** Unscaled data weigh columns by their units, and here the units were kind.
# (a) One table is no law. (b) That is a choice made on the test part: a leak, and without labelled anomalies not even possible.
#
# </details>
#
# **3. A scaler fitted on everything lowered our AUC. Is it then a cautious choice?**
# (a) Yes, the figure is on the safe side. (b) No, the figure is of a detector that cannot be run. (c) Yes, as long as the threshold keeps its promise.
#
# <details><summary>Answer</summary>
#
# **(b).** It needs next week's anomalies today. (a) The direction depends on the data; you cannot know it beforehand.
# (c) A promise kept on leaky data proves nothing.
#
# </details>
#
# **4. New rows arrive one by one. How do you scale a single new row?**
# (a) With its own mean and standard deviation. (b) With the scaler fitted on the training part. (c) Wait for a hundred rows and fit a scaler on them.
#
# <details><summary>Answer</summary>
#
# **(b).** The model learnt what the numbers mean on that scale. (a) That mixes heights with shares of black.
# (c) If all hundred are strange, they define what is ordinary.
#
# </details>

# %% [markdown]
# ## Going deeper
#
# ### Other scales, and a column that never changes
#
# **Min-max scaling** subtracts the smallest value of the column and divides by the range, largest minus smallest. **Robust
# scaling** subtracts the median and divides by the **interquartile range**, the width of the middle half of the sorted values.
#
# Suppose a column is constant in the training part: a sensor that always read 7. Its standard deviation and its range are 0,
# and 0 / 0 is `NaN`. Leave such a column out? No: on the day it reads 8,
# something has happened. scikit-learn divides by 1 in that case.

# %%
always_seven = np.full((100, 1), 7.0)
today = np.array([[7.0], [8.0]])
print(StandardScaler().fit(always_seven).transform(today).ravel())

# %% [markdown]
# The normal reading becomes 0 and the change stays visible.
#
# ### Exercise 01.4
# Write `min_max(x_train, x)`: a copy of `x` scaled with the smallest and largest values of `x_train`, column by column.
# Where a column of `x_train` is constant, divide by 1. A value of `x` outside the training range must
# come out below 0 or above 1: do not clip it.


# %% tags=["exercise"]
def min_max(x_train, x):
    # BEGIN SOLUTION
    smallest, largest = x_train.min(axis=0), x_train.max(axis=0)
    return (x - smallest) / np.where(largest > smallest, largest - smallest, 1)
    # END SOLUTION


check("01.4", min_max)

# %% [markdown]
# ### One bad row
#
# **Predict first.** Chance may put the row with the eccentricity of 500 into the training part, one among
# some 2500. By what factor does each measure of spread grow?

# %%
clean = parts.x_train[:, 3].astype(float)  # eccentricity
with_slip = np.append(clean, blocks.x[first, 3])


def interquartile_range(column):
    return np.percentile(column, 75) - np.percentile(column, 25)


# %% [markdown]
# Each measure, with the bad row over without it:

# %%
growth = {}
for measure in (np.ptp, np.std, interquartile_range):
    growth[measure.__name__] = measure(with_slip) / measure(clean)
show_table(growth, ["measure", "factor"], digits=2, caption="What one bad row does")

# %%
claim(
    "It widens the range by more than half, the standard deviation by more than a tenth, the interquartile range by less than 1 %",
    growth["ptp"] > 1.5 > growth["std"] > 1.1 and growth["interquartile_range"] < 1.01,
)  # seen: 1.9, 2.8; 1.18 to 1.26; below 1.005

# %% [markdown]
# (`ptp`, peak to peak, is largest minus smallest.) One bad row squeezes all others together under min-max scaling, less so under
# standardisation, and hardly under robust scaling. Would you have seen it in the AUC? Here the row is put into the training part of each split,
# once with the slip and once repaired.

# %%
from sklearn.preprocessing import MinMaxScaler


def auc_with(row, seed):
    """The AUC of 5 neighbours behind a min-max scaler, with this row added to the training part."""
    its = data.split(repaired, seed=seed)
    x_train = np.vstack([its.x_train, row])
    scaler = MinMaxScaler().fit(x_train)
    scores = five_neighbours(scaler.transform(x_train), scaler.transform(its.x_test), seed)
    return roc_auc_score(its.y_test, scores)


# %% [markdown]
# The difference is what the slip takes away.

# %%
lost = []
for seed in range(5):
    lost.append(auc_with(repaired.x[first], seed) - auc_with(blocks.x[first], seed))
print("AUC lost, five splits:", np.round(lost, 3))

# %%
claim(
    "On every split the bad row costs AUC, and less than .03",
    min(lost) > 0.002 and max(lost) < 0.03,
)

# %% [markdown]
# One row in some 2500, and you pay. Yet who would suspect a bad row behind an AUC of .95? Good figures do not prove good data.
#
# ### A hole that its own row fills
#
# A median knows nothing of the row it goes into. But a missing height is the area divided by the width: columns that belong together
# fill each other's holes. In this table five times one column is the product of two others.

# %%
products = [(2, 0, 1), (1, 3, 0), (7, 4, 2), (8, 5, 2), (7, 6, 9)]  # columns: a = b times c
for a, b, c in products:
    names = [blocks.feature_names[place] for place in (a, b, c)]
    print("{} = {} x {}".format(*names))


# %%
def fill_from_row(x):
    """A copy of x in which a hole is computed from the other two columns of its product, where both are there."""
    x = x.astype(float)
    for a, b, c in products * 3:  # three rounds: what one filled helps another
        x[:, a] = np.where(np.isnan(x[:, a]), x[:, b] * x[:, c], x[:, a])
        x[:, b] = np.where(np.isnan(x[:, b]), x[:, a] / x[:, c], x[:, b])
        x[:, c] = np.where(np.isnan(x[:, c]), x[:, a] / x[:, b], x[:, c])
    return x


# %% [markdown]
# How many holes does it fill?

# %%
from_row = replace(with_holes, x=fill_from_row(with_holes.x))
was_hole = np.isnan(with_holes.x)
print(f"holes that the row fills: {np.mean(~np.isnan(from_row.x[was_hole])):.0%}")

# %% [markdown]
# The rest gets the medians of the training part, as before.

# %%
prepare = make_pipeline(SimpleImputer(strategy="median"), StandardScaler())
rows = {
    "no holes": scaled["5 nearest neighbours"].mean(),
    "medians": aucs(with_holes, five_neighbours, prepare).mean(),
    "own row, then medians": aucs(from_row, five_neighbours, prepare).mean(),
}
show_table(rows, ["filling", "AUC"], caption="5 nearest neighbours: mean AUC")

# %%
claim(
    "Medians cost more than .01 AUC, filling from the row less than a third of that",
    rows["no holes"] - rows["medians"] > 0.01
    and rows["no holes"] - rows["own row, then medians"]
    < (rows["no holes"] - rows["medians"]) / 3,
)  # seen: .025 to .029, and .002 to .003

# %% [markdown]
# Nothing is fitted here, so nothing can leak. Here what we know about the columns beats the medians.
#
# ### Copies: the leak that keeps its promise
#
# Two colleagues export the same table, and somebody joins the two files: every row stands there twice. Then comes the split.
# To see what is true, we first lay 1500 rows aside as *tomorrow*, which nobody touches.
#
# **Predict first.** The threshold comes from calibration rows. Will its promise of 5 % false alarms hold on the test part? And tomorrow?

# %%
from aelearn import thresholds


def joined_files(seed):
    """(a data set in which each row stands twice, rows of tomorrow, their labels)"""
    order = np.random.default_rng(seed).permutation(len(repaired.x))
    tomorrow, twice = order[:1500], np.tile(order[1500:], 2)
    x, y, classes = repaired.x[twice], repaired.y[twice], repaired.classes[twice]
    doubled = replace(repaired, x=x, y=y, classes=classes)
    return doubled, repaired.x[tomorrow], repaired.y[tomorrow]


# %%
def told_and_true(seed):
    """AUC and false-alarm rate on the test part, then the same tomorrow."""
    doubled, x_tomorrow, y_tomorrow = joined_files(seed)
    its = data.split(doubled, seed=seed)
    scaler = StandardScaler().fit(its.x_train)

    def scores(x):
        return nearest_neighbour(scaler.transform(its.x_train), scaler.transform(x), seed)

    threshold = thresholds.conformal(scores(its.x_calibration), 0.05)
    test, tomorrow = scores(its.x_test), scores(x_tomorrow)
    return [
        roc_auc_score(its.y_test, test),
        np.mean(test[its.y_test == 0] > threshold),
        roc_auc_score(y_tomorrow, tomorrow),
        np.mean(tomorrow[y_tomorrow == 0] > threshold),
    ]


# %% [markdown]
# What the test told, and what is true:

# %%
told = np.array([told_and_true(seed) for seed in range(5)]).mean(axis=0)
show_table(
    {"test part": told[:2], "tomorrow": told[2:]},
    ["rows", "AUC", "false alarms"],
    digits={"AUC": 3, "false alarms": 1},
    percent=["false alarms"],
    caption="Nearest neighbour, trained on joined files, 5 % false alarms promised",
)

# %%
claim("The AUC looks better by more than .015 than it is", told[0] - told[2] > 0.015)
claim(
    "The 5 % are kept within 2 points on the test part, and exceeded by half tomorrow",
    abs(told[1] - 0.05) < 0.02 and told[3] > 1.5 * 0.05,
)

# %% [markdown]
# This is a leak at its worst: the AUC is up, the promise is kept, every figure agrees with every other,
# and tomorrow there are far more false alarms. Calibration did not help, since calibration rows had
# their copies in the training part too.
#
# ### Exercise 01.5
# Write the check that finds this leak: `shared_rows(x_train, x_test)` returns *how many rows of `x_test`* are equal, in every column,
# to some row of `x_train`. (A loop over the rows of `x_test` is fine.)


# %% tags=["exercise"]
def shared_rows(x_train, x_test):
    # BEGIN SOLUTION
    return sum((x_train == row).all(axis=1).any() for row in x_test)
    # END SOLUTION


check("01.5", shared_rows)


# %%
def share_seen_before(its):
    seen = {row.tobytes() for row in its.x_train}
    return np.mean([row.tobytes() in seen for row in its.x_test[its.y_test == 0]])


# %% [markdown]
# In the joined files half of the rows have their copy in the training part. In ours?

# %%
doubled, _, _ = joined_files(seed=0)
in_doubled = share_seen_before(data.split(doubled, seed=0))
in_ours = share_seen_before(parts)
print(f"normal test rows seen in training: {in_ours:.1%}, joined files {in_doubled:.1%}")
claim(
    "Of our normal test rows fewer than 2 % were seen in training, of the joined files' more than 30 %",
    in_ours < 0.02 and in_doubled > 0.3,
)  # seen: .2 to .6 %, 49 to 51 %

# %% [markdown]
# Our few we leave in: small blocks are measured in whole pixels, so two of them can be equal by chance, and nobody noted which are one block entered twice. Known copies of one
# and the same measurement are dropped *before* the split.

# %% [markdown]
# ## Sources
#
# - S. Kaufman, S. Rosset, C. Perlich, O. Stitelman (2012), "Leakage in data mining: formulation, detection, and avoidance", ACM Transactions on Knowledge Discovery from Data 6(4), [doi:10.1145/2382577.2382579](https://doi.org/10.1145/2382577.2382579): what a leak is, and keeping learning apart from predicting.
# - S. Kapoor, A. Narayanan (2023), "Leakage and the reproducibility crisis in machine-learning-based science", Patterns 4(9), [doi:10.1016/j.patter.2023.100804](https://doi.org/10.1016/j.patter.2023.100804): eight kinds of leak, and the papers they spoilt.
# - F. T. Liu, K. M. Ting, Z.-H. Zhou (2008), "Isolation Forest", IEEE International Conference on Data Mining, 413-422, [doi:10.1109/ICDM.2008.17](https://doi.org/10.1109/ICDM.2008.17).
# - scikit-learn, [Common pitfalls and recommended practices](https://scikit-learn.org/stable/common_pitfalls.html): the same mistakes with a classifier, a model that learns from labelled samples of every kind.
#
# Next: **02 · Building an autoencoder**.
