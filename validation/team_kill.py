"""Kill a team run, or one of its workers, at any moment: what is left must be whole.

    python -m validation.team_kill [--rounds 30] [--real] [--seed 1]

Each round runs the command, kills it or a worker of it with SIGKILL after a random time, and runs
it again to its end. The store's content must then equal that of an undisturbed run, save times,
and so must the results on the disk. With ``--real`` the clips are graded for real (lite model).
"""

from __future__ import annotations

import argparse
import random
import shutil
import subprocess
import sys
import tempfile
import time
from difflib import unified_diff
from pathlib import Path

import psutil

from kneedrive_cv.team.batch import STORE_NAME
from kneedrive_cv.team.store.dump import dump
from tests.cli_run import environment
from tests.conftest import ROOT
from tests.team_folder import make_folder

SOON_S = 3600.0
LOOK_S = 0.01
STARTED_SHARE = 0.6
"""Of the kills of the command, those that wait until there is a worker."""


class RunningTeam:
    """A team run in a process of its own."""

    def __init__(self, folder: Path, out: Path, *, workers: int = 2, real: bool = False) -> None:
        arguments = [str(folder), str(out), str(workers), *(["real"] if real else [])]
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.team_run", *arguments],
            cwd=ROOT,
            env=environment(),
            stdin=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )
        self.pid = self._process.pid

    def workers(self) -> list[psutil.Process]:
        """The worker processes that live now."""
        try:
            children = psutil.Process(self.pid).children(recursive=True)
            return [p for p in children if "spawn_main" in " ".join(p.cmdline())]
        except psutil.Error:
            return []

    def wait_for_workers(self, count: int) -> list[psutil.Process]:
        """The worker processes, once there are so many."""
        end_s = time.monotonic() + SOON_S
        while len(found := self.workers()) < count:
            assert time.monotonic() < end_s, "no worker was started"
            if self._process.poll() is not None:
                raise RuntimeError(f"the run ended: {self._said()}")
            time.sleep(LOOK_S)
        return found

    def ended_within(self, seconds: float) -> bool:
        """Wait; whether the run ended meanwhile."""
        try:
            self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            return False
        return True

    def kill(self) -> None:
        """SIGKILL, as by the power switch."""
        self._process.kill()
        self._said()

    def wait(self) -> int:
        """The exit code; what it complained of is printed if it failed."""
        said = self._said()
        code = self._process.wait(SOON_S)
        if code > 0:
            print(said)
        return code

    def _said(self) -> str:
        """What it wrote to stderr, once it has ended."""
        return self._process.communicate(timeout=SOON_S)[1]


def fake_folder(root: Path, clips: int = 12) -> Path:
    """Clips for the fake grader; most take a moment, one cannot be graded."""
    texts = {
        f"Athlete {i % 4}/2026-05-0{1 + i // 4}_{i}.mp4": "slow 0.1" if i % 3 else f"ok {60 + i}"
        for i in range(clips)
    }
    return make_folder(root, texts | {"Athlete 0/bad.mp4": "nobody x", "loose.mp4": "ok 70"})


def real_folder(root: Path, clip: Path) -> Path:
    """Few copies of a clip that is graded for real, and one that cannot be read."""
    for name in ("Ann/2026-05-01_1", "Ann/2026-05-08_1", "Bo/2026-05-01_1"):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(clip, root / f"{name}.mp4")
    (root / "Bo" / "broken.mp4").write_bytes(clip.read_bytes()[:5000])
    return root


def content(out: Path) -> list[str]:
    """The store's content, and what lies in the folders of results."""
    files = sorted(p.relative_to(out).as_posix() for p in out.rglob("*") if p.is_file())
    whole = [name for name in files if not name.startswith(".")]
    return [*dump(out / STORE_NAME), *whole]


def kill_round(folder: Path, out: Path, after_s: float, *, worker: bool, real: bool) -> str:
    """Kill after a time, run again to the end; what was killed.

    The time for a worker counts from when it lives: a busy machine is slow to start it.
    """
    chance = random.Random(after_s)
    team = RunningTeam(folder, out, real=real)
    if worker or chance.random() < STARTED_SHARE:
        team.wait_for_workers(1)
    killed = "nothing, it had ended"
    if team.ended_within(after_s):
        assert team.wait() == 0
    else:
        workers = team.workers()
        if worker and workers:
            chance.choice(workers).kill()
            killed = f"one of {len(workers)} workers"
            assert team.wait() == 0, "a worker's death must not end the command"
        else:
            team.kill()
            killed = f"the command with {len(workers)} workers"
    assert RunningTeam(folder, out, real=real).wait() == 0
    return killed


def run_rounds(root: Path, folder: Path, rounds: int, *, real: bool, seed: int) -> int:
    """Kill so many times; the number of rounds whose end was another than the calm run's."""
    began_s = time.monotonic()
    assert RunningTeam(folder, root / "calm", real=real).wait() == 0
    calm_s = time.monotonic() - began_s
    calm = content(root / "calm")
    print(f"undisturbed: {calm_s:.1f} s, {len(calm)} lines", flush=True)
    chance = random.Random(seed)
    unlike = 0
    for i in range(rounds):
        out, after_s = root / f"round{i}", chance.uniform(0.0, calm_s)
        killed = kill_round(folder, out, after_s, worker=i % 3 == 2, real=real)
        found = content(out)
        same = found == calm
        unlike += not same
        if not same:
            print("\n".join(unified_diff(calm, found, "undisturbed", "killed", n=0, lineterm="")))
        print(f"{i + 1}: killed {killed} after {after_s:.1f} s: {'same' if same else 'UNLIKE'}")
        sys.stdout.flush()
        shutil.rmtree(out)
    return unlike


def main() -> None:
    """Kill so many times and say how it ended."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=30)
    parser.add_argument("--real", action="store_true")
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as made:
        root = Path(made)
        sample = ROOT / "sample_videos" / "side_good.mp4"
        folder = real_folder(root / "in", sample) if args.real else fake_folder(root / "in")
        unlike = run_rounds(root, folder, args.rounds, real=args.real, seed=args.seed)
    print(f"{args.rounds - unlike} of {args.rounds} rounds ended as the undisturbed run")
    sys.exit(bool(unlike))


if __name__ == "__main__":
    main()
