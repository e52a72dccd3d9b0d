"""What the engine must not do: phone home, and print where the protocol is."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

PROGRAM = """
import sys
from phi_providers.engines.openvino import make_provider
from phi_providers.messages import Load, Part, Request
from phi_providers.models.installed import builtin

provider = make_provider(Load(engine="openvino", device="CPU", model=builtin()))
provider.load(lambda stage: None)
usage = provider.generate(Request(id=1, parts=(Part(text="import os"),), max_new_tokens=4), lambda frame: True)
assert usage.prompt_tokens > 0
loaded = [name for name, module in sys.modules.items() if name.startswith("openvino_telemetry") and module]
print(loaded, file=sys.stderr)
"""


def test_nothing_on_stdout_and_no_telemetry_without_ci(tmp_path: Path) -> None:
    """Outside CI, where engines hide it, loading and generating prints nothing and loads no telemetry."""
    environment = {key: value for key, value in os.environ.items() if key != "CI"}
    environment |= {"HOME": str(tmp_path), "OPENVINO_LOG_LEVEL": "2"}
    providers = Path(__file__).parents[2] / "providers"
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM], cwd=providers, env=environment, capture_output=True, text=True, timeout=60
    )
    assert (0, "", "[]") == (done.returncode, done.stdout, done.stderr.strip().splitlines()[-1])
    assert [] == list(tmp_path.iterdir())
