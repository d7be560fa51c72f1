"""The glossary: every term of the course with its meaning, from notebooks/src/glossary.md.

An entry of that file:

    ## reconstruction error
    The mean squared difference between a sample and what the model makes of it.
    Lesson: 00
    Also called: anomaly score
    Everyday: yes

Lesson is the one that defines the term, 90 for the refresher. "Also called" lists other names, irregular plurals among them.
"Everyday: yes" marks a word that readers know in its plain sense too, such as "code": it may stand before its definition.

The build makes notebooks/99_glossary.ipynb from it, and in every lesson a link of each term's first **bold** use. The
link's target opens in JupyterLab; its title holds the meaning, which a pointer over the word shows on Colab too,
where a link from one notebook to another leads nowhere.
"""

import re
from dataclasses import dataclass

import lessons

PAGE = "99_glossary.ipynb"
BOLD = re.compile(r"(?<!\*)\*\*([^*]+)\*\*(?!\*)")
NO_TERM = re.compile(r"[.:?!,;\d($`]")  # in bold text that is a sentence, a heading or a key, and no term
INTRODUCTION = """\
# Glossary

Every term of the course, with the lesson that defines it. In the lessons, a term's first bold use links to its entry here.
This page is made from `notebooks/src/glossary.md`."""


@dataclass(frozen=True)
class Entry:
    """A term. lesson: two digits; others: its other names; everyday: whether it is a plain word as well."""

    term: str
    meaning: str
    lesson: str
    others: tuple
    everyday: bool

    @property
    def anchor(self):
        """The fragment of the entry's heading, as JupyterLab makes it."""
        return self.term.replace(" ", "-")

    @property
    def forms(self):
        """Every way to write the term, in lower case: its names, and the plural of each."""
        names = [name.lower() for name in (self.term, *self.others)]
        return {form for name in names for form in (name, *plurals(name))}


def plurals(name):
    yield name + "s"
    if name.endswith(("s", "x", "ch", "sh")):
        yield name + "es"
    if re.search(r"[^aeiou]y$", name):
        yield name[:-1] + "ies"


def read(path):
    """The entries of a glossary file, in its order; none where there is no such file."""
    if not path.exists():
        return []
    entries = []
    for block in re.split(r"^## ", path.read_text(encoding="utf8"), flags=re.MULTILINE)[1:]:
        term, _, body = block.partition("\n")
        fields = dict(re.findall(r"^(Lesson|Also called|Everyday): *(.+?) *$", body, re.MULTILINE))
        meaning = " ".join(re.sub(r"^(Lesson|Also called|Everyday):.*$", "", body, flags=re.MULTILINE).split())
        others = tuple(name.strip() for name in fields.get("Also called", "").split(",") if name.strip())
        entries.append(Entry(term.strip(), meaning, fields.get("Lesson", ""), others, "Everyday" in fields))
    return entries


def by_form(path):
    """{form: entry} for every form of every term."""
    return {form: entry for entry in read(path) for form in entry.forms}


def is_term(bold):
    """Whether bold text is meant as a term: up to four words without a stop or a digit."""
    return not NO_TERM.search(bold) and len(bold.split()) <= 4


def linked(texts, path, folder=""):
    """The markdown texts of a lesson, with the first bold use of each term as a link; folder: from the notebook to the page."""
    forms, done = by_form(path), set()

    def link(match):
        entry = forms.get(" ".join(match[1].lower().split()))
        if entry is None or entry.term in done:
            return match[0]
        done.add(entry.term)
        title = re.sub(r"[*`$\\]", "", entry.meaning).replace('"', "'")
        return f'[**{match[1]}**]({folder}{PAGE}#{entry.anchor} "{title}")'

    return [BOLD.sub(link, text) for text in texts]


def page(path, stems):
    """The glossary's markdown cells, one a letter. stems: of the lessons' notebooks, by number, for the links to them."""
    entries = sorted(read(path), key=lambda entry: entry.term.lower())
    letters = {}
    for entry in entries:
        stem = stems.get(entry.lesson)
        where = f"[Lesson {entry.lesson}]({stem}.ipynb)" if stem else f"Lesson {entry.lesson}"
        also = f" Also called: {', '.join(entry.others)}." if entry.others else ""
        text = f"### {entry.term}\n\n{entry.meaning}{also} ({where})"
        letters.setdefault(entry.term[0].upper(), []).append(text)
    return [INTRODUCTION, *("\n\n".join(texts) for texts in letters.values())]


# -- what is held ----------------------------------------------------------------------------


def faults_of_entries(path, numbers):
    """One line for each entry that does not say enough, or says it twice. numbers: of the lessons there are."""
    seen = {}
    for entry in read(path):
        if entry.lesson not in numbers:
            yield f"glossary: {entry.term} names lesson {entry.lesson!r}, and there is none"
        if len(entry.meaning.split()) < 4:
            yield f"glossary: {entry.term} has no meaning"
        for form in sorted(entry.forms):
            if seen.setdefault(form, entry.term) != entry.term:
                yield f"glossary: {form} is a name of {seen[form]} and of {entry.term}"


def prose(text):
    """A markdown text on one line, without headings, code, formulas and addresses."""
    text = re.sub(r"^#+ .*$", " ", text, flags=re.MULTILINE)
    text = re.sub(r"```.*?```|`[^`]*`|\$\$.*?\$\$|\$[^$]*\$|\]\([^)]*\)|<[^>]*>", " ", text, flags=re.DOTALL)
    return " ".join(text.split())


def bold_terms(source):
    """Every bold text of a lesson that is meant as a term, in order."""
    texts = [cell.text for cell in lessons.cells(source) if cell.kind == "markdown"]
    return [bold for text in texts for bold in BOLD.findall(prose(text)) if is_term(bold)]


def used_too_early(source, path, known):
    """The terms that a main part uses before it shows them in bold; its first cell, which says what is to come, may.

    known: terms of the lessons before; grows by this one's.
    """
    forms = by_form(path)
    waiting = {form: entry for form, entry in forms.items() if not entry.everyday}
    for cell in lessons.cells(source)[1:]:
        if cell.kind != "markdown" or cell.part != "main":
            continue
        text = prose(cell.text)
        shown = {match.start(1): match[1].lower() for match in BOLD.finditer(text)}
        names = sorted(waiting, key=len, reverse=True)
        pattern = rf"(?<![\w-])({'|'.join(map(re.escape, names))})(?![\w-])" if names else "(?!)"
        for match in re.finditer(pattern, text, re.IGNORECASE):
            entry = waiting[match[1].lower()]
            if entry.term in known:
                continue
            known.add(entry.term)
            if match.start(1) not in shown or shown[match.start(1)] not in entry.forms:
                yield entry.term
    known |= {forms[bold.lower()].term for bold in bold_terms(source) if bold.lower() in forms}


def faults(path=None):
    """One line for each term that is not in the glossary, or is used in a main part before it was defined or linked."""
    path = path or lessons.SOURCES / "glossary.md"
    numbers = [lessons.number(source) for source in lessons.sources()]
    yield from faults_of_entries(path, [*numbers, lessons.REFRESHER])
    forms, known = by_form(path), set()
    for source in lessons.sources():
        known |= {entry.term for entry in read(path) if entry.lesson < lessons.number(source)}
        for bold in dict.fromkeys(bold_terms(source)):
            if bold.lower() not in forms:
                yield f"{source.stem}: **{bold}** has no entry in the glossary"
        if lessons.number(source) != lessons.REFRESHER:
            for term in used_too_early(source, path, known):
                yield f"{source.stem}: {term} is used before it is defined or linked; show its first use in bold"
