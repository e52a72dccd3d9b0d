"""Another model while requests run, wait, and have made room for others: nobody's answer is lost."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest
from process.conftest import MakePool
from process.watched_pool import PATIENCE_S, Script, outcome, pieces

from phi_providers.messages import Load, Urgency
from phi_providers.plan import Plan, one_order

ENDLESS = {"when": "long", "tokens": ["on "], "token_ms": 5, "then": "forever"}

TOKENS = 400
"""Two seconds of writing: it is begun when the model is changed."""


@pytest.fixture
def old(tmp_path: Path) -> Script:
    """The model that answers at first."""
    return Script(tmp_path, "old").write(ENDLESS, {"tokens": ["old"]})


@pytest.fixture
def new(tmp_path: Path) -> Script:
    """The model that is to answer next; it is loaded once the file `gate` is there."""
    return Script(tmp_path, "new").write(ENDLESS, {"tokens": ["new"]}, load={"after": str(tmp_path / "gate")})


def order(script: Script, device: str) -> Load:
    """Return an order for a model of its own: what one has begun no other can go on with."""
    made = script.order(device)
    return replace(made, model=replace(made.model, id=script.path.stem))


@pytest.mark.parametrize("kept", [True, False], ids=["it-is-the-bridge", "it-goes"])
async def test_what_had_made_room_is_written_to_its_end(
    make_pool: MakePool, old: Script, new: Script, tmp_path: Path, kept: bool
) -> None:
    """An answer that was begun, and waits while a suggestion is written, is the old model's to finish."""
    first, second = order(old, "CPU"), order(new, "GPU")
    pool = make_pool(plan=one_order([first]))
    asked = pool.submit("a long question", Urgency.ASKED, max_new_tokens=TOKENS)
    read = await pieces(asked, 2)
    typed = pool.submit("a long line", max_new_tokens=10**6)
    await pieces(typed, 2)
    await pool.until(lambda status: status.queue == 1)
    bridge = first if kept else None
    pool.pool.take_up(Plan(typing=(second,), asking=(second,), bridge=bridge), 0)
    typed.finish()
    assert (await asyncio.wait_for(outcome(typed), PATIENCE_S)).error is None
    (tmp_path / "gate").touch()
    written = await asyncio.wait_for(outcome(asked), PATIENCE_S)
    assert None is written.error
    assert "on " * TOKENS == read + written.text
    assert "new" == (await pool.answer("a question", Urgency.ASKED)).text


async def test_the_old_model_answers_who_types_while_the_new_one_loads(
    make_pool: MakePool, old: Script, new: Script, tmp_path: Path
) -> None:
    """Where it stays as the bridge its process is never ended for that; a question asked meanwhile gets the new one."""
    first, second = order(old, "CPU"), order(new, "GPU")
    pool = make_pool(plan=one_order([first]))
    assert "old" == (await pool.answer("quick")).text
    pool.pool.take_up(Plan(typing=(second, first), asking=(second, first), bridge=first), 0)
    asked = pool.submit("a question", Urgency.ASKED)
    assert ["old"] * 3 == [(await pool.answer("quick")).text for _ in range(3)]
    assert 1 == old.loads()
    (tmp_path / "gate").touch()
    assert "new" == (await asyncio.wait_for(outcome(asked), PATIENCE_S)).text
    assert "new" == (await pool.answer("quick")).text
    await pool.until(lambda status: [worker.order.device for worker in status.workers] == ["GPU"])


async def test_what_waited_in_vain_for_the_old_model_is_told_so(make_pool: MakePool, old: Script, new: Script) -> None:
    """An answer that it had begun, and cannot go on with before it has to leave, ends without another request."""
    new.write({"tokens": ["new"]})
    first, second = order(old, "CPU"), order(new, "GPU")
    pool = make_pool(plan=Plan(typing=(second, first), asking=(first, second)), leave_s=0.2)
    assert "new" == (await pool.answer("quick")).text
    await pool.until(lambda status: len([worker for worker in status.workers if worker.state == "ready"]) == 2)
    looked = pool.submit("a long look", Urgency.LOOKING, max_new_tokens=10**6)
    await pieces(looked, 2)
    asked = pool.submit("a long question", Urgency.ASKED, max_new_tokens=10**6)
    await pieces(asked, 2)
    pool.pool.take_up(one_order([second]), 0)
    ends = [await asyncio.wait_for(outcome(each), PATIENCE_S) for each in (asked, looked)]
    assert ["the model was changed while it wrote this; ask again"] == [str(ends[0].error)]
    assert "was replaced; ask again" in str(ends[1].error)


async def test_there_and_back_again_ends_nothing(make_pool: MakePool, old: Script, new: Script) -> None:
    """The first model, chosen again while it still writes, is the same process and writes on."""
    plans = [one_order([order(script, "CPU")]) for script in (old, new)]
    pool = make_pool(plan=plans[0])
    asked = pool.submit("a long question", Urgency.ASKED, max_new_tokens=TOKENS)
    await pieces(asked, 2)
    pool.pool.take_up(plans[1], 0)
    pool.pool.take_up(plans[0], 0)
    assert (await asyncio.wait_for(outcome(asked), PATIENCE_S)).error is None
    await pool.answer("quick")
    assert (1, 0) == (old.loads(), new.loads())


async def test_nothing_is_started_once_it_is_closed(make_pool: MakePool, old: Script, new: Script) -> None:
    """A change of the model and a start that come too late leave no process."""
    pool = make_pool(plan=one_order([order(old, "CPU")]))
    await pool.answer("quick")
    closing = asyncio.get_running_loop().create_task(pool.pool.close())
    await asyncio.sleep(0)
    pool.pool.take_up(one_order([order(new, "GPU")]), 0)
    pool.pool.start()
    await closing
    assert () == pool.pool.status().workers
    assert 0 == new.loads()
