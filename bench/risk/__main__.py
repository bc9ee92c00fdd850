"""`python -m bench.risk simulate | fit | boost | evaluate | compare | pictures`. All but the first
take minutes.
"""

from argparse import ArgumentParser
from importlib import import_module
from pathlib import Path

from bench.risk import evaluate
from bench.risk.log import simulate, write
from bench.risk.settings import ALL, smaller
from risk.scoring import forest, registry, sheets

NUMBERS, PICTURES = Path("docs/risk-model/numbers.json"), Path("docs/risk-model")
INTO = {
    "simulate": Path(),
    "fit": sheets.NEWEST,
    "boost": forest.NEWEST,
    "evaluate": NUMBERS,
    "compare": Path(),
    "pictures": PICTURES,
}


def main() -> None:
    """Runs from the root of the project."""
    parser = ArgumentParser(prog="bench.risk", description=__doc__)
    parser.add_argument("task", choices=INTO)
    parser.add_argument(
        "--setting",
        choices=sorted(ALL),
        action="append",
        help="for simulate and evaluate; default: all",
    )
    parser.add_argument(
        "--share",
        type=float,
        default=1.0,
        help="a smaller site: this share of its people and attackers",
    )
    parser.add_argument(
        "--into",
        type=Path,
        help="where it goes: the folder of logs or pictures, the file of weights or numbers",
    )
    parser.add_argument(
        "--signal",
        action="append",
        default=[],
        help="the dotted path of a module with a signal of the site's own, as in RISK_SIGNALS",
    )
    options = parser.parse_args()
    registry.name(options.signal)
    chosen = [smaller(ALL[name], options.share) for name in options.setting or ALL]
    into = options.into or INTO[options.task]
    if options.task == "simulate":
        for setting in chosen:
            write(simulate(setting), into / f"{setting.name}.csv.gz")
    elif options.task == "evaluate":
        evaluate.evaluate(chosen, sheets.read(sheets.NEWEST), into)
    elif options.task in ("fit", "boost"):  # the packages that these need are few people's
        task = import_module(f"bench.risk.{options.task}")
        getattr(task, options.task)(options.share, into)
    elif options.task == "compare":
        # reads trees that may not have been made yet
        import_module("bench.risk.compare").compare(options.share)
    else:
        import_module("bench.risk.pictures").draw(NUMBERS, into)


if __name__ == "__main__":
    main()
