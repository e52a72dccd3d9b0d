"""Which passages of other open documents are offered at a cursor, and which of them say something new."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest
from pure.drawn_snapshot import draw

from phi_ls.context.file_index import FileIndexes
from phi_ls.context.passages import OpenFile, Passage, tokens
from phi_ls.context.snippets import candidates, fitting, others

STORE = '''\
import os


class Store:
    """Keeps items by name."""

    def fetch(self, name: str) -> bytes:
        """Return the item; raises KeyError."""
        return self._items[name]


LIMIT_BYTES = 4096
'''
CLIENT = """\
export interface Options {
    retries: number;
}

export const connect = (options: Options) => {
    return new Client(options);
};
"""


def file(text: str, path: str = "store.py", language: str = "python", edited: int | None = None) -> OpenFile:
    """Return an open document."""
    lines = text.split("\n")
    return OpenFile(uri=f"file:///w/{path}", version=1, language=language, path=path, lines=lines, edited_line=edited)


def offered(cursor: str, *files: OpenFile, language: str = "python") -> list[str]:
    """Return the texts that are offered at a drawn cursor."""
    here = draw(cursor, language)
    there, indexes = others(here, files), FileIndexes()
    while indexes.catch_up(there):
        pass
    return [each.text for each in candidates(here, there, indexes)]


def lines(count: int, name: str = "value") -> str:
    return "\n".join(f"show({name}_{number}, compute_{name}({number}))" for number in range(count))


@pytest.mark.parametrize(
    ("expected", "cursor"),
    [
        ("def fetch(self, name: str) -> bytes:", "data = store.fetch(‸"),
        ("class Store:", "store = Store()\nstore.‸"),
        ("LIMIT_BYTES = 4096", "if size > LIMIT_BYTES:‸"),
    ],
)
def test_a_definition_of_what_is_used_at_the_cursor_comes_first(expected: str, cursor: str) -> None:
    """Functions of classes, classes and constants, with the lines that follow the declaration."""
    assert offered(cursor, file(STORE))[0].strip().startswith(expected)


def test_a_definition_shows_its_docstring() -> None:
    """What it is for stands below its signature."""
    assert '"""Return the item; raises KeyError."""' in offered("data = store.fetch(‸", file(STORE))[0]


def test_definitions_leave_room() -> None:
    """Of many that are used near the cursor the last ones are offered."""
    defined = "\n".join(f"def called_{number}({'x' * number}): ..." for number in range(9))
    found = offered("\n".join(f"called_{number}()" for number in range(9)) + "‸", file(defined))
    assert [f"def called_{number}" for number in (8, 7, 6, 5)] == [text.partition("(")[0] for text in found[:4]]
    assert not any(text.startswith("def called_4") for text in found)


def test_definitions_are_found_in_related_languages() -> None:
    """TypeScript's in a file with markup, none in another language."""
    client = file(CLIENT, "client.ts", "typescript")
    assert offered("const c = connect(‸", client, language="typescriptreact")[0].startswith("export const connect")
    assert [] == offered("c = connect(‸", client)


def test_what_two_documents_define_is_not_guessed() -> None:
    """Which of them is meant cannot be told."""
    one, two = (f"def fetch({name}): ...\n{lines(14, name)}" for name in ("first", "second"))
    assert 1 == len(offered("data = fetch(‸", file(one, "a.py")))
    assert [] == offered("data = fetch(‸", file(one, "a.py"), file(two, "b.py"))


def test_the_block_of_the_last_edit_is_offered() -> None:
    """Sixteen lines that begin at a multiple of sixteen, whatever is in them."""
    other = file(lines(64), edited=37)
    assert [lines(64).split("\n")[32:48]] == [text.split("\n") for text in offered("print(‸", other)]
    assert [] == offered("print(‸", replace(other, edited_line=None))


def test_a_block_with_the_same_words_is_offered() -> None:
    """The one that shares most with the lines around the cursor, in documents that have never been edited."""
    other = file(f"{lines(16, 'price')}\n{lines(16, 'weight')}\n{lines(16, 'size')}")
    found = offered("show(weight_1, compute_weight(1))\nshow(weight_2, compute_weight(2))\n‸", other)
    assert [lines(16, "weight")] == found


def test_blocks_with_long_lines_are_data() -> None:
    """Nobody learns from half of a minified program."""
    assert [] == offered("print(‸", file(f"x = '{'a' * 500}'", edited=0))


def test_an_older_version_of_the_same_file_is_not_another_one() -> None:
    """An editor opens it under another scheme, to compare."""
    older = replace(file(lines(16), path="m", edited=1), uri="git:/w/m.py?HEAD")
    assert [] == offered("print(‸", older)
    assert [lines(16)] == offered("print(‸", replace(older, path="n"))


def test_a_document_that_is_opened_again_is_read_again() -> None:
    """Its version is the first once more, its text may be another."""
    indexes, first = FileIndexes(), file("def here(): ...")
    again = file("def there(): ...")
    assert [True, True, False] == [indexes.catch_up([each]) for each in (first, again, again)]
    assert ["there"] == list(indexes.of(again).definitions)


def test_one_document_is_looked_into_at_a_time() -> None:
    """None while somebody asks for passages, and none twice."""
    files = [file(f"def here_{number}(): ...", f"{number}.py") for number in range(3)]
    indexes = FileIndexes()
    assert [] == indexes.ready(files)
    assert [True, True, True, False] == [indexes.catch_up(files) for _ in range(4)]
    assert files == indexes.ready(files)


def test_a_changed_document_is_read_again() -> None:
    """Its lines are changed where they are; its version tells. Until then what was known of it serves."""
    indexes, lines_of_it = FileIndexes(), ["def here(): ..."]
    first = replace(file(""), lines=lines_of_it)
    indexes.catch_up([first])
    lines_of_it[0] = "def there(): ..."
    changed = replace(first, version=2)
    assert (["here"], {first.uri: 1}) == (list(indexes.of(changed).definitions), indexes.versions([changed]))
    indexes.catch_up([changed])
    assert (["there"], {first.uri: 2}) == (list(indexes.of(changed).definitions), indexes.versions([changed]))


def passages(*texts: str) -> list[Passage]:
    return [Passage(uri="u", path="p.py", language="python", first_line=0, text=text) for text in texts]


def kept(texts: Sequence[str], shown: str = "", room: int = 1000) -> list[str]:
    return [each.text for each in fitting(passages(*texts), shown, room, 3.5)]


def test_what_the_prompt_shows_already_is_left_out() -> None:
    """Models copy what stands there twice: half of the lines may be there, no more."""
    four = lines(4).split("\n")
    assert [] == kept([lines(4)], "\n".join(f"    {line}" for line in four[:3]))
    assert [lines(4)] == kept([lines(4)], "\n".join(four[:2]))


def test_two_passages_that_are_alike_are_one() -> None:
    """The first of them is taken, also where it is only a part of the other one."""
    assert [lines(4)] == kept([lines(4), lines(6)])
    assert [lines(20)] == kept([lines(20), lines(4)])
    assert [lines(4)] == kept([lines(4), lines(20)])
    assert [lines(4), lines(4, "other")] == kept([lines(4), lines(4, "other")])


def test_passages_fit_into_their_room() -> None:
    """One that does not fit is passed over; a shorter one behind it may."""
    long, short = passages(lines(40), lines(2, "short"))
    room = tokens([short], 3.5)
    assert [short.text] == kept([long.text, short.text], room=room)
    assert [] == kept([long.text, short.text], room=room - 1)


def test_text_outside_ascii_takes_more_room() -> None:
    """A Chinese character is a token and a half, where three Latin ones are about one."""
    latin, chinese = passages("a" * 300, "变" * 300)
    assert tokens([chinese], 3.5) > 4 * tokens([latin], 3.5)
