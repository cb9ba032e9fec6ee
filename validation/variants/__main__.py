"""Clips as phones and people make them: what was expected, what came out, and how far off.

Run it as ``python -m validation.variants [--only WORD ...] [--out docs/variants.md]``.

Clips and outcomes stay in ``.variants``: a run that was broken off goes on where it was, and a clip
is graded anew only when the package changed.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from validation.accuracy.grade import source_key
from validation.common import ROOT, Requirements, parser
from validation.variants.catalogue import variants
from validation.variants.grading import do_all, grade, keep, load
from validation.variants.tables import judge, lines_of, requirements
from validation.variants.variant import Places, Real, Variant


def main() -> int:
    """Grade the set and print the tables; 1 when a requirement does not hold."""
    asked = _arguments()
    places = Places(asked.shared, asked.rendered, asked.made)
    chosen = _chosen(asked)
    sources = source_key()
    if asked.one:
        keep(chosen[0], places, grade(chosen[0], places, sources))
        return 0
    folders = ["--shared", asked.shared, "--rendered", asked.rendered, "--made", asked.made]
    if not asked.only_done:
        left = [each for each in chosen if not _is_done(each, places, sources, asked)]
        do_all(
            left,
            places,
            sources,
            workers=asked.workers,
            arguments=[str(word) for word in folders],
            say=lambda line: print(line, file=sys.stderr, flush=True),
        )
    return _tell(chosen, places, sources, asked.out)


def _arguments() -> argparse.Namespace:
    made = parser(__doc__ or "")
    made.add_argument("--only", nargs="*", help="those whose names or lines contain one of these")
    made.add_argument("--only-done", action="store_true", help="tables of what is there")
    made.add_argument("--keep", action="store_true", help="outcomes of an older package will do")
    made.add_argument("--workers", type=int, default=1, help="processes side by side")
    made.add_argument("--rendered", type=Path, default=ROOT / ".accuracy", help="rendered clips")
    made.add_argument("--made", type=Path, default=ROOT / ".variants", help="clips and outcomes")
    made.add_argument("--out", type=Path, help="a Markdown file for the tables")
    made.add_argument("--one", help=argparse.SUPPRESS)
    return made.parse_args()


def _chosen(asked: argparse.Namespace) -> list[Variant]:
    every = variants()
    if asked.one:
        return [each for each in every if each.name == asked.one]
    there = [e for e in every if not isinstance(e.source, Real) or asked.shared.is_dir()]
    if len(there) < len(every):
        print(f"{len(every) - len(there)} real clips left out: {asked.shared} is not there")
    return [
        each
        for each in there
        if not asked.only or any(word in f"{each.name} {each.line}" for word in asked.only)
    ]


def _is_done(each: Variant, places: Places, sources: str, asked: argparse.Namespace) -> bool:
    outcome = load(each, places)
    return outcome is not None and (asked.keep or outcome.sources == sources)


def _tell(chosen: list[Variant], places: Places, sources: str, out: Path | None) -> int:
    outcomes = {each.name: load(each, places) for each in chosen}
    there = {name: outcome for name, outcome in outcomes.items() if outcome is not None}
    judged = judge(chosen, there, places)
    lines = lines_of(judged)
    print("\n".join(lines))
    older = sum(outcome.sources != sources for outcome in there.values())
    if older:
        print(f"{older} of {len(there)} were graded by an older package")
    verdict, found = Requirements(), requirements(judged)
    for holds, line in found:
        verdict.check(holds, line)
    if out is not None:
        said = [f"- {'holds' if holds else '**does not hold**'}: {line}" for holds, line in found]
        head = ["# Variants", "", "By `python -m validation.variants --out docs/variants.md`.", ""]
        out.write_text("\n".join([*head, *said, "", *lines]), "utf-8")
    return verdict.exit_code


if __name__ == "__main__":
    sys.exit(main())
