"""python -m bench seed | run | many | issue: the benchmarks' commands."""

import argparse
import os
from pathlib import Path

from bench import issuing, many, run, seed
from bench.ground import FOLDER


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--folder", type=Path, default=FOLDER, help="where the database is kept")
    parser.add_argument(
        "--database",
        default=os.environ.get("BENCH_DATABASE_URL", ""),
        help="postgresql+psycopg://… of an empty database; SQLite in the folder when absent",
    )
    commands = parser.add_subparsers(dest="command", required=True)
    seed = commands.add_parser("seed", help="fill a database")
    seed.add_argument("--cohorts", type=int, default=20)
    seed.add_argument("--people", type=int, default=50, help="in each cohort")
    ten_thousand = commands.add_parser("many", help="judge ten thousand people")
    ten_thousand.add_argument("--cohorts", type=int, default=many.MANY.cohorts)
    ten_thousand.add_argument("--people", type=int, default=many.MANY.people)
    run.options(commands.add_parser("run", help="measure floor and ours side by side"))
    issuing.options(commands.add_parser("issue", help="issue to a cohort, in an empty folder"))
    return parser


def main() -> None:
    """Do what the command line asks for."""
    given = _parser().parse_args()
    if given.command == "seed":
        seed.main(given.folder, given.database, given.cohorts, given.people)
    elif given.command == "many":
        many.main(given.folder, given.database, seed.Scale(given.cohorts, given.people))
    elif given.command == "issue":
        issuing.main(given.folder, given.database, given)
    else:
        run.main(given.folder, given.database, given)


if __name__ == "__main__":
    main()
