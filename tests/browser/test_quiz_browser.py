"""Las preguntas en la página del libro, abierta desde el disco: ratón, teclado, avance guardado y sin guardar."""

import pytest
from conftest import SIZES, VIEWS, PageFactory
from playwright.sync_api import Locator, Page, expect
from test_pages import AXE, OVERFLOW, settle, violations

from labcode import quiz

CHAPTER = "05_l2"
KEY = f"labcode.quiz.{CHAPTER}"
ASKED = quiz.questions(CHAPTER)
RIGHT = [next(i for i, option in enumerate(question.options) if option.correct) for question in ASKED]
WRONG = [next(i for i, option in enumerate(question.options) if not option.correct) for question in ASKED]


def element(page: Page) -> Locator:
    """El elemento de preguntas, ya despierto."""
    root = page.locator('[data-explorer="quiz"]')
    expect(root).to_have_attribute("data-ready", "true", timeout=10_000)
    return root


def card(root: Locator, number: int) -> Locator:
    """La tarjeta de una pregunta, contando desde 0."""
    return root.locator("form").nth(number)


def answer(root: Locator, number: int, option: int) -> None:
    """Elige una opción y la comprueba."""
    card(root, number).get_by_role("radio").nth(option).check()
    card(root, number).get_by_role("button", name="Comprobar").click()


def comments(root: Locator, number: int) -> int:
    """Cuántos comentarios se leen en una tarjeta."""
    return card(root, number).locator(".rc-comment p").count()


@SIZES
def test_a_wrong_answer_is_explained_and_tried_again(page: PageFactory, size):
    root = element(page(CHAPTER, size=size))
    first = card(root, 0)
    expect(root.get_by_text(f"0 de {len(ASKED)} respondidas")).to_be_visible()
    first.get_by_role("button", name="Comprobar").click()
    expect(first.get_by_text("Elijan primero una opción.")).to_be_visible()
    answer(root, 0, WRONG[0])
    expect(first.locator("[data-state=wrong] .rc-mark")).to_have_text("✗")
    expect(first.locator("[aria-live=polite]").nth(WRONG[0])).to_contain_text("Opción incorrecta. No")
    assert comments(root, 0) == 1
    first.get_by_role("button", name="Comprobar").click()
    expect(first.get_by_text("Esa ya la probaron")).to_be_visible()
    answer(root, 0, RIGHT[0])
    expect(first.locator("[data-state=right] .rc-mark")).to_have_text("✓")
    expect(first.locator("[data-state=right]")).to_contain_text("Opción correcta. Sí")
    expect(root.get_by_text(f"1 de {len(ASKED)} respondidas")).to_be_visible()
    expect(first.get_by_role("radio").first).to_be_disabled()
    more = first.get_by_role("button", name="Leer los otros comentarios")
    expect(more).to_be_focused()
    more.click()
    assert comments(root, 0) == len(ASKED[0].options)
    first.get_by_role("button", name="Ocultar los otros comentarios").click()
    assert comments(root, 0) == 2


def test_choosing_in_one_card_survives_an_answer_in_another(page: PageFactory):
    root = element(page(CHAPTER))
    card(root, 3).get_by_role("radio").nth(1).check()
    answer(root, 0, RIGHT[0])
    expect(card(root, 3).get_by_role("radio").nth(1)).to_be_checked()


def test_the_focus_stays_in_the_card_when_nothing_is_left_to_read(page: PageFactory):
    root = element(page(CHAPTER))
    for option in [*(i for i in range(len(ASKED[0].options)) if i != RIGHT[0]), RIGHT[0]]:
        answer(root, 0, option)
    expect(card(root, 0).locator("legend")).to_be_focused()
    assert comments(root, 0) == len(ASKED[0].options) and card(root, 0).get_by_role("button").count() == 0


def test_the_keyboard_is_enough(page: PageFactory):
    opened = page(CHAPTER)
    root = element(opened)
    options = card(root, 0).get_by_role("radio")
    options.first.focus()
    opened.keyboard.press("Space")
    for _ in range(RIGHT[0]):
        opened.keyboard.press("ArrowDown")
    expect(options.nth(RIGHT[0])).to_be_checked()
    row = card(root, 0).locator(".rc-answer-row").nth(RIGHT[0])
    assert row.evaluate("(e) => [getComputedStyle(e).outlineStyle, getComputedStyle(e).outlineWidth]") == ["solid", "3px"]
    opened.keyboard.press("Enter")
    expect(card(root, 0).locator("[data-state=right]")).to_be_visible()
    expect(card(root, 0).get_by_role("button", name="Leer los otros comentarios")).to_be_focused()
    opened.keyboard.press("Enter")
    assert comments(root, 0) == len(ASKED[0].options)
    opened.keyboard.press("Tab")
    assert opened.evaluate("() => document.activeElement.name") == card(root, 1).get_by_role("radio").first.get_attribute("name")


def test_the_score_and_what_to_look_at_again(page: PageFactory):
    root = element(page(CHAPTER))
    expect(root.locator(".rc-score")).to_be_hidden()
    for number in range(len(ASKED)):
        if number in (1, 3):
            answer(root, number, WRONG[number])
        answer(root, number, RIGHT[number])
    expect(root.locator(".rc-score")).to_contain_text(f"{len(ASKED) - 2} de {len(ASKED)} a la primera")
    root.get_by_role("button", name="Ir a la pregunta 4").click()
    expect(card(root, 3).locator("legend")).to_be_focused()
    expect(card(root, 3).locator("legend")).to_be_in_viewport()
    root.get_by_role("button", name="Empezar de nuevo").click()
    expect(root.locator(".rc-score")).to_be_hidden()
    expect(root.get_by_text(f"0 de {len(ASKED)}")).to_be_visible()
    root.get_by_role("button", name="Deshacer").click()
    expect(root.get_by_text(f"{len(ASKED)} de {len(ASKED)}").first).to_be_visible()


def test_a_reload_keeps_the_progress_and_the_page_sends_nothing(page: PageFactory):
    opened = page(CHAPTER)
    root = element(opened)
    answer(root, 0, WRONG[0])
    answer(root, 2, RIGHT[2])
    opened.reload()
    root = element(opened)
    expect(root.get_by_text(f"1 de {len(ASKED)} respondidas")).to_be_visible()
    assert (comments(root, 0), comments(root, 1), comments(root, 2)) == (1, 0, 1)
    expect(card(root, 0).get_by_role("button", name="Comprobar")).to_be_visible()
    expect(card(root, 2).get_by_role("radio").nth(RIGHT[2])).to_be_checked()
    root.get_by_role("button", name="Empezar de nuevo").click()
    opened.reload()
    expect(element(opened).get_by_text(f"0 de {len(ASKED)} respondidas")).to_be_visible()
    assert opened.evaluate("() => location.hash") == ""


@pytest.mark.parametrize("saved", ["{", "[[1]]", "null", '{"x": 3}', '{"__proto__": []}', "9" * 5000])
def test_a_spoilt_progress_is_ignored(page: PageFactory, saved):
    opened = page(CHAPTER)
    opened.evaluate("([key, text]) => localStorage.setItem(key, text)", [KEY, saved])
    opened.reload()
    root = element(opened)
    expect(root.get_by_text(f"0 de {len(ASKED)} respondidas")).to_be_visible()
    answer(root, 0, RIGHT[0])
    expect(root.get_by_text(f"1 de {len(ASKED)} respondidas")).to_be_visible()


def test_a_browser_that_saves_nothing_still_asks(page: PageFactory):
    opened = page(CHAPTER)
    root = element(opened)
    opened.evaluate("() => Object.defineProperty(window, 'localStorage', { get() { throw new DOMException('no', 'SecurityError'); } })")
    answer(root, 0, RIGHT[0])
    expect(root.get_by_text(f"1 de {len(ASKED)} respondidas")).to_be_visible()
    expect(root.get_by_text("no deja guardar el avance")).to_be_visible()


def test_formulas_are_typeset_also_in_a_comment(page: PageFactory):
    opened = page(CHAPTER, formulas=True)
    root = element(opened)
    settle(opened)
    live = root.locator(".rc-quiz")
    expect(live.locator("mjx-container").first).to_be_attached()
    number = next(i for i, question in enumerate(ASKED) if "$" in question.options[RIGHT[i]].feedback)
    answer(root, number, RIGHT[number])
    expect(card(root, number).locator(".rc-comment mjx-container").first).to_be_visible()
    assert live.locator("mjx-merror").count() == 0
    left = live.evaluate("(e) => [...e.querySelectorAll('.rc-tex')].filter((span) => !span.querySelector('mjx-container')).length")
    assert left == 0 and "\\(" not in live.inner_text()


def test_without_mathjax_nor_storage_it_reads_well(page: PageFactory):
    opened = page(CHAPTER)
    source = opened.evaluate("() => window.labcodeExplorers.quiz")
    opened.goto("about:blank")
    seen = opened.evaluate(
        """async (source) => {
          const module = await import(URL.createObjectURL(new Blob([source], { type: "text/javascript" })));
          const questions = [{ prompt: "¿$\\\\lambda w^2$?", options: [{ text: "`x`", feedback: "Sí", correct: true }, { text: "<b>y</b>", feedback: "No", correct: false }] }];
          const model = { get: (name) => ({ chapter: "x", questions })[name], on() {}, off() {} };
          const el = document.createElement("div");
          document.body.append(el);
          module.default.render({ model, el });
          el.querySelector("input").click();
          el.querySelector("button[type=submit]").click();
          let blocked = false;
          try { window.localStorage.length; } catch { blocked = true; }
          return [el.querySelector("legend").innerHTML, el.innerText, blocked];
        }""",
        source,
    )
    assert "λ w<sup>2</sup>" in seen[0] and "<b>y</b>" in seen[1]
    assert seen[2] and "1 de 1 respondida" in seen[1] and "no deja guardar" in seen[1]


@VIEWS
def test_everything_open_is_accessible_and_fits(page: PageFactory, size, scheme):
    opened = page(CHAPTER, size=size, scheme=scheme, formulas=True)
    root = element(opened)
    settle(opened)
    opened.add_script_tag(path=str(AXE))
    assert not (fault := violations(opened, "[data-explorer=quiz]")), "\n".join(fault)
    for number in range(len(ASKED)):
        if number % 2:
            answer(root, number, WRONG[number])
        if number != 3:
            answer(root, number, RIGHT[number])
    card(root, 0).get_by_role("button", name="Leer los otros comentarios").click()
    settle(opened)
    assert opened.evaluate(OVERFLOW) == {"extra": 0, "spill": []}
    assert not (fault := violations(opened, "[data-explorer=quiz]")), "\n".join(fault)
    small = root.evaluate("""(e) => [...e.querySelectorAll('label, button')].filter((part) => part.checkVisibility())
        .map((part) => part.getBoundingClientRect()).filter((box) => box.height < 40).length""")
    assert small == 0, "algo es muy chico para un dedo"


def test_questions_read_without_javascript(page: PageFactory):
    opened = page(CHAPTER, java_script=False)
    fixed = opened.locator('[data-explorer="quiz"] .rc-static')
    expect(fixed.locator("li")).to_have_count(len(ASKED))
    closed = fixed.locator("details").nth(WRONG[0])
    closed.locator("summary").click()
    expect(closed.locator("p")).to_be_visible()


def test_paper_gets_the_questions(page: PageFactory):
    opened = page(CHAPTER)
    root = element(opened)
    opened.emulate_media(media="print")
    expect(root.locator(".rc-static")).to_be_visible()
    expect(root.locator(".rc-quiz")).to_be_hidden()
