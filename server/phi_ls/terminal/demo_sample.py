"""The files that the demo opens: source text with a mark at each place where somebody stops typing."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import resources

MARK = "‸"
"""A caret that no source text has. What the files hold after it is only there so that they can go on."""


@dataclass(frozen=True)
class Sample:
    """A file that comes into being while somebody types."""

    name: str
    stops: tuple[str, ...]
    """What is in the file at each mark."""
    text: str
    """What is in it at the end."""

    @property
    def uri(self) -> str:
        """Names no file on disk: the server sees what the editor sends, and nothing else."""
        return f"untitled:{self.name}"


def load(name: str) -> Sample:
    """Return one of the samples that come with the package."""
    content = (resources.files("phi_ls.terminal") / "samples" / f"{name}.txt").read_text("utf-8")
    pieces = content.split(MARK)
    stops = tuple("".join(pieces[:count]) for count in range(1, len(pieces)))
    return Sample(name=name, stops=stops, text="".join(pieces))
