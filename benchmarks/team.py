"""What ``kneedrive team`` costs, what two workers gain, and how quick the leaderboard is.

    python benchmarks/team.py [--clips 6] [--model heavy] [--clip FILE] [--repeats 1]
    python benchmarks/team.py --leaderboard [--strides 100000]

The first times, one after the other and each in processes of its own:

- bare: ``analyze`` and ``write_outputs`` for each clip in a plain loop, one pose thread;
- one: the team run with one worker and one pose thread;
- two: the same with two workers;
- idle: one worker and a grader that only puts a finished result there.

It prints the command's own cost (one over bare, both with their start-up; and idle over bare, which
a busy machine disturbs less) and the throughput of two workers over one. The second fills a store
with made-up strides and times the leaderboard from it.
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from contextlib import closing
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SAMPLE = ROOT / "sample_videos" / "side_good.mp4"
ATHLETES = 200
STRIDES_PER_CLIP = 8
SECONDS_ALLOWED = 1.0

BARE = """
import sys
from pathlib import Path
from kneedrive_cv import Settings, analyze, write_outputs
settings = Settings.from_dict({"pose": {"model": sys.argv[1], "workers": 1}})
for i, clip in enumerate(sys.argv[3:]):
    write_outputs(analyze(clip, settings), Path(sys.argv[2]) / str(i))
"""
IDLE = """
import shutil
import sys
from pathlib import Path

def grade(job, clip, folder, progress):
    shutil.copy(sys.argv[1], folder / "result.json")
    (folder / "report.html").write_text("nothing", encoding="utf-8")

if __name__ == "__main__":
    from kneedrive_cv.team.batch import grade_team
    from kneedrive_cv.team.outputs import write_team
    from kneedrive_cv.team.terminal import TeamProgress, print_squad

    with TeamProgress() as progress:
        run = grade_team(
            sys.argv[3], out=Path(sys.argv[2]), workers=1, watcher=progress, grade=grade
        )
    print_squad(write_team(run.store, run.out, title=run.title), run)
"""
SETTINGS = '[pose]\nmodel = "{model}"\nworkers = 1\n'


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--clips", type=int, default=6)
    parser.add_argument("--clip", type=Path, default=SAMPLE)
    parser.add_argument("--model", default="heavy")
    parser.add_argument("--repeats", type=int, default=1)
    parser.add_argument("--leaderboard", action="store_true")
    parser.add_argument("--strides", type=int, default=100_000)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as made:
        if args.leaderboard:
            time_leaderboard(Path(made), args.strides)
        else:
            time_runs(Path(made), args.clip, args.clips, args.model, args.repeats)


def timed(command: list[str]) -> tuple[float, float]:
    """Seconds by the wall clock and of processor time, of a command with what it starts."""
    before, began_s = os.times(), time.perf_counter()
    subprocess.run(
        command, cwd=ROOT, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    wall_s, after = time.perf_counter() - began_s, os.times()
    cpu_s = after.children_user + after.children_system
    return wall_s, cpu_s - before.children_user - before.children_system


def time_runs(root: Path, clip: Path, count: int, model: str, repeats: int) -> None:
    """Bare, with one worker, with two."""
    folder = root / "clips"
    for i in range(count):
        target = folder / f"Athlete {i}" / f"2026-05-01_{i}{clip.suffix}"
        target.parent.mkdir(parents=True)
        shutil.copy(clip, target)
    settings = root / "settings.toml"
    settings.write_text(SETTINGS.format(model=model), encoding="utf-8")
    clips = [str(path) for path in sorted(folder.rglob(f"*{clip.suffix}"))]
    commands = {"bare": lambda out: [sys.executable, "-c", BARE, model, str(out), *clips]}
    for workers in (1, 2):
        commands[f"{workers} worker{'s' * (workers > 1)}"] = lambda out, n=workers: [
            *(sys.executable, "-m", "kneedrive_cv", "team", str(folder), "--out", str(out)),
            *("--settings", str(settings), "--workers", str(n)),
        ]
    print(f"{count} clips ({clip.name}, {model}), {os.cpu_count()} cores, load {load()}")
    wall: dict[str, list[float]] = {name: [] for name in commands}
    cpu: dict[str, list[float]] = {name: [] for name in commands}
    for repeat in range(repeats):
        for name, command in commands.items():
            wall_s, cpu_s = timed(command(root / f"{name} {repeat}"))
            wall[name].append(wall_s)
            cpu[name].append(cpu_s)
            print(f"{name}: {wall_s:.1f} s, {cpu_s:.1f} s of processor time, load {load()}")
    idle_cpu = time_idle(root, folder)
    bare, one, two = (statistics.median(wall[name]) for name in commands)
    bare_cpu, one_cpu, two_cpu = (statistics.median(cpu[name]) for name in commands)
    own, own_cpu, more_cpu = one / bare - 1, one_cpu / bare_cpu - 1, two_cpu / one_cpu - 1
    print(f"own cost over bare: {own:+.1%} (of processor time {own_cpu:+.1%})")
    idle = f"{idle_cpu:.2f} s, {idle_cpu / bare_cpu:.1%} of bare"
    print(f"the command around a grader that does nothing: {idle}")
    print(f"two workers over one: {one / two:.2f} (processor time {more_cpu:+.1%})")


def time_idle(root: Path, folder: Path) -> float:
    """Processor time of a team run whose grader does nothing; median of three."""
    script, result = root / "idle.py", next((root / "bare 0").rglob("result.json"))
    script.write_text(IDLE, encoding="utf-8")
    command = [sys.executable, str(script), str(result)]
    return statistics.median(
        timed([*command, str(root / f"idle {i}"), str(folder)])[1] for i in range(3)
    )


def load() -> str:
    """How busy the machine is: processes that want a core."""
    return f"{os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else "unknown"


def time_leaderboard(root: Path, strides: int) -> None:
    """Fill a store, then read the leaderboard from it."""
    sys.path.insert(0, str(ROOT))
    from kneedrive_cv.team.squad import read_squad
    from kneedrive_cv.team.store.opening import open_store, read_store
    from tests.squad_maker import save, varied

    path = root / "team.sqlite"
    results = [varied(seed, strides=STRIDES_PER_CLIP) for seed in range(20)]
    began_s = time.perf_counter()
    clips = strides // STRIDES_PER_CLIP
    with closing(open_store(path)) as db:
        save(
            db,
            (
                (
                    f"Athlete {i % ATHLETES:03d}",
                    f"20{20 + i // ATHLETES // 28:02d}-01-{1 + i // ATHLETES % 28:02d}",
                    f"{i:06d}.mp4",
                    results[i % len(results)],
                )
                for i in range(clips)
            ),
        )
    filled_s = time.perf_counter() - began_s
    with closing(read_store(path)) as db:
        count = db.execute("SELECT count(*) FROM strides").fetchone()[0]
        times, cpu_s = [], time.process_time()
        for _ in range(5):
            began_s = time.perf_counter()
            squad = read_squad(db)
            times.append(time.perf_counter() - began_s)
        cpu_s = (time.process_time() - cpu_s) / len(times)
    began_s = time.perf_counter()
    open_store(path).close()
    opened_s = time.perf_counter() - began_s
    print(
        f"{count} strides of {clips} clips ({path.stat().st_size / 1e6:.0f} MB, "
        f"filled in {filled_s:.0f} s, opened and examined in {opened_s:.2f} s): leaderboard of "
        f"{len(squad.standings)} athletes in {statistics.median(times):.2f} s "
        f"(first {times[0]:.2f}, processor time {cpu_s:.2f}), load {load()}"
    )
    sys.exit(statistics.median(times) > SECONDS_ALLOWED)


if __name__ == "__main__":
    main()
