"""What is to be done so that instances become what is wished, and what becomes of one that died."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field, replace

import pytest

from jupyter_saturn_deploy.models.deployments import Instance, Standing, next_steps
from jupyter_saturn_deploy.models.resources import DeploymentSpec
from jupyter_saturn_deploy.models.runs import (
    LONGEST_RESTART,
    Ending,
    Execution,
    Reason,
    Run,
    RunState,
    after_attempt,
    restart_delay,
)

STATES = {
    # Ready, served, stopping.
    "ready": (True, True, False),
    "coming": (False, False, False),
    "fallen": (False, True, False),
    "going": (True, True, True),
}


def instances(text: str) -> list[Instance]:
    """`1/2 ready, …`: of revision 1, instance 2, that is ready; its id is `1/2`."""
    found = []
    for item in filter(None, text.split(", ")):
        name, state = item.split()
        revision, index = map(int, name.split("/"))
        found.append(Instance(name, revision, index, *STATES[state]))
    return found


@pytest.mark.parametrize(
    ("scale", "there", "begin", "replaced"),
    [
        (1, "", [1], ""),
        (3, "", [1, 2, 3], ""),
        (3, "2/2 ready, 2/3 coming", [1], ""),
        (1, "2/1 ready", [], ""),
        (1, "2/1 fallen", [], ""),
        (1, "2/1 going", [1], ""),
        # One after the other.
        (1, "1/1 ready", [1], ""),
        (1, "1/1 ready, 2/1 coming", [], ""),
        (1, "1/1 ready, 2/1 ready", [], "1/1"),
        (1, "1/1 going, 2/1 ready", [], ""),
        (3, "1/1 ready, 1/2 ready, 1/3 ready", [1], ""),
        (3, "1/1 ready, 1/2 ready, 1/3 ready, 2/1 coming", [], ""),
        (3, "1/1 ready, 1/2 ready, 1/3 ready, 2/1 ready", [2], "1/3"),
        (3, "1/1 ready, 1/2 ready, 2/1 ready, 2/2 ready", [3], "1/2"),
        (3, "1/1 ready, 2/1 ready, 2/2 fallen", [], ""),
        # More, fewer.
        (3, "1/1 ready", [1], ""),
        (3, "1/1 ready, 2/1 ready", [2], ""),
        (3, "1/1 ready, 2/1 ready, 2/2 ready", [3], ""),
        (1, "1/1 ready, 1/2 ready, 1/3 ready", [1], "1/2 1/3"),
        # What never served is in nobody's place.
        (2, "1/1 coming, 1/2 coming", [1, 2], "1/1 1/2"),
        (2, "1/1 coming, 1/2 ready", [1], "1/1"),
        # What served comes back, and stays as long as it is needed; what serves before it.
        (1, "1/1 fallen", [1], ""),
        (1, "1/1 fallen, 2/1 coming", [], ""),
        (1, "1/1 fallen, 2/1 ready", [], "1/1"),
        (2, "1/1 fallen, 1/2 ready, 2/1 ready", [2], "1/1"),
        # A third revision takes the second's place.
        (1, "0/1 ready, 1/1 coming", [1], "1/1"),
        (1, "0/1 ready, 1/1 ready", [1], "1/1"),
        (2, "0/1 ready, 1/1 fallen, 1/2 ready, 2/1 ready", [2], "1/1 1/2"),
    ],
)
def test_the_steps_that_are_due(scale: int, there: str, begin: list[int], replaced: str) -> None:
    steps = next_steps(Standing(True, 2, scale), instances(there))
    assert steps.begin == begin
    assert steps.stop == dict.fromkeys(replaced.split(), Reason.REPLACED)


def test_what_is_not_to_run_is_stopped_whatever_it_is() -> None:
    there = instances("1/1 ready, 1/2 fallen, 2/1 coming, 2/2 going")
    steps = next_steps(Standing(False, 2, 2), there)
    assert steps.begin == []
    assert steps.stop == dict.fromkeys(("1/1", "1/2", "2/1"), Reason.USER)


@dataclass
class World:
    """A deployment to which things happen; what is due is done at once."""

    chance: random.Random
    standing: Standing = field(default_factory=Standing)
    there: list[Instance] = field(default_factory=list)
    made: int = 0

    def happens(self) -> None:
        """Anything."""
        wishes = [self.put_in_service, self.stop]
        facts = [self.come_up, self.come_up, self.die, self.end]
        self.chance.choices(wishes + facts, weights=[1, 0.3, 4, 4, 2, 3])[0]()
        self.act()

    def put_in_service(self) -> None:
        self.standing = Standing(True, self.standing.revision + 1, self.chance.randint(1, 4))

    def stop(self) -> None:
        self.standing = replace(self.standing, wanted=False)

    def come_up(self) -> None:
        self._to_one(lambda item: not item.ready, ready=True, served=True)

    def die(self) -> None:
        self._to_one(lambda item: item.ready, ready=False)

    def end(self) -> None:
        going = [item for item in self.there if item.stopping]
        if going:
            self.there.remove(self.chance.choice(going))

    def _to_one(self, which: Callable[[Instance], bool], **becomes: bool) -> None:
        found = [number for number, item in enumerate(self.there) if which(item)]
        if found:
            number = self.chance.choice(found)
            self.there[number] = replace(self.there[number], **becomes)

    @property
    def living(self) -> list[Instance]:
        return [item for item in self.there if not item.stopping]

    @property
    def ready(self) -> int:
        """How many requests may be sent to."""
        return sum(item.ready for item in self.living)

    def act(self) -> bool:
        """Do what is due, and hold it to what must never be; whether anything was."""
        before = self.ready
        steps = next_steps(self.standing, self.there)
        for index in steps.begin:
            self.made += 1
            name = str(self.made)
            self.there.append(
                Instance(name, self.standing.revision, index, False, False, stopping=False)
            )
        assert all(item.run_id not in steps.stop for item in self.there if item.stopping)
        self.there = [
            replace(item, stopping=item.stopping or item.run_id in steps.stop)
            for item in self.there
        ]
        self._check(before)
        assert next_steps(self.standing, self.there) == next_steps(Standing(), []), "not done"
        return bool(steps.begin or steps.stop)

    def _check(self, ready_before: int) -> None:
        standing, living = self.standing, self.living
        if not standing.wanted:
            assert living == []
            return
        assert self.ready >= min(ready_before, standing.scale)
        new = [item.index for item in living if item.revision == standing.revision]
        assert len(new) == len(set(new)) and set(new) <= set(range(1, standing.scale + 1))
        if len(new) < len(living):
            assert len(living) <= standing.scale + 1
            assert all(item.served for item in living if item.revision != standing.revision)
        else:
            assert len(new) == standing.scale

    def settle(self) -> None:
        """From now on what begins comes up and what is stopped ends."""
        for _ in range(100):
            for number, item in enumerate(self.there):
                if not item.stopping:
                    self.there[number] = replace(item, ready=True, served=True)
            self.there = self.living
            if not self.act():
                return
        raise AssertionError("it never settles")


@pytest.mark.parametrize("seed", range(200))
def test_whatever_happens_service_is_kept_and_the_wish_fulfilled(seed: int) -> None:
    world = World(random.Random(seed))
    for _ in range(60):
        world.happens()
    world.settle()
    standing = world.standing
    wished = range(1, standing.scale + 1) if standing.wanted else ()
    assert sorted(item.index for item in world.there) == [*wished]
    assert all(item.ready and item.revision == standing.revision for item in world.there)


@pytest.mark.parametrize("seed", range(50))
def test_a_revision_that_never_comes_up_costs_no_instance_that_serves(seed: int) -> None:
    world = World(random.Random(seed))
    world.put_in_service()
    world.settle()
    scale = len(world.there)
    world.standing = Standing(True, world.standing.revision + 1, scale)
    for _ in range(40):
        world.act()
        old = [item for item in world.living if item.revision == 1]
        assert len(old) == scale
        # An old one dies now and then, and comes back.
        fallen = world.chance.choice(old)
        world.there = [
            replace(item, ready=item.served and (item is not fallen or not item.ready))
            for item in world.there
        ]


def test_an_instance_is_begun_anew_after_1_2_4_up_to_300_seconds() -> None:
    delays = [restart_delay(crashes) for crashes in range(1, 12)]
    assert delays == [1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300]
    assert restart_delay(10**6) == LONGEST_RESTART == 300


def run(**values: object) -> Run:
    spec = DeploymentSpec(name="app", command="serve", instance_type="here", image="")
    made = Run(
        "r", "d", 1, "me", "local", Execution(spec, "/p", "/usr", "http://x/"), "manual", "me", 1, 0
    )
    return replace(made, revision=1, instance=1, **values)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("ending", "reason"),
    [
        (Ending(at=100, exit_code=0), Reason.EXIT),
        (Ending(at=100, exit_code=3), Reason.EXIT),
        (Ending(at=100, exit_code=126), Reason.EXIT),
        (Ending(at=100, exit_code=127), Reason.EXIT),
        (Ending(at=100, exit_code=137, signal=9), Reason.EXIT),
        (Ending(at=100, exit_code=1, reason=Reason.START_SCRIPT), Reason.START_SCRIPT),
        (Ending(at=100, reason=Reason.WORKING_DIRECTORY), Reason.WORKING_DIRECTORY),
        (Ending(at=100, reason=Reason.SOURCE), Reason.SOURCE),
        (Ending(at=100, reason=Reason.NOT_STARTED), Reason.NOT_STARTED),
        (Ending(at=100, reason=Reason.LOST), Reason.LOST),
        # The supervisor was told to stop, and not by us.
        (Ending(at=100, signal=15, reason=Reason.USER), Reason.LOST),
    ],
)
def test_an_instance_begins_anew_whatever_ended_it(ending: Ending, reason: Reason) -> None:
    seen = after_attempt(run(crashes=2), 7, ending, started_at=99.0)
    assert (seen.state, seen.reason, seen.attempt) == (RunState.RETRYING, reason, 7)
    assert (seen.exit_code, seen.signal) == (ending.exit_code, ending.signal)
    assert (seen.crashes, seen.next_attempt_at) == (3, 104.0)


def test_a_life_of_a_minute_begins_the_delays_from_their_beginning() -> None:
    fallen = Ending(at=160, exit_code=1)
    for started_at, crashes, delay in ((100.0, 1, 1), (100.1, 9, 256), (None, 9, 256)):
        seen = after_attempt(run(crashes=8), 1, fallen, started_at=started_at)
        assert (seen.crashes, seen.next_attempt_at) == (crashes, 160 + delay)


@pytest.mark.parametrize("stop_reason", [Reason.USER, Reason.REPLACED, Reason.DELETED])
@pytest.mark.parametrize(
    "ending",
    [
        Ending(at=100, exit_code=0),
        Ending(at=100, exit_code=1),
        Ending(at=100, signal=15, reason=Reason.USER),
        Ending(at=100, reason=Reason.LOST),
        Ending(at=100, reason=Reason.NOT_STARTED),
    ],
)
def test_an_instance_that_is_to_stop_has_stopped_however_it_ended(
    ending: Ending, stop_reason: Reason
) -> None:
    seen = after_attempt(run(stop_reason=stop_reason.value), 1, ending, started_at=99.0)
    assert (seen.state, seen.reason) == (RunState.STOPPED, stop_reason)
    assert seen.next_attempt_at is None
