"""What a reader does in JupyterLab, done: run a lesson, answer, ask for a hint, begin in the middle, take the wrong kernel."""

import secrets

import pytest
from lab_in_browser import code_cells, index_of

LESSONS = {
    "00": "00_start_here.ipynb",
    "04": "04_from_error_to_decision.ipynb",
    "09": "09_one_class_svm_and_simple_baselines.ipynb",
    "13": "13_broken_on_purpose.ipynb",
}


def with_last_cell(source):
    """An edit: the reader's own cell at the end."""
    cell = {"cell_type": "code", "id": "mine", "metadata": {}, "source": source, "outputs": [], "execution_count": None}
    return lambda notebook: notebook["cells"].append(cell)


@pytest.mark.parametrize("number", LESSONS)
def test_a_lesson_runs_from_top_to_bottom(open_lesson, number):
    a, b = secrets.randbelow(10**6) + 10**6, secrets.randbelow(10**6) + 10**6
    lesson = open_lesson(LESSONS[number], edit=with_last_cell(f"print({a} * {b})"))
    lesson.screenshot(f"{number}_opened")
    assert lesson.page.locator(".jp-Dialog, .Toastify__toast").count() == 0, "something lies over the lesson"
    lesson.run_all()
    assert lesson.output(len(lesson.read()["cells"]) - 1).strip() == str(a * b)  # which only this run can print
    notebook = lesson.save()
    cells = code_cells(notebook)
    assert [cell["execution_count"] for cell in cells] == list(range(1, len(cells) + 1))
    outputs = [output for cell in cells for output in cell["outputs"]]
    assert not [output for output in outputs if output["output_type"] == "error" or output.get("name") == "stderr"]
    assert notebook["metadata"]["kernelspec"]["name"] == "python3"
    look_at_pictures(lesson, number, outputs)


def look_at_pictures(lesson, number, outputs):
    """Every picture in the page has its description as alternative text, and is read aloud once."""
    descriptions = [
        "".join(output["data"]["text/plain"])
        for output in outputs
        if "<img" in str(output.get("data", {}).get("text/html"))
    ]
    pictures = lesson.page.locator(".jp-OutputArea figure img")
    assert pictures.count() == len(descriptions) > 0
    assert [pictures.nth(k).get_attribute("alt") for k in range(len(descriptions))] == descriptions
    captions = lesson.page.locator(".jp-OutputArea figcaption[aria-hidden=true]")
    assert captions.all_text_contents() == descriptions
    pictures.first.scroll_into_view_if_needed()
    assert pictures.first.evaluate("picture => picture.complete && picture.naturalWidth > 300")
    lesson.screenshot(f"{number}_picture")


def test_an_exercise_says_what_is_wrong_gives_a_hint_and_says_when_it_is_right(open_lesson):
    lesson = open_lesson(LESSONS["00"])
    exercise = index_of(lesson.read(), 'check("00.1"')
    for index in range(exercise):
        if lesson.read()["cells"][index]["cell_type"] == "code":
            lesson.cell(index).click()
            lesson.page.keyboard.press("Escape")
            lesson.page.keyboard.press("Control+Enter")
            lesson.page.wait_for_timeout(500)
            lesson.wait_until_idle()
    answer = 'share_of_anomalies = {}\ncheck("00.1", share_of_anomalies)'
    assert "not tried yet" in lesson.write_and_run(exercise, answer.format("..."))
    assert "how many anomalies" in lesson.write_and_run(exercise, answer.format("digits.y.sum()"))
    lesson.screenshot("00_wrong")
    lesson.picture_of_cells(exercise - 2, exercise, "readme_exercise")  # docs/exercise.png
    hinted = lesson.write_and_run(exercise, answer.format("1 - digits.y.mean()") + '\nhint("00.1")')
    assert "label 1 is the anomaly" in hinted and len(hinted.splitlines()) > 1
    lesson.screenshot("00_hint")
    said = lesson.write_and_run(exercise, answer.format("digits.y.mean()"))
    assert "✔" in said and "✘" not in said
    lesson.screenshot("00_right")


def test_a_link_to_the_glossary_opens_it_beside_the_lesson(open_lesson):
    lesson = open_lesson(LESSONS["00"])
    lesson.cell(0).get_by_role("link", name="glossary", exact=True).click()
    lesson.page.locator(".lm-TabBar-tabLabel", has_text="99_glossary.ipynb").wait_for(timeout=20_000)


def test_an_exercise_that_is_run_first_says_what_is_missing(open_lesson):
    lesson = open_lesson(LESSONS["04"])
    exercise = index_of(lesson.read(), 'check("04.2"')
    source = "".join(lesson.read()["cells"][exercise]["source"])
    said = lesson.write_and_run(exercise, source)
    assert (
        "NameError: name 'check' is not defined: if the lesson defines it, run the cells above this one first" in said
    )
    lesson.screenshot("04_exercise_first")


def test_a_kernel_without_the_package_says_which_to_choose(open_lesson):
    def in_bare_kernel(notebook):
        notebook["metadata"]["kernelspec"] = {"name": "bare", "display_name": "Of the user's own", "language": "python"}

    lesson = open_lesson(LESSONS["00"], edit=in_bare_kernel)
    lesson.run_all()
    said = lesson.output(index_of(lesson.read(), "find_spec"))
    assert "has no aelearn; choose the course's kernel at the top right of this notebook" in said
    lesson.screenshot("00_wrong_kernel")


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 400])
def test_a_lesson_can_be_read_in_both_themes_and_on_a_narrow_screen(open_lesson, theme, width):
    lesson = open_lesson(LESSONS["00"], theme=theme)
    assert lesson.page.locator("body").get_attribute("data-jp-theme-light") == str(theme == "light").lower()
    lesson.run_all()
    lesson.save()
    lesson.page.set_viewport_size({"width": width, "height": 900})
    lesson.open()
    if width < 760:
        lesson.page.keyboard.press("Control+b")  # the list of files would leave too little room
    lesson.screenshot(f"{theme}_{width}_top")
    assert lesson.page.locator(".jp-Notebook").bounding_box()["width"] > 0.6 * width, "too narrow to read"
    for name, place in {"picture": "figure img", "table": "table", "claim": "[role=status]"}.items():
        shown = lesson.page.locator(f".jp-OutputArea {place}").first
        shown.scroll_into_view_if_needed()
        lesson.screenshot(f"{theme}_{width}_{name}")
        box = shown.bounding_box()
        assert box["x"] >= 0 and box["x"] + box["width"] <= width, f"the {name} is cut off"
