"""Runs every script of this folder against dm-client, in XML and in WBXML, and tells which items of the static
conformance requirements (docs/requirements/conformance.tsv) pass. Exit status 0: every item that is not left out on
purpose passed in both encodings. OMADM_BIN_DIR says where the programs are."""
import argparse
import concurrent.futures
import glob
import os
import sys
import traceback

import report
import wire
from course import HERE, Course, ids_of
from harness import ROOT

ITEMS = os.path.join(ROOT, "docs/requirements/conformance.tsv")
ENCODINGS = ("xml", "wbxml")


def read_items():
    """Dictionaries: id, level (M, C, S, O), source, what, left_out (the reason; mostly empty)."""
    items = []
    with open(ITEMS, encoding="utf-8") as text:
        for line in text:
            if not line.startswith("#") and line.strip():
                fields = (line.rstrip("\n").split("\t") + [""])[:5]
                items.append(dict(zip(("id", "level", "source", "what", "left_out"), fields)))
    return items


def run_course(path, encoding):
    """Failures by the name of the session, and the recorded messages in WBXML, of one script in one encoding."""
    course = Course(path, encoding)
    try:
        course.run()
        results = [(session["name"], failed) for session, failed in zip(course.sessions, course.failures)]
        # The notes of the files are gone with the lab: their octets are kept.
        files = {}
        for message in course.messages:
            if encoding == "wbxml" and message.content_type.endswith("wbxml") and message.root is not None:
                with open(os.path.join(course.server.record, message.file), "rb") as octets:
                    files[f"{course.name}/{message.file}"] = (octets.read(), message)
        return results, files
    except Exception:  # pylint: disable=broad-except
        told = [traceback.format_exc() + (course.servers[-1].output()[-300:] if course.servers else "")]
        others = ["the script came to an end before"]
        return [(session["name"], others if at else told) for at, session in enumerate(course.sessions)], {}
    finally:
        course.close()


def run_all(paths, jobs):
    """{id: {encoding: failures}}, {script and session: …} of what failed, and the messages."""
    outcome, messages, unknown = {}, {}, []
    with concurrent.futures.ThreadPoolExecutor(jobs) as pool:
        runs = {(path, encoding): pool.submit(run_course, path, encoding) for path in paths for encoding in ENCODINGS}
        for (path, encoding), run in runs.items():
            results, files = run.result()
            messages.update(files)
            script = os.path.basename(path)
            for name, failed in results:
                if not ids_of(name):
                    unknown.append(f"{script}: the session \"{name}\" names no item")
                for item in ids_of(name):
                    known = outcome.setdefault(item, {}).setdefault(encoding, [])
                    known += [f"{script}, \"{name}\": {what}" for what in failed]
                    outcome[item].setdefault("scripts", set()).add(script)
    return outcome, messages, unknown


def judge(items, outcome):
    """Sets item["xml"] and item["wbxml"] to pass, FAIL, missing or left out; the failures to item["why"]."""
    for item in items:
        seen = outcome.pop(item["id"], {})
        item["scripts"] = sorted(seen.get("scripts", ()))
        item["why"] = [f"{encoding}: {what}" for encoding in ENCODINGS for what in seen.get(encoding, [])]
        for encoding in ENCODINGS:
            if encoding in seen:
                item[encoding] = "FAIL" if seen[encoding] else "pass"
            else:
                item[encoding] = "left out" if item["left_out"] else "missing"
        if item["left_out"] and seen:
            item["why"].append("is said to be left out, but has a script")
    return [f"{item} is no item of docs/requirements/conformance.tsv" for item in outcome]


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("scripts", nargs="*", help="names without .toml; default: all")
    parser.add_argument("--html", metavar="FILE", help="write the table as a page")
    parser.add_argument("--jobs", type=int, default=2 * (os.cpu_count() or 2))
    parser.add_argument("--quiet", action="store_true", help="the sum and what failed only")
    parser.add_argument("--keep", metavar="DIR", help="keep the messages in WBXML there")
    options = parser.parse_args()
    paths = [os.path.join(HERE, name + ".toml") for name in options.scripts] or sorted(glob.glob(os.path.join(HERE, "*.toml")))
    outcome, messages, wrong = run_all(paths, options.jobs)
    items = [item for item in read_items() if not options.scripts or item["id"] in outcome]
    wrong += judge(items, outcome)
    second = wire.compare(messages)
    if options.keep:
        wire.keep(messages, options.keep)
    report.as_text(items, second, options.quiet)
    if options.html:
        report.as_html(items, second, options.html)
    for line in wrong + second.differences:
        print(f"!! {line}")
    bad = [item for item in items if item["why"] or "missing" in (item["xml"], item["wbxml"])]
    return 1 if bad or wrong or second.differences else 0


if __name__ == "__main__":
    sys.exit(main())
