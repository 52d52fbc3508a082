"""The outcome of a conformance run, for the terminal and as a page that needs nothing else."""
import html
from collections import Counter

LEVELS = {"M": "mandatory", "C": "conditional", "S": "recommended", "O": "optional"}
STYLE = """
body{font:15px/1.45 system-ui,sans-serif;margin:2rem auto;max-width:75rem;padding:0 1rem;color:#1b1b1b;background:#fff}
h1{font-size:1.6rem}h2{font-size:1.15rem;margin-top:2rem}table{border-collapse:collapse;width:100%}
th,td{text-align:left;padding:.3rem .6rem;border-bottom:1px solid #ddd;vertical-align:top}th{background:#f2f2f2}
td.id{white-space:nowrap;font-family:ui-monospace,monospace;font-size:.9em}.pass{color:#17692b}.bad{color:#b00020;font-weight:600}
.out{color:#666}pre{white-space:pre-wrap;margin:.3rem 0;font-size:.85em;color:#b00020}
@media(prefers-color-scheme:dark){body{background:#181818;color:#e4e4e4}th{background:#262626}th,td{border-color:#3a3a3a}
.pass{color:#7fd491}.bad,pre{color:#ff8a80}.out{color:#aaa}}
"""


def sums(items):
    """One line for each level, as "mandatory: 160 of 160 pass"."""
    lines = []
    for level, name in LEVELS.items():
        of_level = [item for item in items if item["level"] == level]
        done = sum(item["xml"] == item["wbxml"] == "pass" for item in of_level)
        left = sum(bool(item["left_out"]) for item in of_level)
        if of_level:
            lines.append(f"{name}: {done} of {len(of_level)} pass" + (f", {left} left out" if left else ""))
    return lines


def as_text(items, second, quiet):
    if not quiet:
        width = max((len(item["id"]) for item in items), default=0)
        print(f"{'id':{width}}    what{'':56}  XML       WBXML")
        for item in items:
            what = item["what"] if len(item["what"]) <= 60 else item["what"][:59] + "…"
            print(f"{item['id']:{width}}  {item['level']} {what:60}  {item['xml']:8}  {item['wbxml']}")
        left_out = [item for item in items if item["left_out"]]
        if left_out:
            print("\nLeft out:")
        for item in left_out:
            print(f"{item['id']:{width}}  {LEVELS[item['level']]}: {item['left_out']}")
        print()
    for why in dict.fromkeys(why for item in items for why in item["why"]):  # several items may share a session
        print(f"!! {why}")
    for item in items:
        if "missing" in (item["xml"], item["wbxml"]):
            print(f"!! {item['id']} has no script")
    for line in sums(items) + second.told:
        print(line)


def row(item):
    cells = ""
    for encoding in ("xml", "wbxml"):
        kind = {"pass": "pass", "left out": "out"}.get(item[encoding], "bad")
        cells += f'<td class="{kind}">{html.escape(item[encoding])}</td>'
    what = html.escape(item["what"])
    if item["left_out"]:
        what += f'<br><span class="out">Left out: {html.escape(item["left_out"])}</span>'
    for why in item["why"]:
        what += f"<pre>{html.escape(why)}</pre>"
    return (f'<tr><td class="id" id="{item["id"]}">{item["id"]}</td><td>{LEVELS[item["level"]]}</td>'
            f'<td>{html.escape(item["source"])}</td><td>{what}</td>{cells}<td>{html.escape(", ".join(item["scripts"]))}</td></tr>')


def as_html(items, second, path):
    groups = Counter()
    text = (f'<!DOCTYPE html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
            f"<title>Conformance of the OMA DM client</title><style>{STYLE}</style><h1>Conformance of the OMA DM client</h1>"
            "<p>Every requirement that concerns a client, proven by scripts of <code>dm-server</code> against "
            "<code>dm-client</code> in both encodings.</p><ul>")
    text += "".join(f"<li>{html.escape(line)}</li>" for line in sums(items) + second.told) + "</ul>"
    for item in items:
        group = item["id"].rsplit("-", 1)[0]
        if not groups[group]:
            text += "</table>" if groups else ""
            text += (f"<h2>{group}</h2><table><tr><th>Id<th>Level<th>Source<th>What<th>XML<th>WBXML<th>Scripts</tr>")
        groups[group] += 1
        text += row(item)
    with open(path, "w", encoding="utf-8") as out:
        out.write(text + "</table></html>\n")
