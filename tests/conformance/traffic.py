"""What went over the wire in a session, and what every message of a client must keep to. The second opinion on the
client's messages: it shares nothing with the code that wrote them but dm-trace, which read them."""
import re
from xml.sax.saxutils import escape

MAY_SEND = {"Status", "Results", "Alert", "Replace", "Final"}
NEVER_SENT = {"Archive", "Lang", "NoResp", "NoResults", "NumberOfChanges", "SftDel", "Map", "Put", "Search", "Sync"}
ALERTS = {"1200", "1201", "1222", "1223", "1224", "1225", "1226"}


class Element:
    def __init__(self, node):
        self.name = node["name"]
        self.children = [Element(child) for child in node.get("children", [])]
        self.text = node.get("value", "")
        self.opened = "document" in node  # its children are those of a document inside its value
        self.opaque = node.get("opaque", False)
        if self.opened:
            self.children = [Element(node["document"]["root"])] if "root" in node["document"] else []
        if "value_base64" in node:
            self.text = "base64:" + node["value_base64"]
        if node.get("hidden"):
            self.text = "*" * node["octets"]

    def all(self, name):
        return [child for child in self.children if child.name == name]

    def get(self, *path):
        """The text at the end of a path of names; None: not there."""
        element = self
        for name in path:
            element = next(iter(element.all(name)), None)
            if element is None:
                return None
        return element.text

    def walk(self):
        yield self
        for child in self.children:
            yield from child.walk()

    def str(self):
        inner = escape(self.text) + "".join(child.str() for child in self.children)
        return f"<{self.name}>{inner}</{self.name}>" if inner else f"<{self.name}/>"


class Message:
    def __init__(self, entry):
        self.incoming = entry["direction"] == "in"
        self.session_id = entry.get("session_id", "")
        self.url = entry.get("url", "")
        self.headers = entry.get("headers", {})
        self.octets = entry.get("octets", 0)
        self.content_type = entry.get("content_type", "")
        self.file = entry.get("file", "")
        document = entry.get("document", {})
        self.version = document.get("wbxml", {}).get("version")
        self.root = self.root_of(entry)
        self.other = None  # as libwbxml reads it

    @staticmethod
    def root_of(entry):
        document = entry.get("document", {})
        return Element(document["root"]) if "root" in document and "error" not in document else None

    def binary(self):
        """Whether a value may hold what XML, or a section of CDATA, cannot."""
        return any(element.opaque or "]]>" in element.text for element in self.root.walk())

    def header(self, *path):
        return next(iter(self.root.all("SyncHdr"))).get(*path)

    def commands(self):
        return [command for body in self.root.all("SyncBody") for command in body.children]

    def line(self):
        """MsgID, URL, HTTP headers and the document without namespaces, all on one line."""
        if self.root is None:
            return "unreadable"
        headers = "; ".join(f"{name}: {value}" for name, value in sorted(self.headers.items()))
        document = re.sub(r"[\r\n]", " ", self.root.str())
        return f"{self.header('MsgID')} {self.url} wbxml {self.version} [{headers}] {document}"


def messages_of(trace):
    return [Message(entry) for entry in trace["messages"]]


def with_children(commands):
    """Commands in document order, those within Atomic and Sequence too."""
    for command in commands:
        yield command
        if command.name in ("Atomic", "Sequence"):
            yield from with_children([child for child in command.children if child.get("CmdID") is not None])


def answered_wrongly(message, server, statuses):
    """Statuses and Results of one message of the client that answer nothing the server said, or in another order.
    `statuses`: what was answered so far."""
    found, last = [], {}
    for command in message.commands():
        if command.name not in ("Status", "Results"):
            continue
        asked = server.get(command.get("MsgRef"))
        if asked is None:
            found.append(f"{command.name} for message {command.get('MsgRef')}, which was not sent (PRO-036)")
            continue
        cmd_ref = command.get("CmdRef")
        if cmd_ref == "0":
            if command.get("Cmd") != "SyncHdr":
                found.append("CmdRef 0 does not name SyncHdr (PRO-036)")
            continue
        order = [(child.get("CmdID"), child.name) for child in with_children(asked.commands())]
        names = dict(order)
        if command.name == "Status":
            if names.get(cmd_ref) != command.get("Cmd"):
                found.append(f"Status for command {cmd_ref} {command.get('Cmd')}, which was {names.get(cmd_ref)} (PRO-036)")
                continue
            place = [cmd_id for cmd_id, _ in order].index(cmd_ref)
            if place < last.get(command.get("MsgRef"), 0):
                found.append(f"the Status for command {cmd_ref} is out of order (PRO-027)")
            last[command.get("MsgRef")] = place
            statuses.add((command.get("MsgRef"), cmd_ref))
        elif (command.get("MsgRef"), cmd_ref) not in statuses:
            found.append(f"Results of command {cmd_ref} without its Status before (SCR-REP-051)")
    return found


def breaches(messages, ver_proto, device):
    """Whatever the client did in one session that the protocol forbids, in words."""
    found, server, statuses, count, damaged, before = [], {}, set(), 0, False, None
    for message in messages:
        if message.root is None:
            if message.incoming:
                found.append("a message of the client cannot be read")
            damaged = True  # on purpose: what answers it cannot be told
            continue
        if not message.incoming:
            server[message.header("MsgID")] = message
            continue
        if message.root.str() == before:
            continue  # sent again, because no answer came
        before = message.root.str()
        count += 1
        commands = message.commands()
        names = [command.name for command in commands]
        if (message.header("VerDTD"), message.header("VerProto")) != ("1.2", ver_proto):
            found.append(f"version {message.header('VerDTD')}, {message.header('VerProto')} (PRO-001)")
        if message.header("MsgID") != str(count):
            found.append(f"MsgID {message.header('MsgID')} of message {count} (PRO-034)")
        if message.header("Source", "LocURI") != device:
            found.append(f"Source {message.header('Source', 'LocURI')} (PRO-038)")
        if not message.header("Target", "LocURI"):
            found.append("no Target (PRO-038)")
        found += [f"the client sends {name} (PRO-021)" for name in names if name not in MAY_SEND]
        found += [f"the element {element.name} is used (PRO-081)" for element in message.root.walk() if element.name in NEVER_SENT]
        found += [f"Cred in {command.name} (PRO-080)" for command in commands if command.name != "Status" and command.all("Cred")]
        ids = [command.get("CmdID") for command in commands if command.name != "Final"]
        if len(set(ids)) != len(ids) or "0" in ids or None in ids:
            found.append(f"CmdIDs {ids} (PRO-035)")
        if "Final" in names and names[-1] != "Final":
            found.append("Final is not last (PRO-050)")
        aborts = commands and commands[0].name == "Alert" and commands[0].get("Data") == "1223"  # and waits for nothing
        if count > 1 and not aborts and (names[:1] != ["Status"] or commands[0].get("CmdRef") != "0"):
            found.append("the Status for SyncHdr is not first (PRO-121)")
        lone = [name for name in names if name != "Final"] == ["Status"]
        if count > 1 and lone and commands[0].get("Data") in ("200", "212"):
            found.append("a message with nothing but the Status for SyncHdr (PRO-023)")
        found += [f"Alert {alert.get('Data')} (SCR-REP-054)" for alert in commands
                  if alert.name == "Alert" and alert.get("Data") not in ALERTS]
        found += [] if damaged else answered_wrongly(message, server, statuses)
    return found
