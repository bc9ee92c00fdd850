"""`python -m bench.risk simulate | fit | evaluate | pictures`. The last three take minutes each."""

from argparse import ArgumentParser
from pathlib import Path

from bench.risk import evaluate
from bench.risk.log import simulate, write
from bench.risk.settings import ALL, smaller
from risk import sheets
from risk.sheets import NEWEST


def main() -> None:
    parser = ArgumentParser(prog="bench.risk", description=__doc__)
    parser.add_argument("task", choices=("simulate", "fit", "evaluate", "pictures"))
    parser.add_argument("--setting", choices=sorted(ALL), action="append", help="for simulate and evaluate; default: all")
    parser.add_argument("--share", type=float, default=1.0, help="a smaller site: this share of its people and attackers")
    parser.add_argument("--into", type=Path, help="simulate: folder of the logs; fit: file of the weights; evaluate: file of the table; pictures: folder")
    options = parser.parse_args()
    chosen = [smaller(ALL[name], options.share) for name in options.setting or ALL]
    if options.task == "simulate":
        for setting in chosen:
            write(simulate(setting), (options.into or Path()) / f"{setting.name}.csv.gz")
    elif options.task == "evaluate":
        evaluate.evaluate(chosen, sheets.read(NEWEST), options.into)
    elif options.task == "fit":
        from bench.risk import fit  # noqa: PLC0415 - the only one that needs scipy

        fit.fit(options.share, options.into or NEWEST)


if __name__ == "__main__":
    main()
