"""python course.py bench [training | scoring | growth | NAME [--remake]]; without a name: the three of speed.

quality, picture_sizes and scoreboard print what they measured last, and measure again with --remake.
"""

import argparse
import importlib

SPEED = ("training", "scoring", "growth")
TABLES = ("quality", "picture_sizes", "scoreboard")


def main():
    parser = argparse.ArgumentParser(prog="course.py bench", description=__doc__.partition("\n")[0])
    parser.add_argument("name", nargs="?", choices=[*SPEED, *TABLES], help="one of them; all of speed when left out")
    parser.add_argument(
        "--remake", action="store_true", help="measure a table again (15 minutes and more) instead of printing it"
    )
    arguments = parser.parse_args()
    if arguments.name in TABLES:
        importlib.import_module(f"benchmarks.{arguments.name}").main(remake=arguments.remake)
        return
    goals = []
    for name in [arguments.name] if arguments.name else SPEED:
        goals += importlib.import_module(f"benchmarks.{name}").main()
    print(f"\n{'goal':62} {'reached':>10}")
    for goal, reached, met in goals:
        print(f"{goal:62} {reached:>10}  {'met' if met else 'NOT MET'}")


if __name__ == "__main__":
    main()
