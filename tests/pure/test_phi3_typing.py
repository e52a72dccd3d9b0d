"""A key costs the tokens that it adds: Phi-3's prompts, while real code is typed into an editor that helps."""

from __future__ import annotations

import statistics

import pytest
from pure.drawn_snapshot import draw
from pure.prompt_shares import AROUND, PHI3, STARTER, jump, neighbours, prompts, shares
from pure.typist import Sample, samples

from phi_ls.context.closers import beyond_closers
from phi_ls.ghost_text.trim import shape
from phi_providers.messages import ModelInfo

FENCE_TYPED = {"src/backup.md": 1}
"""The first code fence in a document makes the prompt's own fence longer: that key costs the whole prompt."""


@pytest.mark.parametrize("sample", samples(), ids=lambda sample: sample.path)
def test_consecutive_prompts_begin_alike(sample: Sample) -> None:
    """In a file that is shown whole, 95 % of each prompt in tokens is the one before, and 99 % of most."""
    found = shares(sample)
    assert statistics.mean(found) >= 0.95
    assert statistics.median(found) >= 0.99
    assert FENCE_TYPED.get(sample.path, 0) == sum(share < 0.95 for share in found)


@pytest.mark.parametrize("sample", samples(), ids=lambda sample: sample.path)
def test_consecutive_prompts_begin_alike_in_a_large_file(sample: Sample) -> None:
    """In a file that is larger than the window, too: its edges stay where they are while the text between grows."""
    assert min(shares(sample.amid(AROUND))) >= 0.95


@pytest.mark.parametrize("model", [PHI3, STARTER], ids=lambda model: model.family)
@pytest.mark.parametrize("sample", samples(), ids=lambda sample: sample.path)
def test_consecutive_prompts_begin_alike_with_other_files_open(sample: Sample, model: ModelInfo) -> None:
    """With passages of two other files in front, for both families, 95 % of each prompt in tokens is the one before."""
    sample, files = sample.amid(AROUND), neighbours(sample)
    found = shares(sample, model, files)
    assert len(next(prompts(sample, model, files))) > model.context // 2
    assert len(found) // 100 >= sum(share < 0.95 for share in found)
    assert statistics.mean(found) >= 0.95


@pytest.mark.parametrize("model", [PHI3, STARTER], ids=lambda model: model.family)
def test_a_jump_keeps_the_passages(model: ModelInfo) -> None:
    """They stand in front of all that it changes: a sixth of the prompt, here, need not be computed anew."""
    sample = next(each for each in samples() if each.path == "src/inventory.py")
    size, new = jump(sample.amid(AROUND), -60, model)
    assert size // 6 < size - new


@pytest.mark.parametrize(
    ("expected", "after"),
    [
        ("", ")"),
        ("\n\nb()", "))\n    }\n}\n\nb()"),
        ("\nb()", "});\nb()"),
        ("\n<p>", "</li>\n</ul>\n<p>"),
        (" + 1)\nb()", " + 1)\nb()"),
        ("\n} else {\n", "\n} else {\n"),
        ("\n\nb()", "\n\nb()"),
        ("b()\n}", "b()\n}"),
        ("", ""),
    ],
)
def test_lines_that_only_close_are_passed_over(expected: str, after: str) -> None:
    """Those right behind the cursor, whole ones alone; what follows them is shown."""
    assert expected == beyond_closers(after)


@pytest.mark.parametrize(
    ("expected", "document", "language", "text"),
    [
        ("a, b", "foo(‸)\nbar()\n", "python", "a, b)\nbar()\n"),
        ("hello", 'print("‸")\n', "python", 'hello")\n'),
        ("2,\n    3,", "x = [\n    ‸\n]\ny = 1\n", "python", "2,\n    3,\n]\ny = 1\n"),
        ("return 1;", "function f() {\n    ‸\n}\n\nb();\n", "javascript", "return 1;\n}\n\nb();\n"),
        ("return x;", "a.map(function (x) {\n    ‸\n});\nb();\n", "javascript", "return x;\n});\nb();\n"),
        ("break;", "{\n    for (;;) {\n        ‸\n    }\n}\nb();\n", "c", "break;\n    }\n}\nb();\n"),
        ("one", "<ul>\n  <li>‸</li>\n</ul>\n", "html", "one</li>\n</ul>\n"),
        ("<li>one</li>", "<ul>\n  ‸\n</ul>\n<p>\n", "html", "<li>one</li>\n</ul>\n<p>\n"),
    ],
)
def test_closers_that_the_model_was_not_shown_are_not_written_twice(
    expected: str, document: str, language: str, text: str
) -> None:
    """A model that closes what it finds open, as it was asked to, has what the document closes already left off."""
    shown = shape(draw(document, language), text, multiline=True, mean_probability=0.9, min_confidence=0.3)
    assert expected == shown
