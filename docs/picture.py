"""`python docs/picture.py`: run `phi-ls demo` and keep what it shows as docs/demo.svg."""

from __future__ import annotations

import io
import re
import sys
from pathlib import Path

from rich.console import Console
from rich.terminal_theme import SVG_EXPORT_THEME

from phi_ls.terminal.demo import run

PICTURE = Path(__file__).parent / "demo.svg"

# rich's own frame loads a font from the network; this one takes what the reader's system has.
FRAME = """\
<svg class="rich-terminal" xml:space="preserve" viewBox="0 0 {width} {height}" xmlns="http://www.w3.org/2000/svg">
<style>
.{unique_id}-matrix {{
  font-family: ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace;
  font-size: {char_height}px; line-height: {line_height}px;
}}
{styles}
</style>
<defs>
<clipPath id="{unique_id}-clip-terminal">
  <rect x="0" y="0" width="{terminal_width}" height="{terminal_height}" />
</clipPath>
{lines}
</defs>
<rect width="{width}" height="{height}" rx="8" fill="#292929" />
<g transform="translate({terminal_x}, {terminal_y})" clip-path="url(#{unique_id}-clip-terminal)">
{backgrounds}
<g class="{unique_id}-matrix">
{matrix}
</g>
</g>
</svg>
"""


def main() -> None:
    """Write the picture of one real run."""
    console = Console(
        record=True, width=80, force_terminal=True, color_system="truecolor", file=io.StringIO(), highlight=False
    )
    code = run(console)
    if code:
        sys.exit(code)
    svg = console.export_svg(title="", theme=SVG_EXPORT_THEME, code_format=FRAME, unique_id="demo")
    PICTURE.write_text(re.sub(r"[ \t]+$", "", svg, flags=re.MULTILINE), "utf-8")


if __name__ == "__main__":
    main()
