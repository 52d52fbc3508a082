#!/usr/bin/env python3
"""Which rules of docs/requirements/rules.tsv have a test. A test proves a rule when its name starts with the rule's
id, as in TEST(Tree, TND_066_AddWithoutReplaceOnParentSetsAcl) or def test_SEC_070_wrong_server_mac, also with several ids: PRO_012_PRO_013_….

Fails when a rule of a family that docs/requirements/complete.txt names has no test, when a rule listed in
docs/requirements/proven.txt lost its test, and when a test names a rule that is not known. What is no affair of a
client is listed with the reason in docs/requirements/not-for-a-client.tsv and needs no test. --update writes proven.txt
anew; --missing lists the rules without a test; --tests lists every rule with its tests, --tests=TND those of a family."""

import os
import re
import sys

from layering_test import ROOT, tracked_files

RULES = os.path.join(ROOT, "docs/requirements/rules.tsv")
OTHERS = os.path.join(ROOT, "docs/requirements/others.txt")
PROVEN = os.path.join(ROOT, "docs/requirements/proven.txt")
COMPLETE = os.path.join(ROOT, "docs/requirements/complete.txt")
NOT_OURS = os.path.join(ROOT, "docs/requirements/not-for-a-client.tsv")
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


def family(rule):
    return rule.split("-")[0]


def tests_by_rule():
    tests = {}
    for name in tracked_files():
        if name.startswith("tests/") and name.endswith((".cpp", "_test.py")):
            with open(os.path.join(ROOT, name), encoding="utf-8") as source:
                for test in TEST.findall(source.read()):
                    for rule in rule_ids(test):
                        tests.setdefault(rule, []).append(f"{name}: {test}")
    return tests


def completeness_problems(known, must, tests, not_ours):
    """What keeps the families of complete.txt from being complete, and reasons that are none."""
    complete = dict((line.split() + ["all"])[:2] for line in lines(COMPLETE))
    problems = [f"{name}: complete.txt names a family without rules" for name in sorted(set(complete) - {family(r) for r in known})]
    for rule in known:
        bound = family(rule) in complete and (complete[family(rule)] == "all" or rule in must)
        if bound and rule not in tests and rule not in not_ours:
            problems.append(f"{rule} has no test, and its family is said to be complete")
    for rule, reason in not_ours.items():
        if rule not in known:
            problems.append(f"{rule} is no rule: not-for-a-client.tsv")
        elif rule in tests:
            problems.append(f"{rule} has a test, so it is an affair of the client: {tests[rule][0]}")
        elif not reason.strip():
            problems.append(f"{rule}: not-for-a-client.tsv gives no reason")
    return problems


def main():
    rules = {fields[0]: fields for fields in (line.split("\t") for line in lines(RULES))}
    others = lines(OTHERS)  # should, may, and what the project decided for itself
    not_ours = dict((line.split("\t") + [""])[:2] for line in lines(NOT_OURS))
    tests = tests_by_rule()

    groups = {}
    for rule in rules:
        have, total, elsewhere = groups.get(family(rule), (0, 0, 0))
        groups[family(rule)] = (have + (rule in tests), total + 1, elsewhere + (rule in not_ours))
    for group, (have, total, elsewhere) in groups.items():
        note = f", {elsewhere} are no affair of a client" if elsewhere else ""
        print(f"{group:5} {have:4} of {total:4} rules that must hold have a test{note}")
    print(f"and {sum(1 for rule in tests if rule in others)} further rules do")
    if "--missing" in sys.argv:
        for rule, fields in rules.items():
            if rule not in tests and rule not in not_ours:
                print(f"{rule}  {fields[3]}")
    for option in (argument for argument in sys.argv if argument.startswith("--tests")):
        for rule in [*rules, *others]:
            if option in ("--tests", f"--tests={family(rule)}"):
                shown = tests.get(rule) or [f"no affair of a client: {not_ours[rule]}" if rule in not_ours else "no test"]
                print(f"{rule}  {rules[rule][3] if rule in rules else ''}".rstrip())
                print("".join(f"    {line}\n" for line in shown), end="")

    if "--update" in sys.argv:
        with open(PROVEN, "w", encoding="utf-8") as text:
            text.write("# Rules that have a test. Written by tests/requirements_report.py --update.\n")
            text.writelines(f"{rule}\n" for rule in sorted(tests) if rule in rules or rule in others)
        return 0
    lost = [rule for rule in lines(PROVEN) if rule not in tests]
    known = {*rules, *others}
    families = {family(rule) for rule in known}
    unknown = [(rule, where[0]) for rule, where in sorted(tests.items()) if rule not in known and family(rule) in families]
    incomplete = completeness_problems([*rules, *others], rules, tests, not_ours)
    for problem in incomplete:
        print(problem)
    for rule in lost:
        print(f"{rule} lost its test: {rules.get(rule, [''])[-1]}")
    for rule, where in unknown:
        print(f"{rule} is no rule: {where}")
    return 1 if lost or unknown or incomplete else 0


if __name__ == "__main__":
    sys.exit(main())
