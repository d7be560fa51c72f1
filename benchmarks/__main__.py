"""python course.py bench [training | scoring | growth | quality [--remake]]; without a name: the three of speed."""

import argparse
import importlib

SPEED = ("training", "scoring", "growth")


def main():
    parser = argparse.ArgumentParser(prog="course.py bench", description=__doc__)
    parser.add_argument("name", nargs="?", choices=[*SPEED, "quality"], help="one of them; all of speed when left out")
    parser.add_argument(
        "--remake", action="store_true", help="quality: measure again (about 15 minutes) instead of printing"
    )
    arguments = parser.parse_args()
    if arguments.name == "quality":
        importlib.import_module("benchmarks.quality").main(remake=arguments.remake)
        return
    goals = []
    for name in [arguments.name] if arguments.name else SPEED:
        goals += importlib.import_module(f"benchmarks.{name}").main()
    print(f"\n{'goal':62} {'reached':>10}")
    for goal, reached, met in goals:
        print(f"{goal:62} {reached:>10}  {'met' if met else 'NOT MET'}")


if __name__ == "__main__":
    main()
