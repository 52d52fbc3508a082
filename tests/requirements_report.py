#!/usr/bin/env python3
"""Which rules of docs/requirements/rules.tsv have a test. A test proves a rule when its name starts with the rule's
id, as in TEST(Tree, TND_066_AddWithoutReplaceOnParentSetsAcl) or def test_SEC_070_wrong_server_mac, also with several ids: PRO_012_PRO_013_….

Fails when a rule listed in docs/requirements/proven.txt lost its test, and when a test names a rule that is not
known. --update writes proven.txt anew; --missing lists the rules without a test."""

import os
import re
import sys

from layering_test import ROOT, tracked_files

RULES = os.path.join(ROOT, "docs/requirements/rules.tsv")
OTHERS = os.path.join(ROOT, "docs/requirements/others.txt")
PROVEN = os.path.join(ROOT, "docs/requirements/proven.txt")
TEST = re.compile(r"^\s*(?:(?:TEST|TEST_F|TEST_P|TYPED_TEST)\s*\(\s*\w+\s*,\s*|def test_)(\w+)", re.MULTILINE)
IDS = re.compile(r"(?:([A-Z]+)_(\d{3}[a-z]?)_?)")


def rule_ids(test_name):
    """The ids a test name starts with."""
    position, found = 0, []
    while match := IDS.match(test_name, position):
        found.append(f"{match.group(1)}-{match.group(2)}")
        position = match.end()
    return found


def lines(path):
    with open(path, encoding="utf-8") as text:
        return [line.rstrip("\n") for line in text if line.strip() and not line.startswith("#")]


def main():
    rules = {fields[0]: fields for fields in (line.split("\t") for line in lines(RULES))}
    others = set(lines(OTHERS))  # should, may, and what the project decided for itself
    tests = {}
    for name in tracked_files():
        if name.startswith("tests/") and name.endswith((".cpp", "_test.py")):
            with open(os.path.join(ROOT, name), encoding="utf-8") as source:
                for test in TEST.findall(source.read()):
                    for rule in rule_ids(test):
                        tests.setdefault(rule, []).append(f"{name}: {test}")

    groups = {}
    for rule in rules:
        have, total = groups.get(rule.split("-")[0], (0, 0))
        groups[rule.split("-")[0]] = (have + (rule in tests), total + 1)
    for group, (have, total) in groups.items():
        print(f"{group:5} {have:4} of {total:4} rules that must hold have a test")
    print(f"and {sum(1 for rule in tests if rule in others)} further rules do")
    if "--missing" in sys.argv:
        for rule, fields in rules.items():
            if rule not in tests:
                print(f"{rule}  {fields[3]}")

    if "--update" in sys.argv:
        with open(PROVEN, "w", encoding="utf-8") as text:
            text.write("# Rules that have a test. Written by tests/requirements_report.py --update.\n")
            text.writelines(f"{rule}\n" for rule in sorted(tests) if rule in rules or rule in others)
        return 0
    lost = [rule for rule in lines(PROVEN) if rule not in tests]
    known = {*rules, *others}
    families = {rule.split("-")[0] for rule in known}
    unknown = [(rule, where[0]) for rule, where in sorted(tests.items())
               if rule not in known and rule.split("-")[0] in families]
    for rule in lost:
        print(f"{rule} lost its test: {rules.get(rule, [''])[-1]}")
    for rule, where in unknown:
        print(f"{rule} is no rule: {where}")
    return 1 if lost or unknown else 0


if __name__ == "__main__":
    sys.exit(main())
