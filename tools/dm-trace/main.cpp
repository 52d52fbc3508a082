// dm-trace: captured messages of OMA DM as text.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <string_view>

#include "tools/common/common_options.h"
#include "tools/dm-trace/decode_command.h"

int main(int argc, char** argv) {
  using omadm::trace::Engine;
  CLI::App app("Show captured messages of OMA Device Management.", "dm-trace");
  omadm::CommonOptions common;
  omadm::trace::DecodeOptions options;
  omadm::add_common_options(app, common);
  app.set_version_flag("--version", std::string("dm-trace ") + OMADM_VERSION);
  app.require_subcommand(1);
  CLI::App* const decode = app.add_subcommand("decode", "Print what a file holds");
  decode
      ->add_option("FILE", options.file,
                   "Message, TNDS or DDF document, notification or trace; a directory that dm-server recorded into; "
                   "- is the standard input")
      ->required();
  std::string engine = "own";
  decode->add_option("--engine", engine, "Who decodes WBXML: own or libwbxml")
      ->type_name("ENGINE")
      ->check(CLI::IsMember({"own", "libwbxml"}))
      ->capture_default_str();
  CLI::Option* const offsets = decode->add_flag("--offsets", options.offsets, "With the offset of each element");
  decode
      ->add_flag("--canonical", options.canonical,
                 "The document as canonical XML, the same for every encoding and engine")
      ->excludes(offsets);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    // Help and version are no failures and print themselves.
    if (error.get_exit_code() == 0) return app.exit(error);
    const bool json = std::any_of(argv + 1, argv + argc, [](std::string_view word) { return word == "--json"; });
    return omadm::trace::refuse(error.what(), omadm::kExitUsage, json);
  }
  options.engine = engine == "libwbxml" ? Engine::libwbxml : Engine::own;
  options.json = common.json;
  options.verbose = common.verbose;
  options.quiet = common.quiet;
  if (options.canonical && options.json) {
    return omadm::trace::refuse("--canonical prints XML, not JSON", omadm::kExitUsage, true);
  }
  if (options.offsets && options.engine == Engine::libwbxml) {
    return omadm::trace::refuse("--offsets: libwbxml does not tell where it is", omadm::kExitUsage, options.json);
  }
  return omadm::trace::run_decode(options);
}
