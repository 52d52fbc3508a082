#include "tools/dmtree-cli/command_line.h"

#include <vector>

#include "tools/common/arguments.h"

namespace omadm {
namespace {

constexpr const char* kFormats = "b64, bin, bool, chr, int, node, null, xml, date, time or float";

class Declaration {
 public:
  Declaration(CLI::App& app, Arguments& arguments) : app_(app), args_(arguments) {}

  CLI::App* command(const std::string& name, const std::string& description) {
    return declare(app_, name, name, description);
  }
  CLI::App* part(CLI::App& group, const std::string& name, const std::string& description) {
    return declare(group, name, group.get_name() + " " + name, description);
  }

  void uri(CLI::App* command, bool required = true) {
    auto* option = command->add_option("URI", args_.uri, "Address of a node, like ./DevInfo/DevId; . is the root");
    if (required) option->required();
  }
  void second(CLI::App* command, const std::string& name, const std::string& description, bool required) {
    auto* option = text(command, name, args_.second, description);
    if (required) option->required();
  }
  void content(CLI::App* command) {
    auto* value = text(command, "VALUE", args_.value, "The value; write -- before one that begins with '-'");
    command->add_option("--file", args_.file, "Take the value from a file; - is the standard input")
        ->type_name("FILE")
        ->excludes(value);
    command->add_option("--format", args_.format, kFormats)->type_name("F");
    command->add_option("--type", args_.type, "MIME type of a leaf, identifier of a management object")->type_name("T");
  }

 private:
  // An empty text is given all the same, which CLI11 would not say of an optional.
  static CLI::Option* text(CLI::App* command, const std::string& name, std::optional<std::string>& where,
                           const std::string& description) {
    return command->add_option_function<std::string>(
        name, [&where](const std::string& given) { where = given; }, description);
  }

  CLI::App* declare(CLI::App& parent, const std::string& name, const std::string& full,
                    const std::string& description) {
    CLI::App* command = parent.add_subcommand(name, description);
    command->callback([&chosen = args_.command, full] { chosen = full; });
    return command;
  }

  CLI::App& app_;
  Arguments& args_;
};

void declare_reading(Declaration& declare, Arguments& args) {
  CLI::App* ls = declare.command("ls", "Names of the children");
  declare.uri(ls, false);
  // CLI11's own check names the range of a floating point number.
  const auto depth_of = [](const std::string& given) {
    const bool digits =
        !given.empty() && given.size() < 9 && given.find_first_not_of("0123456789") == std::string::npos;
    return digits ? std::string() : "'" + given + "' is no number of levels";
  };
  CLI::App* tree = declare.command("tree", "The subtree, drawn");
  declare.uri(tree, false);
  tree->add_option("--depth", args.depth, "Levels below the node")->type_name("N")->check(depth_of);
  tree->add_flag("--values", args.values, "With values");
  tree->add_flag("--acl", args.acl, "With the nodes' own ACLs");
  CLI::App* get = declare.command("get", "The value of a leaf, the children of an interior node, or a property");
  declare.uri(get);
  const std::vector<std::string> properties{"ACL", "Format", "Name", "Size", "Title", "TStamp", "Type", "VerNo"};
  get->add_option("--prop", args.prop, "ACL, Format, Name, Size, Title, TStamp, Type or VerNo")
      ->transform(CLI::IsMember(properties, CLI::ignore_case))
      ->type_name("NAME");
  auto* raw = get->add_flag("--raw", args.raw, "The octets and nothing else");
  get->add_flag("--base64", args.base64, "The octets as Base64")->excludes(raw);
  declare.uri(declare.command("props", "All properties of a node and what they mean"));
  CLI::App* acl =
      declare.command("acl", "Own and effective ACL; with ACL: change it; with --explain: who decides what");
  declare.uri(acl, false);
  declare.second(acl, "ACL", "The new ACL, like 'Get=*&Replace=srv'; '' removes it", false);
  acl->add_flag("--explain", args.explain, "For every command whether the server of --as may do it, and why");
  CLI::App* find = declare.command("find", "Nodes by name, value or management object");
  find->add_option("PATTERN", args.pattern, "Name with * and ?; with a slash in it the whole address");
  find->add_option("--value", args.find_value, "Leaves whose value contains TEXT")->type_name("TEXT");
  find->add_option("--mo", args.mo, "Management objects of that identifier, version optional")->type_name("URN");
  CLI::App* validate = declare.command("validate", "The tree against its descriptions");
  declare.uri(validate, false);
}

void declare_editing(Declaration& declare, Arguments& args) {
  CLI::App* set = declare.command("set", "Replace the value of a leaf, or with ?prop=NAME a property");
  declare.uri(set);
  declare.content(set);
  CLI::App* add = declare.command("add", "Add a node; without VALUE and description an interior one");
  declare.uri(add);
  declare.content(add);
  declare.uri(declare.command("rm", "Delete a node with all below it"));
  CLI::App* mv = declare.command("mv", "Rename a node");
  declare.uri(mv);
  declare.second(mv, "NAME", "Its new name", true);
  CLI::App* cp = declare.command("cp", "Copy the value of a leaf");
  cp->add_option("SRC", args.uri, "Leaf to copy")->required();
  declare.second(cp, "DST", "Leaf to write", true);
  CLI::App* exec = declare.command("exec", "Execute a node");
  declare.uri(exec);
  declare.second(exec, "DATA", "What a server would send along", false);
  exec->add_flag("--wait", args.wait, "Wait until what it begins has ended, and show how it goes");
  CLI::App* out = declare.command("export", "A subtree as a document");
  declare.uri(out);
  out->add_option("--tnds", args.encoding, "xml (the default), wbxml or json")
      ->check(CLI::IsMember({"xml", "wbxml", "json"}))
      ->type_name("ENCODING");
  CLI::App* in = declare.command("import", "Merge a document into the tree, all of it or nothing");
  in->add_option("FILE", args.file, "TNDS in either encoding, or JSON; - is the standard input")->required();
  in->add_option("--at", args.at, "Node the document is relative to; default: the root")->type_name("URI");
  in->add_flag("--dry-run", args.dry_run, "Say what would change");
}

void declare_history(Declaration& declare, Arguments& args) {
  CLI::App* log = declare.command("log", "Who changed what, and when; oldest first");
  declare.uri(log, false);
  log->add_option("--since", args.since, "Only from then on: 2026-01-31, 2026-01-31T07:59Z, 2h, 3d, @17")
      ->type_name("T");
  declare.uri(declare.command("blame", "Who changed a node last, when, and by which command"));
  CLI::App* diff = declare.command("diff", "What differs between two trees");
  constexpr const char* kTree = "State directory, export, or moment (now, 2h, 2026-01-31T07:59Z, @17)";
  diff->add_option("A", args.before, kTree)->required();
  diff->add_option("B", args.after, "The same; default: now");
  diff->add_option("--at", args.at, "Node exports are relative to; default: the root")->type_name("URI");
  declare.uri(declare.command("watch", "Changes as the running client commits them"), false);
}

void declare_files(CLI::App& app, Declaration& declare, Arguments& args) {
  CLI::App* ddf = app.add_subcommand("ddf", "Descriptions");
  ddf->require_subcommand(1);
  declare.uri(declare.part(*ddf, "show", "The description in force at a node"));
  CLI::App* check = declare.part(*ddf, "check", "Whether a DDF file is sound");
  check->add_option("FILE", args.file, "Device description, XML")->required();
  CLI::App* store = app.add_subcommand("store", "The files the tree is kept in");
  store->require_subcommand(1);
  declare.part(*store, "dump", "Every record as text");
  declare.part(*store, "check", "Verify every record");
  declare.part(*store, "compact", "Make one snapshot of it all");
}

}  // namespace

void declare_commands(CLI::App& app, Arguments& arguments) {
  prepare_arguments(app, "--state DIR, --config FILE, --as ID, --json, --verbose, --quiet");
  add_common_options(app, arguments.common);
  // An empty identifier is given all the same: the user's rights must not be taken for those of nobody.
  app.add_option_function<std::string>(
         "--as", [&arguments](const std::string& id) { arguments.as = id; },
         "Act with the rights of this server, as in a session")
      ->type_name("ID");
  app.require_subcommand(1);
  Declaration declare(app, arguments);
  declare_reading(declare, arguments);
  declare_editing(declare, arguments);
  declare_history(declare, arguments);
  declare_files(app, declare, arguments);
}

}  // namespace omadm
