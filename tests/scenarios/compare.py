#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""Compare the verdicts of played scenarios with the table of those that are known to fail.

    compare.py VERDICTS TABLE

VERDICTS: a line of JSON for each scenario. TABLE: lines "NAME VERDICT REASON", VERDICT being `fail`, `no` (the player
cannot play it) or `varies` (it passes in some runs); '#' starts a comment. A scenario without a line has to pass."""
import json
import sys


def table_read(path):
    table = {}
    with open(path, encoding="utf-8") as lines:
        for number, line in enumerate(lines, 1):
            words = line.split(None, 2)
            if not words or words[0].startswith("#"):
                continue
            if len(words) < 3 or words[1] not in ("fail", "no", "varies"):
                sys.exit(f"{path}:{number}: expected NAME fail|no|varies REASON")
            table[words[0]] = words[1]
    return table


def main(verdicts_path, table_path):
    table = table_read(table_path)
    passed = failed = 0
    with open(verdicts_path, encoding="utf-8") as lines:
        played = sorted((json.loads(line) for line in lines if line.strip()), key=lambda one: one["name"])
    for one in played:
        name, verdict = one["name"], one["verdict"]
        expected = table.get(name, "pass")
        if expected in (verdict, "varies"):
            passed += 1
            print(f"ok {name}" + ("" if verdict == "pass" else f" ({verdict}, as the table says)"))
            continue
        failed += 1
        print(f"not ok {name}: {verdict}, the table says {expected}")
        for key in ("where", "why", "want", "got"):
            if one.get(key):
                print(f"#   {key}: {one[key]}")
    print(f"{passed} passed, {failed} failed")
    return 1 if failed or not played else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
