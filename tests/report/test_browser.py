"""The report page in a real browser: sorting, filtering, sources of numbers, copies, themes, widths, contrast."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from conftest import simulate

from xstilts.report.contents import Contents
from xstilts.report.page import write_report
from xstilts.samples import schema

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
DRIVER = shutil.which("chromedriver")
pytestmark = pytest.mark.skipif(
    not (CHROMIUM and DRIVER), reason="there is no Chromium with its chromedriver here; apt: chromium chromium-driver"
)
HOSTILE = "<script>window.hacked = 1</script>"
OVERVIEW = "table.matrix[data-span=targets][data-shows=difference]"
# Contrast of all text that is in sight with what is behind it, as WCAG 2.1 defines it; text below 4.5 is returned.
CONTRAST = """
const parse = (text) => {
  const numbers = text.match(/[\\d.]+/g).map(Number);
  const srgb = text.startsWith('color(srgb');
  return [...numbers.slice(0, 3).map((n) => srgb ? n : n / 255), numbers[3] ?? 1];
};
const luminance = ([r, g, b]) => [r, g, b].map((c) => c <= .03928 ? c / 12.92 : ((c + .055) / 1.055) ** 2.4)
  .reduce((sum, c, at) => sum + c * [.2126, .7152, .0722][at], 0);
const behind = (element) => {
  for (let at = element; at; at = at.parentElement) {
    const color = parse(getComputedStyle(at).backgroundColor);
    if (color[3] > .99) return color;
  }
  return [1, 1, 1];
};
const low = [];
for (const element of document.querySelectorAll('body *')) {
  const own = [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim());
  if (!own || !element.checkVisibility() || ['SCRIPT', 'STYLE'].includes(element.tagName)) continue;
  const style = getComputedStyle(element);
  const color = parse(element instanceof SVGElement ? style.fill : style.color);
  const [a, b] = [luminance(color), luminance(behind(element))].sort((x, y) => y - x);
  const ratio = (a + .05) / (b + .05);
  if (ratio < 4.5) low.push(`${element.tagName}.${element.className.baseVal ?? element.className} ${ratio.toFixed(2)}`);
}
return [...new Set(low)];
"""


def sample(language: str, recipe: str, prediction: str, points: float) -> dict[str, Any]:
    names = {"encoder": "xlmr", "recipe": recipe, "target": "xquad", "language": language, "split": "test", "id": "q1"}
    texts = json.dumps([["question", HOSTILE], ["context", "اشترت آنا المصباح"]])
    return {**names, "texts": texts, "gold": "آنا", "prediction": prediction, "points": points, "stage": "", "seed": 1}


@pytest.fixture(scope="module")
def contents() -> Contents:
    """Six recipes, one with a hostile name, and samples in Arabic."""
    table = simulate(examples=100)
    table = table.with_columns(language=pl.col("language").replace("tr", "ar"))
    copies = {"nli": ("other", HOSTILE), "squad": ("more",)}
    table = pl.concat(
        [table]
        + [
            table.filter(pl.col("recipe") == recipe).with_columns(recipe=pl.lit(name))
            for recipe, names in copies.items()
            for name in names
        ]
    )
    samples = [
        sample("ar", "nli", "آنا", 100.0),
        sample("ar", "squad", HOSTILE, 0.0),
        sample("de", "nli", "Anna", 50.0),
    ]
    study = {"name": f"Simulated {HOSTILE}", "question": "Does it help?", "recipes": {}, "long": "word" * 100}
    return Contents.of(table, study, draws=50, samples=pl.DataFrame(samples, schema=schema()))


@pytest.fixture(scope="module")
def address(contents: Contents, tmp_path_factory: pytest.TempPathFactory) -> str:
    path = tmp_path_factory.mktemp("browser") / "report.html"
    write_report(contents, path)
    return path.as_uri()


@pytest.fixture(scope="module")
def heavy(contents: Contents, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The same page, written as if it were too large to be built at once, and all its folds closed."""
    path = tmp_path_factory.mktemp("heavy") / "report.html"
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("xstilts.report.page.MOST_AT_ONCE", 0)
        patched.setattr("xstilts.report.page.WORTH_KEEPING", 1)
        patched.setattr("xstilts.report.chapters._FEW", 0)
        write_report(contents, path)
    return path.as_uri()


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    from selenium.webdriver import Chrome
    from selenium.webdriver.chrome.options import Options
    from selenium.webdriver.chrome.service import Service

    options = Options()
    options.binary_location = str(CHROMIUM)
    for argument in ("--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--window-size=1280,900"):
        options.add_argument(argument)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    driver = Chrome(options=options, service=Service(DRIVER))
    try:
        driver.execute_cdp_cmd(
            "Browser.grantPermissions", {"permissions": ["clipboardReadWrite", "clipboardSanitizedWrite"]}
        )
        yield driver
    finally:
        driver.quit()


@pytest.fixture
def page(browser: Any, address: str) -> Iterator[Any]:
    """The page, newly opened in the light theme at the width of a desk; nothing may have gone wrong in the end."""
    emulate(browser, "light", 1280)
    browser.get(address)
    browser.execute_script("localStorage.clear()")
    browser.refresh()
    yield browser
    assert browser.get_log("browser") == []
    assert browser.execute_script("return window.hacked") is None


def emulate(browser: Any, theme: str, width: int) -> None:
    media = {"features": [{"name": "prefers-color-scheme", "value": theme}]}
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", media)
    metrics = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": False}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)


def brought(page: Any, selector: str) -> Any:
    """An element of the page in sight, its table with its tools."""
    element = page.find_element("css selector", selector)
    page.execute_script("arguments[0].scrollIntoView({block: 'center'})", element)
    waited(page, "return !!arguments[0].closest('.tool')?.dataset.ready || !arguments[0].closest('.tool')", element)
    return element


def waited(page: Any, script: str, *arguments: Any) -> Any:
    from selenium.webdriver.support.ui import WebDriverWait

    return WebDriverWait(page, 20).until(lambda driver: driver.execute_script(script, *arguments))


def recipes(table: Any) -> list[str]:
    return [row.text for row in table.find_elements("css selector", "tbody tr:not([hidden]) th")]


def test_a_click_on_a_heading_sorts_by_number_and_another_one_turns_the_order(page):
    table = brought(page, OVERVIEW)
    values = (
        "return [...arguments[0].querySelectorAll('tbody tr')].map((row) => parseFloat(row.cells[1].firstChild.data))"
    )
    header = table.find_elements("css selector", "thead th")[1]
    header.find_element("css selector", "button").click()
    falling = page.execute_script(values, table)
    assert falling == sorted(falling, reverse=True)
    assert header.get_attribute("aria-sort") == "descending"
    assert len(set(falling)) > 1
    header.find_element("css selector", "button").click()
    assert page.execute_script(values, table) == sorted(falling)
    assert header.get_attribute("aria-sort") == "ascending"


def test_headings_are_buttons_for_the_keyboard(page):
    table = brought(page, OVERVIEW)
    button = table.find_element("css selector", "thead th button")
    page.execute_script("arguments[0].focus()", button)
    button.send_keys("\ue007")  # enter
    assert recipes(table) == sorted(recipes(table), key=str.lower)
    assert len(recipes(table)) == 5


def test_the_filter_hides_rows_that_lack_what_is_typed(page):
    table = brought(page, OVERVIEW)
    box = page.execute_script("return arguments[0].closest('.tool').querySelector('input')", table)
    box.send_keys("SQ")
    assert recipes(table) == ["squad"]
    box.clear()
    box.send_keys("none has this")
    assert recipes(table) == []


def test_a_cell_that_is_pointed_at_names_the_rows_that_it_comes_from(page):
    from selenium.webdriver import ActionChains

    cell = brought(page, "table.matrix[data-span='test set'][data-shows=difference] tbody td:nth-child(4)")
    ActionChains(page).move_to_element(cell).perform()
    tip = waited(page, "const tip = document.getElementById('tip'); return tip.hidden ? null : tip.innerText")
    assert "Difference from direct" in tip
    assert "Mean over seeds 1, 2" in tip
    assert "100 examples per test set" in tip
    assert "4 rows of results.parquet" in tip
    assert 'encoder = "xlmr", recipe = "nli", target = "xquad", language = "de", split = "test"' in tip


def test_arrow_keys_go_from_cell_to_cell_and_show_sources(page):
    table = brought(page, OVERVIEW)
    cell = table.find_element("css selector", "tbody td[tabindex='0']")
    page.execute_script("arguments[0].focus()", cell)
    cell.send_keys("\ue014")  # right
    page.switch_to.active_element.send_keys("\ue015")
    row, column = page.execute_script(
        "const at = document.activeElement; return [at.parentNode.rowIndex, at.cellIndex]"
    )
    assert (row, column) == (2, 2)
    tip = page.find_element("id", "tip")
    assert tip.is_displayed()
    assert 'target = "xquad"' in tip.text
    page.switch_to.active_element.send_keys("\ue00c")  # escape
    assert not tip.is_displayed()


@pytest.mark.parametrize(
    ("name", "begin", "line"),
    [
        ("LaTeX", "\\begin{tabular}{lrrrr}\n\\toprule\nrecipe & mean & xquad & panx & tatoeba \\\\", "nli & "),
        ("Markdown", "| recipe | mean | xquad | panx | tatoeba |\n| --- | ---: | ---: | ---: | ---: |", "| nli | "),
        ("CSV", "recipe,mean,xquad,panx,tatoeba\n", 'nli,"'),
    ],
)
def test_a_table_is_copied_as_it_is_shown(page, name, begin, line):
    table = brought(page, OVERVIEW)
    buttons = page.execute_script("return [...arguments[0].closest('.tool').querySelectorAll('.bar button')]", table)
    next(button for button in buttons if button.text == name).click()
    waited(page, "return document.querySelector('.said')?.textContent === arguments[0]", f"Copied as {name}")
    copied = page.execute_async_script("navigator.clipboard.readText().then(arguments[0])")
    assert copied.startswith(begin)
    row = next(text for text in copied.split("\n") if text.startswith(line))
    shown = table.find_element("css selector", "tbody tr td").text.replace("▲", "").split("\n")
    value = " ".join(shown).strip()
    assert (value if name != "LaTeX" else value.replace("−", "$-$")) in row


def test_the_theme_follows_the_system_until_it_is_chosen_and_is_kept(page):
    color = "return getComputedStyle(document.documentElement).backgroundColor"
    light = page.execute_script(color)
    emulate(page, "dark", 1280)
    dark = page.execute_script(color)
    assert light != dark
    page.find_element("id", "theme").click()
    assert page.execute_script(color) == light
    page.find_element("id", "theme").click()
    emulate(page, "light", 1280)
    assert page.execute_script(color) == dark
    page.refresh()
    assert page.find_element("id", "theme").text == "Theme: dark"
    assert page.execute_script(color) == dark


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_all_text_has_enough_contrast_and_nothing_is_wider_than_a_phone(page, theme):
    emulate(page, theme, 390)
    page.execute_script("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
    wide, room = page.execute_script("const at = document.documentElement; return [at.scrollWidth, at.clientWidth]")
    assert wide <= room <= 390
    assert page.execute_script(CONTRAST) == []
    page.execute_script("document.documentElement.style.setProperty('--quiet', '#777')")
    assert len(page.execute_script(CONTRAST)) > 3  # it would have been noticed


def test_samples_show_gold_and_verdicts_from_right_to_left_where_it_is_written_so(page):
    page.execute_script("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
    arabic = page.find_element("css selector", ".sample dd[lang=ar]")
    assert page.execute_script("return getComputedStyle(arguments[0]).direction", arabic) == "rtl"
    assert arabic.text == HOSTILE
    german = page.find_element("css selector", ".sample dd[lang=de]")
    assert page.execute_script("return getComputedStyle(arguments[0]).direction", german) == "ltr"
    marks = [mark.text for mark in page.find_elements("css selector", ".sample .mark")]
    assert marks == ["right", "wrong", "partly right"]


def test_a_link_to_something_folded_unfolds_it(page, address):
    page.execute_script("document.querySelectorAll('details').forEach((one) => { one.open = false; })")
    page.get(f"{address}#set-1")
    assert waited(page, "return document.getElementById('set-1').open")


# All text of the page but for the tools that the script adds to tables.
TEXT = """
const main = document.querySelector('main').cloneNode(true);
main.querySelectorAll('.bar').forEach((bar) => bar.remove());
return main.textContent.replace(/\\s+/g, ' ');
"""
KEPT = "return document.querySelectorAll('details > noscript').length"
# The browser is kept busy, so that nothing is built unless it is asked for.
BUSY = "self.requestIdleCallback = () => 0"


def opened_busy(page: Any, address: str) -> None:
    """Opens a page in a browser that never has the time to build what is in closed folds."""
    script = page.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", {"source": BUSY})
    page.get(address)
    page.execute_cdp_cmd("Page.removeScriptToEvaluateOnNewDocument", script)


def test_a_large_page_is_small_at_first_and_in_the_end_says_all_that_it_would_have_said(page, heavy):
    page.get("about:blank")
    opened_busy(page, heavy)
    count = "return document.querySelectorAll('*').length"
    at_first, kept = page.execute_script(count), page.execute_script(KEPT)
    assert kept > 3
    page.get("about:blank")
    page.get(heavy)
    waited(page, KEPT.replace(".length", ".length === 0"))
    assert page.execute_script(count) > 2 * at_first
    assert page.execute_script(TEXT) == in_full(heavy)


def in_full(address: str) -> str:
    """The text of the page's main part as one who knows no scripts reads it."""
    from html.parser import HTMLParser
    from urllib.parse import unquote, urlparse

    pieces: list[str] = []
    reader = HTMLParser()
    reader.handle_data = pieces.append  # type: ignore[method-assign]
    source = Path(unquote(urlparse(address).path)).read_text(encoding="utf-8")
    reader.feed(source.split('<main id="main">')[1].split("</main>")[0])
    return re.sub(r"\s+", " ", "".join(pieces))


def test_a_fold_of_a_large_page_is_built_when_it_is_opened_and_has_the_same_tools(page, heavy):
    opened_busy(page, heavy)
    kept = page.execute_script(KEPT)
    fold = page.find_element("css selector", "#set-1")
    assert not fold.find_elements("css selector", "table")
    # By script: what stands above takes its size when it is first seen, and may push the heading below the bar.
    page.execute_script("arguments[0].click()", fold.find_element("css selector", "summary"))
    waited(page, "return arguments[0].querySelectorAll('table').length > 1", fold)
    assert page.execute_script(KEPT) == kept - 1
    table = brought(page, "#set-1 table[data-shows=score]")
    table.find_elements("css selector", "thead button")[1].click()
    values = page.execute_script(
        "return [...arguments[0].tBodies[0].rows].map((row) => parseFloat(row.cells[1].firstChild.data))", table
    )
    assert values == sorted(values, reverse=True)
    page.execute_script("arguments[0].focus()", table.find_element("css selector", "tbody td"))
    assert 'target = "panx"' in page.find_element("id", "tip").text


def test_what_is_linked_to_or_printed_of_a_large_page_is_built(page, heavy):
    opened_busy(page, f"{heavy}#set-0")
    assert page.execute_script(
        "const at = document.getElementById('set-0'); return at.open && !!at.querySelector('table')"
    )
    assert page.execute_script(KEPT) > 0
    page.execute_script("dispatchEvent(new Event('beforeprint'))")
    assert page.execute_script(KEPT) == 0
    assert page.execute_script("return document.querySelectorAll('details:not([open])').length") == 0
    page.execute_script("dispatchEvent(new Event('afterprint'))")
    assert page.execute_script("return document.querySelectorAll('details:not([open])').length") > 0


def test_without_scripts_a_large_page_has_every_table(browser, heavy):
    def tables() -> list[str]:
        return [one.get_attribute("textContent") for one in browser.find_elements("css selector", "table caption")]

    browser.get(heavy)
    waited(browser, KEPT.replace(".length", ".length === 0"))
    wanted = tables()
    browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": True})
    try:
        browser.get(heavy)
        assert tables() == wanted
        assert len(wanted) > 8
    finally:
        browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": False})
