"""The evaluation of the built-in model: cursors, the judgement, the baseline and the statistics, without a model."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from starter_training.evaluation import candidates, corpus, docstrings, sample_pages, samples, statistics
from starter_training.evaluation.copying import copied
from starter_training.evaluation.corpus import SourceFile
from starter_training.evaluation.cursors import Cursor, draw
from starter_training.evaluation.judging import judge
from starter_training.evaluation.measuring import Outcome
from starter_training.evaluation.product import Suggestion
from starter_training.evaluation.similarity import distance, similarity
from starter_training.evaluation.syntax import parse

PYTHON = '''\
import os


class Reader:
    def __init__(self, path):
        self.path = path  # of the file
        self.lines = []

    def size(self):
        return os.path.getsize(self.path)

    def load(self, encoding):
        with open(self.path, encoding=encoding) as file:
            self.lines = list(file)

    def first(self):
        """Return the first line of the file, if there is one."""
        if not self.lines:
            return None
        found = self.lines[0]
        return found
'''

SCRIPT = """\
export function total(values) {
  let sum = 0;
  for (const value of values) {
    sum += Number(value);
  }
  console.log(sum);
  return sum;
}

export const twice = (values) => {
  return total(values) * 2;
};
"""


def file(
    text: str = PYTHON, language: str = "python", package: str = "reader", path: str = "reader/main.py"
) -> SourceFile:
    return SourceFile(package=package, language=language, path=path, text=text)


def cursor(text: str, kind: str = candidates.MID_LINE, language: str = "python") -> Cursor:
    """Return the cursor at `‹`; the truth ends at `›`."""
    start, end = text.index("‹"), text.index("›") - 1
    return Cursor(file(text.replace("‹", "").replace("›", ""), language), kind, start, end)


def truths(text: str, kind: str, language: str = "python") -> list[str]:
    return [text[place.start : place.end] for place in candidates.places(parse(text, language)) if place.kind == kind]


def outcome(number: int, *, exact: bool, kind: str = candidates.MID_LINE) -> Outcome:
    place = Cursor(file(path=f"reader/{number}.py"), kind, 0, 6)
    text = place.truth if exact else "export"
    return Outcome(
        cursor=place, suggestion=Suggestion(text=text, reason="shown", ms=number), verdict=judge(place, text)
    )


def test_a_line_is_to_be_written_from_its_first_word() -> None:
    """The truth at a line's start is the line without its indentation; comments and docstrings are no lines."""
    found = truths(PYTHON, candidates.LINE_START)
    assert found[0] == "import os"
    assert "return os.path.getsize(self.path)" in found
    assert not [truth for truth in found if "Return the first" in truth or "of the file" in truth]


def test_a_name_is_cut_inside() -> None:
    """In the middle of an identifier, at least one character of it is there and one is missing."""
    found = truths(PYTHON, candidates.MID_IDENTIFIER)
    assert "ncoding):" in found
    assert "encoding):" not in found
    assert "):" not in found


def test_arguments_end_with_the_line_or_at_the_bracket() -> None:
    """Without a closed bracket the rest of the line is missing, with one only what the brackets hold."""
    assert "value);" in truths(SCRIPT, candidates.ARGUMENTS, "javascript")
    assert ["value"] == truths(SCRIPT, candidates.CLOSED_ARGUMENTS, "javascript")[:1]


def test_code_right_of_the_bracket_is_no_place_for_a_suggestion() -> None:
    """Where more than closing characters follow the bracket, the editor would not have closed it."""
    assert "values" not in truths(SCRIPT, candidates.CLOSED_ARGUMENTS, "javascript")


@pytest.mark.parametrize(("text", "language"), [(PYTHON, "python"), (SCRIPT, "javascript")])
def test_a_body_is_missing_as_a_whole(text: str, language: str) -> None:
    """A function's body is drawn from behind its opener and from its first word, up to its last."""
    expected = "self.path = path" if language == "python" else "return total(values) * 2;"
    found = truths(text, candidates.BODY, language)
    assert any(truth.startswith(expected) for truth in found)
    assert any(truth.lstrip().startswith(expected) and truth.startswith("\n") for truth in found)
    assert not [truth for truth in found if '"""' in truth]


def test_a_body_keeps_the_brace_that_ends_it() -> None:
    """The closing brace is not part of what is to be written: the editor has put it there."""
    assert all(truth.count("{") == truth.count("}") for truth in truths(SCRIPT, candidates.BODY, "javascript"))


def test_drawing_is_repeatable_and_even() -> None:
    """The same files give the same cursors, as many of each kind and language, and no cursor twice."""
    files = [file(), file(SCRIPT, "javascript", "total", "total/index.js")]
    first, second = (draw(files, single=20, multiline=4) for _ in range(2))
    assert first == second
    assert {2} == {
        sum(c.kind == kind and c.file is f for c in first) for kind in candidates.SINGLE_KINDS for f in files
    }
    assert len({(c.file.path, c.kind, c.start) for c in first}) == len(first)


def test_fewer_cursors_are_some_of_the_more() -> None:
    """A quick measurement looks at a part of the same cursors."""
    files = [file(), file(SCRIPT, "javascript", "total", "total/index.js")]
    assert set(draw(files, single=10, multiline=2)) <= set(draw(files, single=20, multiline=4))


def test_a_file_that_the_grammar_does_not_understand_is_left_out() -> None:
    """No cursor is drawn from a file with syntax errors, in which no suggestion could parse."""
    assert [] == draw([file("def broken(:\n" + PYTHON)], single=10, multiline=2)


def test_large_packages_do_not_come_first() -> None:
    """Files are taken package by turn."""
    many = [file(package="large", path=f"large/{number}.py") for number in range(9)]
    order = corpus.spread([*many, file(package="small")], corpus.PYTHON, "seed")
    assert "small" in [each.package for each in order[:2]]


def test_reading_leaves_out_what_is_too_short(tmp_path: Path) -> None:
    """A corpus without a usable file is refused with its path."""
    path = tmp_path / "test.jsonl"
    row = {"package": "p", "language": "python", "path": "p.py", "registry": "pypi", "text": "x = 1\n"}
    path.write_text(json.dumps(row) + "\n", "utf-8")
    with pytest.raises(corpus.NoCorpus, match="no file"):
        corpus.read(path)


def test_the_right_suggestion_restores_the_file() -> None:
    """What was written there is exact, similar and parses."""
    place = cursor("total = ‹first + second›\nprint(total)\n")
    verdict = judge(place, "first + second")
    assert (True, True, 1.0, True) == (verdict.shown, verdict.exact, verdict.similarity, verdict.parses)


def test_no_suggestion_is_not_exact() -> None:
    """Nothing shown is nothing right, and says nothing about parsing."""
    verdict = judge(cursor("total = ‹first + second›\n"), "")
    assert (False, False, 0.0, False) == (verdict.shown, verdict.exact, verdict.similarity, verdict.parses)


def test_a_suggestion_is_judged_by_the_document() -> None:
    """With the closed bracket in place only the arguments are right; with a second bracket it does not parse."""
    place = cursor("total = add(‹first, second›)\n", candidates.CLOSED_ARGUMENTS)
    assert judge(place, "first, second").exact
    doubled = judge(place, "first, second)")
    assert (False, False) == (doubled.exact, doubled.parses)


def test_one_line_is_judged_up_to_its_end() -> None:
    """Where a line is asked for, lines after the right one do not count; trailing blanks neither."""
    place = cursor("total = ‹first + second›\nprint(total)\n")
    assert judge(place, "first + second \nprint(1)").exact
    assert not judge(place, "first + second, 1").exact


def test_a_block_is_judged_as_a_whole() -> None:
    """A block with a line too few or too many is not exact, though its first line may be."""
    place = cursor("def f(a):\n    ‹b = a\n    return b›\n\n\nf(1)\n", candidates.BODY)
    assert judge(place, "b = a\n    return b").exact
    for wrong in ("b = a", "b = a\n    return b\n    return a"):
        verdict = judge(place, wrong)
        assert (False, True) == (verdict.exact, verdict.first_line)


def test_errors_of_the_original_are_not_the_suggestions() -> None:
    """A suggestion in a file that does not parse has only to make it no worse."""
    place = cursor("def broken(:\n    pass\n\n\ntotal = ‹first›\n")
    assert judge(place, "second").parses
    assert not judge(place, "second +").parses


def test_copying_takes_the_longest_match_over_line_ends() -> None:
    """Of two places with the same line, the one with the same line above is copied, wherever it stands."""
    text = "if a:\n    go(1, 2)\nif b:\n    go(‹3, 4)›\nwhile a:\n    go(5)\nif b:\n    go(7)\n"
    assert "7)" == copied(cursor(text))


def test_copying_does_not_see_the_truth() -> None:
    """What is to be suggested is not in the document: with no other match, nothing of it comes back."""
    assert "" == copied(cursor("‹zebra›"))
    assert "giraffe" not in copied(cursor("name = ape\nname = ‹giraffe›\n"))


def test_copying_stops_before_the_bracket_that_is_there() -> None:
    """With a closed bracket right of the cursor, only the arguments are copied, brackets in them included."""
    text = "x = add(one(1), 2)\ny = add(‹3›)\n"
    assert "one(1), 2" == copied(cursor(text, candidates.CLOSED_ARGUMENTS))


def test_copying_a_block_ends_with_the_block() -> None:
    """Where a body is asked for, the lines that are indented as deep are copied."""
    text = "def f(self):\n    a = 1\n    return a\n\n\ndef g(self):\n    ‹pass›\n"
    assert "a = 1\n    return a" == copied(cursor(text, candidates.BODY))


def _slow_distance(first: str, second: str) -> int:
    if not first or not second:
        return len(first) + len(second)
    same = _slow_distance(first[1:], second[1:]) + (first[0] != second[0])
    return min(same, _slow_distance(first[1:], second) + 1, _slow_distance(first, second[1:]) + 1)


@given(st.text("abc", max_size=5), st.text("abc", max_size=5))
def test_distance_is_levenshteins(first: str, second: str) -> None:
    """The distance by rows equals the one by the definition."""
    assert _slow_distance(first, second) == distance(first, second)


def test_similarity_is_a_share_of_the_longer_text() -> None:
    """One change in four characters leaves three quarters; two empty texts are equal."""
    assert (0.75, 0.0, 1.0) == (similarity("abcd", "abxd"), similarity("", "ab"), similarity("", ""))


def test_shares_are_over_all_cursors_and_over_those_shown() -> None:
    """A cursor at which nothing is shown counts against the exact matches, not against those shown."""
    silent = Cursor(file(path="reader/9.py"), candidates.MID_LINE, 0, 6)
    nothing = Outcome(
        cursor=silent, suggestion=Suggestion(text="", reason="lowConfidence", ms=1), verdict=judge(silent, "")
    )
    figures = statistics.row([outcome(1, exact=True), outcome(2, exact=False), nothing, nothing])
    assert (0.25, 0.5, 0.5) == (figures["exact"], figures["shown"], figures["exactOfShown"])
    assert {"lowConfidence": 2} == statistics.hidden([outcome(1, exact=True), nothing, nothing])


def test_a_ratio_comes_with_its_interval() -> None:
    """Twice as many exact matches are a ratio of two, which lies within its interval."""
    model = [outcome(number, exact=number % 2 == 0) for number in range(80)]
    other = [outcome(number, exact=number % 4 == 0) for number in range(80)]
    found = statistics.ratios({"model": model, "other": other}, "model")["other"]
    assert 2.0 == found["ratio"]
    assert 1.0 < (found["low"] or 0) < 2.0 < (found["high"] or 0)


def test_a_ratio_to_nothing_is_not_a_number() -> None:
    """Against a method that is never right there is no ratio, rather than an error."""
    model, other = [outcome(1, exact=True)], [outcome(1, exact=False)]
    assert None is statistics.ratios({"model": model, "other": other}, "model")["other"]["ratio"]


def test_blocks_do_not_count_among_the_lines() -> None:
    """The ratio is that of single-line matches."""
    model = [outcome(1, exact=True), outcome(2, exact=True, kind=candidates.BODY)]
    other = [outcome(1, exact=True), outcome(2, exact=False, kind=candidates.BODY)]
    assert 1.0 == statistics.ratios({"model": model, "other": other}, "model")["other"]["ratio"]


def test_a_docstring_is_taken_out_of_its_function() -> None:
    """The question does not hold the answer, and the lines are the function's own."""
    (found,) = docstrings.documented([file()], 5, "seed")
    assert "Return the first line of the file, if there is one." == found.docstring
    assert "Return the first line" not in found.text
    assert found.code.startswith("    def first(self):\n        if not self.lines:")
    assert found.code.endswith("return found")
    assert found.code == found.subject.code


def test_samples_are_drawn_not_chosen() -> None:
    """The same completions come out each time, wrong ones among them."""
    outcomes = [outcome(number, exact=number < 40) for number in range(80)]
    first, second = (samples.completions(outcomes, 40) for _ in range(2))
    assert first == second
    assert {True, False} == {sample["exact"] for sample in first}


def test_a_page_shows_what_came_out() -> None:
    """A wrong suggestion stands beside what was written, a right one is called right, a hidden one is explained."""
    place = cursor("total = ‹first + second›\nprint(total)\n")
    shown = [
        Outcome(cursor=place, suggestion=Suggestion(text=text, reason=reason, ms=1), verdict=judge(place, text))
        for text, reason in (("first + second", "shown"), ("last(", "shown"), ("", "lowConfidence"))
    ]
    page = sample_pages.completions_page(samples.completions(shown, 3), "a-model")
    assert "1 of 3 are right, 2 are shown" in page
    for heading in ("mid-line: right", "not what was written, does not parse", "nothing shown (lowConfidence)"):
        assert heading in page
    assert f"total = {sample_pages.CURSOR}" in page


def test_a_cell_cannot_break_the_table() -> None:
    """What a model writes stays in its cell: no further columns, rows or tags."""
    sample = {"path": "a.py", "package": "a", "code": "x", "docstring": "Or.", "explanation": "a | b\n<img> c\\|d"}
    page = sample_pages.explanations_page([sample], "a-model")
    assert "| Or. | a \\| b<br>&lt;img> c\\\\\\|d |" in page
