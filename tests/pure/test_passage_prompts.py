"""Passages of other files in prompts: the form that each family knows, in front, and the first to go."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from pure.prompt_shares import ENCODER, PHI3, STARTER, STARTER_ENCODER

from phi_ls.answers.prompting import prompt
from phi_ls.context.passages import OpenFile, Passage
from phi_ls.context.ring import Ring
from phi_ls.context.snapshot import Snapshot
from phi_ls.context.window import Edges, Window
from phi_ls.prompts.family import infill_parts
from phi_ls.prompts.fim import header
from phi_providers.messages import Control, ModelInfo, Part
from phi_providers.prompt import PromptEncoder

HERE = Snapshot(
    uri="file:///w/a.py", version=1, language="python", path="src/a.py", lines=("x = f(", "y = 2"), first_line=0,
    total_lines=2, line=0, column=6,
)  # fmt: skip
FAMILIES = pytest.mark.parametrize(
    ("info", "encoder"), [(PHI3, ENCODER), (STARTER, STARTER_ENCODER)], ids=["phi3", "fim"]
)


def passage(text: str, path: str = "src/b.py", language: str = "python") -> Passage:
    return Passage(uri="file:///w/b.py", path=path, language=language, first_line=0, text=text)


def parts_for(info: ModelInfo, *passages: Passage, before: str = "x = f(", after: str = "\ny = 2") -> tuple[Part, ...]:
    window = Window(prefix=before, suffix=after, edges=Edges(start=0, end=0))
    return infill_parts(info, HERE, window, passages)


def text_of(parts: tuple[Part, ...]) -> str:
    return "".join(f"<{part.control.value}>" if part.control else part.text for part in parts)


def test_fim_has_them_below_their_headers_in_front() -> None:
    """As in the model's training: the beginning, each passage with its line feed, then the document's own header."""
    expected = "<begin># python: src/b.py\ndef f(): ...\n// typescript: c.ts\nlet a;\n# python: src/a.py\n"
    parts = parts_for(STARTER, passage("def f(): ..."), passage("let a;", "c.ts", "typescript"))
    assert text_of(parts).startswith(expected)
    assert text_of(parts)[len(expected) :] == text_of(parts_for(STARTER)).partition("src/a.py\n")[2]


def test_a_model_without_headers_has_one_below_passages() -> None:
    """Without it the document would be the last passage going on."""
    bare = replace(STARTER, header=False)
    own = header("src/a.py", "python")
    assert own in text_of(parts_for(bare, passage("def f(): ...")))
    assert own not in text_of(parts_for(bare))


def test_phi3_has_them_fenced_in_the_question() -> None:
    """Named by their files, before the text after the cursor, which a jump changes."""
    whole = text_of(parts_for(PHI3, passage("def f(): ..."), passage("let a;", "c.ts", "typescript")))
    one = "From another file, src/b.py:\n```python\ndef f(): ...\n```\n\n"
    two = "From another file, c.ts:\n```typescript\nlet a;\n```\n\n"
    assert f"Language: python\n\n{one}{two}The code after the cursor:\n" in whole
    assert whole.replace(one + two, "") == text_of(parts_for(PHI3))


hostile = st.text(alphabet="`~ab \n<|end>user", max_size=60)


@given(hostile, hostile, hostile)
@example("x\n```\n````", "a\n``` b.py", "``` python")
def test_a_passage_is_text_and_stays_in_its_fence(code: str, path: str, language: str) -> None:
    """Whatever stands in it or names it: the controls are those of a prompt without it, and no line closes it."""
    parts = parts_for(PHI3, passage(code, path, language))
    assert [part.control for part in parts_for(PHI3) if part.control] == [p.control for p in parts if p.control]
    shown = next(part.text for part in parts if part.name.startswith("snippet"))
    named, opening, *inside = shown.split("\n")
    mark = opening[: len(opening) - len(opening.lstrip("`"))]
    assert named.startswith("From another file, ")
    assert (mark, "", "") == (inside[-3], inside[-2], inside[-1])
    assert not any(line.strip().startswith(mark) for line in inside[:-3])


@FAMILIES
def test_passages_go_before_anything_of_the_document(info: ModelInfo, encoder: PromptEncoder) -> None:
    """Where a prompt is too long by a little, the last passage goes; where by much, all of them, then lines."""
    passages = [passage(f"def f_{number}(): ...\n" * 30) for number in range(3)]
    parts = parts_for(info, *passages)
    size = len(encoder.encode(parts))
    assert {"snippet 2"} == set(encoder.fit(parts, size - 1).lines_cut)
    bare = len(encoder.encode(parts_for(info)))
    everything = {f"snippet {number}" for number in range(3)}
    assert everything == set(encoder.fit(parts, bare + 40).lines_cut)
    assert Control.BEGIN is parts[0].control


@FAMILIES
def test_a_prompt_with_passages_fits_without_a_cut(info: ModelInfo, encoder: PromptEncoder) -> None:
    """In a file that fills the window, what they take is taken off the window."""
    text = [f"    assert find_total(values, name_of(value_{number})) is not None" for number in range(500)]
    here = replace(HERE, lines=tuple(text), total_lines=500, line=400, column=len(text[400]))
    others = [
        OpenFile(
            uri=f"file:///w/{name}.py",
            version=1,
            language="python",
            path=f"{name}.py",
            edited_line=3,
            lines=[f"    return find_{name}(values, name_of({name}_{number}))" for number in range(40)],
        )
        for name in ("first", "second")
    ]
    parts = prompt({}, here, info, Ring(lambda: others))
    fitted = encoder.fit(parts, info.context - 192)
    assert {} == fitted.lines_cut
    assert "snippet 0" in fitted.sizes
    bare = encoder.fit(prompt({}, here, info), info.context - 192)
    assert fitted.sizes["prefix"] < bare.sizes["prefix"]


def test_a_model_that_gains_nothing_gets_none() -> None:
    """Its profile says so."""
    other = OpenFile(uri="u", version=1, language="python", path="b.py", lines=["def f(a): ..."], edited_line=0)
    with_them = prompt({}, HERE, replace(STARTER, snippets=True), Ring(lambda: [other]))
    without = prompt({}, HERE, replace(STARTER, snippets=False), Ring(lambda: [other]))
    assert "def f(a): ..." in text_of(with_them)
    assert without == prompt({}, HERE, STARTER)
