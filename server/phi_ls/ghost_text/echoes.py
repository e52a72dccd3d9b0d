"""Cuts what a small model says again: a line, a few lines, the one branch in the other."""

from __future__ import annotations

import re

from phi_ls.context.snapshot import Snapshot
from phi_ls.ghost_text.indentation import opens_block, width
from phi_ls.ghost_text.nonsense import is_nonsense

LONGEST_ECHO = 4
"""Lines that are compared with the lines in front of them."""
_LEAST = 6
"""Characters; shorter lines (`end`, `});`) follow their like by right."""
_ELSE = re.compile(r"\s*(?P<closer>\}?)\s*else\b\s*[:{]?\s*")


def cut_echoes(snapshot: Snapshot, text: str, *, final: bool = True) -> str:
    """Return the text up to the first line that is nonsense or repeats what stands in front of it.

    Not `final`: the last line may go on, and is not looked at.
    """
    written = text.split("\n")
    lines = [snapshot.before + written[0], *written[1:]]
    looked_at = lines if final else lines[:-1]
    above = [line.rstrip() for line in snapshot.lines[max(0, snapshot.row - LONGEST_ECHO) : snapshot.row]]
    for number, line in enumerate(looked_at):
        if is_nonsense(line, snapshot.language):
            return _up_to(snapshot, written, number)
        again = _said_again(above, looked_at[: number + 1])
        if again:
            return _up_to(snapshot, written, number + 1 - again)
        branch = _same_branch(looked_at, number, ended=final and number == len(lines) - 1)
        if branch is not None:
            return _up_to(snapshot, written, branch) + _closer(written[branch])
    return text


def _up_to(snapshot: Snapshot, written: list[str], number: int) -> str:
    """Return the lines in front of this one, less those at their end that open a block, in which nothing is left."""
    kept = written[:number]
    while len(kept) > 1 and (not kept[-1].strip() or opens_block(kept[-1], snapshot.language)):
        kept.pop()
    return "\n".join(kept)


def _said_again(above: list[str], lines: list[str]) -> int:
    """Return how many of the last lines, all of them the model's, only repeat what stands in front of them; 0 if none.

    Two of a kind are enough: in 570,000 lines of installed packages 94 are like the one in front of them, most of them
    elements of a list, of which three are allowed.
    """
    everything = above + [line.rstrip() for line in lines]
    for size in range(1, min(LONGEST_ECHO, len(lines), len(everything) // 2) + 1):
        last = everything[-size:]
        times = 3 if _is_element(last) else 2
        if everything[-times * size :] == last * times and _says_something(last):
            return min((times - 1) * size, len(lines))
    return 0


def _says_something(lines: list[str]) -> bool:
    text = "".join(line.strip() for line in lines)
    return len(text) >= _LEAST and re.search(r"[^\W\d_]", text) is not None and bool(lines[0].strip())


def _is_element(lines: list[str]) -> bool:
    return all(line.endswith(",") and ":" not in line and "=" not in line for line in lines)


def _same_branch(lines: list[str], number: int, *, ended: bool) -> int | None:
    """Return the line of the `else` whose branch ends here and is the one above it over again.

    A branch ends in front of a line that is not deeper than the `else`, or, where nothing more comes, with its last.
    """
    other = next((at for at in range(number - 1, 0, -1) if _ELSE.fullmatch(lines[at])), None)
    if other is None or not lines[number].strip():
        return None
    inside = width(lines[number]) > width(lines[other])
    if inside and not ended:
        return None
    body = [line.rstrip() for line in lines[other + 1 : number + inside]]
    begin = other - len(body)
    same = bool(body) and begin > 0 and body == [line.rstrip() for line in lines[begin:other]]
    alone = width(lines[begin - 1]) == width(lines[other]) and all(_deeper(body, lines[other]))
    return other if same and alone else None


def _deeper(body: list[str], opener: str) -> list[bool]:
    return [width(line) > width(opener) for line in body if line.strip()]


def _closer(line: str) -> str:
    """Return the end of the first branch, where it stands in the line of the `else`."""
    found = _ELSE.fullmatch(line)
    return "\n" + line[: line.index("}") + 1] if found and found["closer"] else ""
