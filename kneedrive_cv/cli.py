"""The command line: each verb is a thin call of the API."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, NoReturn

import typer
from typer.core import TyperGroup

from kneedrive_cv.arguments import (
    SLOWEST,
    about_everybody,
    metres,
    named_after,
    numbers,
    settings_of,
)
from kneedrive_cv.errors import KneedriveError, UngradableError
from kneedrive_cv.interrupt import OneInterrupt
from kneedrive_cv.label import Label, label_of
from kneedrive_cv.lasting import lasting
from kneedrive_cv.stdout import drop_stdout, takes_no_more, use_plain_letters

if TYPE_CHECKING:
    from kneedrive_cv.config import Settings

WRONG_USE = 2
NOTHING_GRADED = 3
INTERRUPTED = 130


class _Plain(TyperGroup):
    """The commands, with wrong arguments told in two plain lines."""

    def main(self, *args: Any, **kwargs: Any) -> NoReturn:
        """Run the command, and end the program with its exit code."""
        use_plain_letters()
        try:
            code = super().main(*args, **(kwargs | {"standalone_mode": False}))
        except OSError as error:
            if not takes_no_more(error):
                raise
            drop_stdout()
            typer.echo(f"kneedrive: the output cannot be written ({error.strerror}).", err=True)
            code = WRONG_USE
        except Exception as error:
            # The class of these errors has moved between releases of typer.
            if not hasattr(error, "format_message"):
                raise
            context = getattr(error, "ctx", None)
            command = context.command_path if context else "kneedrive"
            typer.echo(f"kneedrive: {error.format_message()}", err=True)
            typer.echo(f"Try: {command} --help", err=True)
            code = WRONG_USE
        sys.exit(code or 0)


def _person(value: str | None) -> str | None:
    """What may stand behind --athlete."""
    if value is None or value == "list" or (value.isdecimal() and int(value) > 0):
        return value
    raise typer.BadParameter("give a number from 1, or 'list'")


def _tall(value: str) -> float:
    """What may stand behind --height: many write 1,82."""
    try:
        return float(value.replace(",", "."))
    except ValueError:
        raise typer.BadParameter("give metres or centimetres, as 1.82 or 182") from None


Who = Annotated[
    str | None,
    typer.Option(callback=_person, help="Which person; 'list' shows them with numbers."),
]
Everybody = Annotated[
    bool, typer.Option("--all-athletes", help="Grade everybody who moves, a folder each.")
]
Height = Annotated[
    float | None,
    typer.Option(
        parser=_tall, metavar="HEIGHT", help="The athlete's height, as 1.82 or 182: gives metres."
    ),
]
Distance = Annotated[
    str | None,
    typer.Option(help="A known distance on his lane: X1,Y1,X2,Y2 in pixels, then METRES."),
]
Recorded = Annotated[
    datetime | None,
    typer.Option(formats=["%Y-%m-%d"], help="Day of the run, if the clip does not say it."),
]
Model = Annotated[
    Literal["lite", "full", "heavy"] | None, typer.Option(help="The pose model.")
]


app = typer.Typer(
    cls=_Plain,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,  # its boxes cost a third of the time that --help takes
)


@app.callback(invoke_without_command=True)
def main(
    context: typer.Context,
    version: Annotated[bool, typer.Option("--version", help="Say the version.")] = False,
) -> None:
    """Measure a sprinter's knee drive from a phone clip."""
    if version:
        from kneedrive_cv.version import __version__

        typer.echo(f"kneedrive {__version__}")
        raise typer.Exit
    if context.invoked_subcommand is None:
        typer.echo(context.get_help(), err=True)
        raise typer.Exit(WRONG_USE)


@app.command()
def analyze(
    clip: Annotated[
        Path | None, typer.Argument(help="The clip, as the phone recorded it.")
    ] = None,
    out: Annotated[
        Path, typer.Option(help="Folder for the results, a folder in it for each clip.")
    ] = Path("runs"),
    pose: Annotated[
        Path | None,
        typer.Option(help="A pose file of another program, in place of reading the pose."),
    ] = None,
    also: Annotated[
        Path | None, typer.Option(help="A second clip of the same run, from another view.")
    ] = None,
    capture_fps: Annotated[
        float | None, typer.Option(min=1.0, help="Frames a second the camera took.")
    ] = None,
    athlete: Who = None,
    all_athletes: Everybody = False,
    view: Annotated[
        Literal["auto", "side", "front", "rear"] | None, typer.Option(help="From where it is seen.")
    ] = None,
    height: Height = None,
    distance: Distance = None,
    model: Model = None,
    settings: Annotated[Path | None, typer.Option(help="A TOML file with settings.")] = None,
    name: Annotated[str, typer.Option(help="The athlete's name, for the report.")] = "",
    recorded: Recorded = None,
    slower: Annotated[
        float, typer.Option(min=1.0, max=SLOWEST, help="Times slower that the overlay plays.")
    ] = 1.0,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print result.json in place of the table.")
    ] = False,
) -> None:
    """Grade one clip and write the report."""
    with _clear_errors(clip or pose):
        beside = {"--also": also, "--pose": pose, "--json": as_json}
        of_one = {"--name": name, "--height": height}
        everybody = about_everybody(athlete, all_athletes, beside, of_one)
        label = label_of(name, recorded)
        chosen = settings_of(
            settings,
            model,
            capture_fps=capture_fps,
            pick_athlete=None if athlete == "list" else athlete,
            view=view,
            height_m=metres(height),
            known_distance=numbers(distance),
        )
        if everybody:
            shown = named_after(clip, None, None)
            _everybody(shown, out, chosen, label, slower, grade=all_athletes)
            return
        folder, result = _analyze(clip, out, chosen, label, slower, also, pose)
        if as_json:
            typer.echo((folder / "result.json").read_bytes(), nl=False)
            return
        from kneedrive_cv.report.terminal import print_verdict

        print_verdict(result, folder / "report.html")


@app.command()
def team(
    folder: Annotated[
        str, typer.Argument(help="The footage: a folder, or a URL of one such as s3://...")
    ],
    roster: Annotated[
        Path | None,
        typer.Option(help="A CSV file: athlete,file,date,height,group,notes."),
    ] = None,
    out: Annotated[
        Path | None, typer.Option(help="Folder for the results; else runs/<name of the folder>.")
    ] = None,
    store: Annotated[
        Path | None, typer.Option(help="The SQLite file; else team.sqlite beside the results.")
    ] = None,
    workers: Annotated[
        int | None, typer.Option(min=1, help="Clips side by side; else by cores and memory.")
    ] = None,
    scheduler: Annotated[
        str | None, typer.Option(help="Address of a Dask scheduler, as tcp://host:8786.")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Grade all clips anew.")] = False,
    retry: Annotated[
        bool, typer.Option("--retry", help="Try those again that took too long or crashed.")
    ] = False,
    time_limit: Annotated[
        float, typer.Option(min=1.0, help="Seconds that a clip may take.")
    ] = 1800.0,
    model: Model = None,
    settings: Annotated[Path | None, typer.Option(help="A TOML file with settings.")] = None,
) -> None:
    """Grade a folder of clips, keep the results, show who needs what."""
    with _clear_errors(stopped="Stopped. What is done is kept; the same command goes on with it."):
        from kneedrive_cv.interrupt import hold_interrupts
        from kneedrive_cv.team.batch import grade_team
        from kneedrive_cv.team.outputs import write_team
        from kneedrive_cv.team.terminal import TeamProgress, print_squad

        with hold_interrupts(), TeamProgress() as progress:
            run = grade_team(
                folder,
                roster=roster,
                out=out,
                store=store,
                settings=settings_of(settings, model),
                workers=workers,
                scheduler=scheduler,
                force=force,
                retry=retry,
                time_limit_s=time_limit,
                watcher=progress,
            )
        squad = write_team(run.store, run.out, title=run.title)
        print_squad(squad, run)
        if not squad.any_graded:
            raise typer.Exit(NOTHING_GRADED)


@app.command()
def compare(
    runs: Annotated[
        list[Path], typer.Argument(help="Folders of graded runs, or a folder of such folders.")
    ],
    out: Annotated[Path, typer.Option(help="The page to be written.")] = Path("comparison.html"),
) -> None:
    """Set graded runs side by side: what changed, and whether it is real."""
    with _clear_errors():
        from kneedrive_cv.report.compare import load_runs, write_comparison
        from kneedrive_cv.report.terminal import print_changes

        loaded = load_runs(runs)
        write_comparison(loaded, out)
        print_changes([run.name for run in loaded], [run.result for run in loaded], out)


@app.command()
def export(
    run: Annotated[Path, typer.Argument(help="The folder of a graded run, or of it alone.")],
    formats: Annotated[
        list[str],
        typer.Option(
            "--format",
            help="trc, mot, c3d, netcdf, openpose, csv, parquet or kinovea; may be repeated.",
        ),
    ],
    out: Annotated[
        Path | None, typer.Option(help="Folder for the files; else that of the run.")
    ] = None,
    height: Annotated[
        float | None, typer.Option(help="The athlete's height, as 1.82 or 182: gives metres.")
    ] = None,
) -> None:
    """Write a graded run for another tool."""
    with _clear_errors():
        from kneedrive_cv.export.run import export_run, file_name
        from kneedrive_cv.report.run_folder import find_run, load_run

        folder = find_run(run)
        graded = load_run(folder).analysis
        # all names first: a wrong format is told before anything is written
        for name, file in [(name, file_name(graded, name)) for name in formats]:
            path = (out or folder) / file
            typer.echo(export_run(graded, name, path, height_m=metres(height)))


@app.command()
def doctor() -> None:
    """Check that everything the grading needs is here and whole."""
    with _clear_errors():
        from kneedrive_cv.doctor import examine

        findings = examine()
        for finding in findings:
            typer.echo(f"{'ok  ' if finding.ok else 'FAIL'} {finding.what}")
        if not all(finding.ok for finding in findings):
            raise typer.Exit(2)


def _analyze(
    clip: Path | None,
    out: Path,
    settings: Settings,
    label: Label,
    slower: float,
    also: Path | None,
    pose: Path | None,
) -> tuple[Path, Any]:
    """Check the ends first, then grade and write, with a progress bar."""
    from kneedrive_cv.system import require_libraries
    from kneedrive_cv.video.metadata import check_file, check_other

    named = named_after(clip, pose, also)
    for path in filter(None, (clip, also)):
        check_file(path)
    if also is not None:
        check_other(named, also)
    require_libraries()
    with lasting():
        from kneedrive_cv.report.write import check_output, write_outputs

        check_output(named, out)
        from kneedrive_cv.chatter import own_stderr
        from kneedrive_cv.interrupt import hold_interrupts
        from kneedrive_cv.pipeline import analyze as grade
        from kneedrive_cv.pipeline import analyze_pose
        from kneedrive_cv.report.progress import progress_bar

    with hold_interrupts(), own_stderr(), progress_bar() as progress:
        if pose is None:
            run = grade(named, settings, also=also, progress=progress)
        else:
            run = analyze_pose(pose, clip, settings)
        run = run.labelled(**label)
        return write_outputs(run, out, progress=progress, slower=slower), run.result


def _everybody(
    clip: Path, out: Path, settings: Settings, label: Label, slower: float, *, grade: bool
) -> None:
    """List the people of a clip, or grade each of them who moves into a folder of his own."""
    from kneedrive_cv.pipeline import find_in_clip
    from kneedrive_cv.report.terminal import print_verdict
    from kneedrive_cv.video.metadata import check_file

    check_file(clip)
    found = find_in_clip(clip, settings)[0].athlete
    for number, words in enumerate(found.people, 1):
        typer.echo(f"{number}: {words}")
    graded = 0
    for number in found.runners if grade else ():
        own = settings.model_copy(update={"pick_athlete": number})
        typer.echo(f"\nAthlete {number}")
        try:
            place = out / f"athlete_{number}"
            folder, result = _analyze(clip, place, own, label, slower, None, None)
        except UngradableError as error:
            typer.echo(f"kneedrive: athlete {number}: {error}", err=True)
            continue
        print_verdict(result, folder / "report.html")
        graded += 1
    if grade and not graded:
        raise typer.Exit(NOTHING_GRADED)


@contextmanager
def _clear_errors(
    clip: Path | None = None, *, stopped: str = "Stopped. Nothing was written."
) -> Iterator[None]:
    """One clear line and the right exit code in place of a traceback."""
    try:
        with OneInterrupt():
            yield
    except KneedriveError as error:
        nameless = clip is not None and not error.where
        _fail(f"{clip}: {error}" if nameless else str(error), error.exit_code)
    except KeyboardInterrupt:
        _fail(stopped, INTERRUPTED)


def _fail(message: str, code: int) -> NoReturn:
    """Say it on stderr, on one line each, and leave."""
    typer.echo(f"kneedrive: {message}", err=True)
    raise typer.Exit(code)


if __name__ == "__main__":
    app()
