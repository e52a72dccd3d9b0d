"""Keys and values of prompts seen before, in buffers that are written in place.

A cache that grows by concatenation copies itself for every token. Here each layer has room for a whole context; what is
in use is a view of its front, so that going back to a common prefix means to take a shorter view.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from phi_providers.engines.torch_import import torch, transformers

_DynamicLayer: Any = transformers().cache_utils.DynamicLayer


class RoomyLayer(_DynamicLayer):  # type: ignore[misc]  # transformers is untyped
    """One layer's keys and values, of shape (1, heads, tokens, size of a head)."""

    def __init__(self, room: int) -> None:
        super().__init__()
        self._room = room
        self.all_keys: Any = None
        self.all_values: Any = None
        self.at: Any = None
        """A tensor of one position while single tokens are written there and the whole room is returned, unused part
        included: every address and shape stays the same then, which a recorded graph needs. Else None."""

    def update(self, key_states: Any, value_states: Any, *_: Any, **__: Any) -> tuple[Any, Any]:
        """Add keys and values; return those to attend to."""
        if self.all_keys is None:
            self._make_room(key_states, value_states)
        if self.at is not None:
            self.all_keys.index_copy_(2, self.at, key_states)
            self.all_values.index_copy_(2, self.at, value_states)
            return self.all_keys, self.all_values
        start = self.get_seq_length()
        end = start + key_states.shape[-2]
        self.all_keys[:, :, start:end] = key_states
        self.all_values[:, :, start:end] = value_states
        self.view(end)
        return self.keys, self.values

    def view(self, tokens: int) -> None:
        """From now on the first `tokens` are in use."""
        if self.all_keys is not None:
            self.keys, self.values = self.all_keys[:, :, :tokens], self.all_values[:, :, :tokens]

    def copy_from(self, other: RoomyLayer, tokens: int) -> None:
        """Take over the first `tokens` of another lane."""
        if self.all_keys is None:
            self._make_room(other.all_keys, other.all_values)
        self.all_keys[:, :, :tokens] = other.all_keys[:, :, :tokens]
        self.all_values[:, :, :tokens] = other.all_values[:, :, :tokens]
        self.view(tokens)

    def _make_room(self, keys: Any, values: Any) -> None:
        self.dtype, self.device = keys.dtype, keys.device
        heads = keys.shape[1]
        # Zeros: what is not in use is masked, but not a number times nothing is not a number.
        self.all_keys = torch().zeros((1, heads, self._room, keys.shape[-1]), dtype=keys.dtype, device=keys.device)
        self.all_values = torch().zeros((1, heads, self._room, values.shape[-1]), dtype=keys.dtype, device=keys.device)
        self.is_initialized = True
        self.view(0)


class Lane:
    """The cache of one prompt, and the ids whose keys and values it holds."""

    def __init__(self, layers: int, room: int) -> None:
        self.layers = [RoomyLayer(room) for _ in range(layers)]
        self.cache: Any = transformers().Cache(layers=self.layers)
        self.ids: list[int] = []

    def crop(self, tokens: int) -> None:
        """Keep the first `tokens`."""
        del self.ids[tokens:]
        self.show()

    def show(self) -> None:
        """Let the layers show as many tokens as there are ids."""
        for layer in self.layers:
            layer.view(len(self.ids))

    def common(self, ids: Sequence[int]) -> int:
        """Return how many ids at the beginning are the same."""
        pairs = zip(self.ids, ids, strict=False)
        return next((index for index, (a, b) in enumerate(pairs) if a != b), min(len(self.ids), len(ids)))


class Lanes:
    """Two prompts side by side, so that typing and the rest do not evict each other; the least recently used goes."""

    def __init__(self, lanes: Sequence[Lane]) -> None:
        self._lanes = list(lanes)

    def take(self, ids: Sequence[int]) -> Lane:
        """Return a lane cropped to what it holds of the front of `ids`, which is never all of them."""
        best = max(self._lanes, key=lambda lane: (lane.common(ids), -len(lane.ids)))
        common = min(best.common(ids), len(ids) - 1)
        lane = best if 2 * common >= len(best.ids) else self._copy(best, common)
        lane.crop(common)
        self._lanes.remove(lane)
        self._lanes.append(lane)
        return lane

    def clear(self) -> None:
        """Forget everything."""
        for lane in self._lanes:
            lane.crop(0)

    def _copy(self, best: Lane, common: int) -> Lane:
        """Return the least recently used lane with the common prefix: the best one holds much that may be asked again.

        Copying is cheap; computing the prefix anew is not.
        """
        lane = self._lanes[0]
        if lane is not best:
            lane.crop(0)
            if common:
                for mine, others in zip(lane.layers, best.layers, strict=True):
                    mine.copy_from(others, common)
            lane.ids = best.ids[:common]
        return lane
