// dm-trace: captured messages of OMA DM as text.
#include <CLI/CLI.hpp>

#include "tools/common/arguments.h"
#include "tools/common/common_options.h"
#include "tools/common/output.h"
#include "tools/dm-trace/decode_command.h"

namespace {

using omadm::trace::DecodeOptions;
using omadm::trace::Engine;

void declare(CLI::App& app, DecodeOptions& options) {
  app.require_subcommand(1);
  CLI::App* const decode = app.add_subcommand("decode", "Print what a file holds");
  decode
      ->add_option("FILE", options.file,
                   "Message, TNDS or DDF document, notification or trace; a directory that dm-server recorded into; "
                   "- is the standard input")
      ->required();
  decode
      ->add_option_function<std::string>(
          "--engine",
          [&options](const std::string& name) { options.engine = name == "libwbxml" ? Engine::libwbxml : Engine::own; },
          "Who decodes WBXML: own or libwbxml")
      ->type_name("ENGINE")
      ->check(CLI::IsMember({"own", "libwbxml"}))
      ->default_str("own");
  CLI::Option* const offsets = decode->add_flag("--offsets", options.offsets, "With the offset of each element");
  decode
      ->add_flag("--canonical", options.canonical,
                 "The document as canonical XML, the same for every encoding and engine")
      ->excludes(offsets);
}

int run(int argc, char** argv) {
  CLI::App app("Show captured messages of OMA Device Management.", "dm-trace");
  omadm::CommonOptions common;
  DecodeOptions options;
  omadm::prepare_arguments(app, "--json, --verbose, --quiet");
  omadm::add_common_options(app, common);
  declare(app, options);
  if (const auto exit = omadm::parse_arguments(app, argc, argv)) return *exit;
  options.json = common.json;
  options.verbose = common.verbose;
  options.quiet = common.quiet;
  if (options.canonical && options.json) {
    return omadm::refuse("dm-trace", "--canonical prints XML, not JSON", omadm::kExitUsage, true);
  }
  if (options.offsets && options.engine == Engine::libwbxml) {
    return omadm::refuse("dm-trace", "--offsets: libwbxml does not tell where it is", omadm::kExitUsage, options.json);
  }
  return omadm::trace::run_decode(options);
}

}  // namespace

int main(int argc, char** argv) {
  return omadm::run_program("dm-trace", [&] { return run(argc, argv); });
}
