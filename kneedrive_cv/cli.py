"""The command line: each verb is a thin call of the API."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, NoReturn

import typer

from kneedrive_cv.errors import KneedriveError

if TYPE_CHECKING:
    from kneedrive_cv.config import Settings
    from kneedrive_cv.pipeline import Progress

app = typer.Typer(
    help="Measure a sprinter's knee drive from a phone clip.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

INTERRUPTED = 130


@app.callback(invoke_without_command=True)
def main(
    version: Annotated[bool, typer.Option("--version", help="Say the version.")] = False,
) -> None:
    """Measure a sprinter's knee drive from a phone clip."""
    if version:
        from kneedrive_cv.version import __version__

        typer.echo(f"kneedrive {__version__}")
        raise typer.Exit


@app.command()
def analyze(
    clip: Annotated[Path, typer.Argument(help="The clip, as the phone recorded it.")],
    out: Annotated[Path, typer.Option(help="Folder for the results.")] = Path("runs"),
    capture_fps: Annotated[
        float | None, typer.Option(min=1.0, help="Frames a second the camera took.")
    ] = None,
    athlete: Annotated[
        int | None, typer.Option(min=1, help="Which person, by the number that is listed.")
    ] = None,
    view: Annotated[
        Literal["auto", "side", "front", "rear"] | None, typer.Option(help="From where it is seen.")
    ] = None,
    model: Annotated[
        Literal["lite", "full", "heavy"] | None, typer.Option(help="The pose model.")
    ] = None,
    settings: Annotated[Path | None, typer.Option(help="A TOML file with settings.")] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print result.json in place of the table.")
    ] = False,
) -> None:
    """Grade one clip and write the report."""
    with _clear_errors():
        chosen = _settings(settings, capture_fps, athlete, view, model)
        folder, result = _analyze(clip, out, chosen)
        if as_json:
            typer.echo(result.model_dump_json(indent=2))
            return
        from kneedrive_cv.report.terminal import print_verdict

        print_verdict(result, folder / "report.html")


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


def _settings(
    path: Path | None,
    capture_fps: float | None,
    athlete: int | None,
    view: str | None,
    model: str | None,
) -> Settings:
    """Settings from the file, with what the command line says on top."""
    from kneedrive_cv.config import Settings

    data: dict[str, Any] = (Settings.from_toml(path) if path else Settings()).model_dump()
    said = {"capture_fps": capture_fps, "pick_athlete": athlete, "view": view}
    data |= {key: value for key, value in said.items() if value is not None}
    if model is not None:
        data["pose"]["model"] = model
    return Settings.from_dict(data, where="the command line")


def _analyze(clip: Path, out: Path, settings: Settings) -> tuple[Path, Any]:
    """Check the ends first, then grade and write, with a progress bar."""
    from kneedrive_cv.system import require_libraries

    require_libraries()
    from kneedrive_cv.report.write import check_output, write_outputs
    from kneedrive_cv.video.metadata import check_file

    check_file(clip)
    check_output(clip, out)
    from kneedrive_cv.pipeline import analyze as grade

    with _progress_bar() as progress:
        run = grade(clip, settings, progress=progress)
        return write_outputs(run, out, progress=progress), run.result


@contextmanager
def _progress_bar() -> Iterator[Progress]:
    """A bar on stderr with the stage, the share done and frames a second."""
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    bar = Progress(
        TextColumn("{task.description:22}"),
        BarColumn(),
        TextColumn("{task.completed:.0f}/{task.total:.0f} frames"),
        TextColumn("{task.fields[rate]:>9}"),
        TimeRemainingColumn(),
        console=Console(stderr=True),
        transient=True,
    )
    tasks: dict[str, Any] = {}

    def show(stage: str, done: int, total: int) -> None:
        if stage not in tasks:
            tasks[stage] = bar.add_task(stage, total=max(total, 1), rate="")
        speed = bar.tasks[tasks[stage]].finished_speed or bar.tasks[tasks[stage]].speed
        rate = f"{speed:.0f} fps" if speed else ""
        bar.update(tasks[stage], completed=done, total=max(total, done), rate=rate)

    with bar:
        yield show


@contextmanager
def _clear_errors() -> Iterator[None]:
    """One clear line and the right exit code in place of a traceback."""
    try:
        yield
    except KneedriveError as error:
        _fail(str(error), error.exit_code)
    except KeyboardInterrupt:
        _fail("Stopped. Nothing was written.", INTERRUPTED)


def _fail(message: str, code: int) -> NoReturn:
    """Say it on stderr, on one line each, and leave."""
    typer.echo(f"kneedrive: {message}", err=True)
    raise typer.Exit(code)


if __name__ == "__main__":
    app()
