#include "tools/dm-trace/decode_command.h"

#include <fmt/format.h>
#include <sys/stat.h>

#include <cstdio>
#include <utility>
#include <vector>

#include "base/text.h"
#include "syncml/codec/codec.h"
#include "tools/common/input.h"
#include "tools/common/output.h"
#include "tools/dm-trace/canonical_view.h"
#include "tools/dm-trace/trace_log.h"

namespace omadm::trace {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::uint64_t kMaxFile = 64U << 20U;  // of a trace; each document has the limits of its parser

struct Input {
  std::string name;       // for messages
  std::string directory;  // where the files of a record are
  Octets octets;
};

void complain(std::string_view what) { say("dm-trace", what); }

int refuse(std::string_view what, ExitCode exit, bool json) { return omadm::refuse("dm-trace", what, exit, json); }

Result<Input> read_capture_file(const std::string& file) {
  if (file == "-") return Input{"standard input", ".", DM_TRY(read_input(file, kMaxFile))};
  std::string path = file;
  struct stat about {};
  if (::stat(path.c_str(), &about) == 0 && S_ISDIR(about.st_mode)) path += "/index.jsonl";
  const std::size_t slash = path.rfind('/');
  Octets octets = DM_TRY(read_input(path, kMaxFile));
  return Input{path, slash == std::string::npos ? "." : path.substr(0, slash), std::move(octets)};
}

// "Message 3, in, 2026-01-02T03:04:05Z: application/vnd.syncml.dm+xml, 12 octets", then what else the line tells.
std::string print_line(const Json& line, std::size_t number) {
  if (!line.is_object()) return fmt::format("Message {}\n", number);
  const auto text = [&](const char* key) {
    const auto found = line.find(key);
    return found != line.end() && found->is_string() ? one_line(found->get<std::string>()) : std::string("?");
  };
  std::string out =
      fmt::format("Message {}, {}, {}: {}\n", number, text("direction"), text("time"), text("content_type"));
  for (const auto& [key, value] : line.items()) {
    if (key == "direction" || key == "time" || key == "content_type" || key == "octets") continue;
    if (value.is_object()) {
      for (const auto& [name, inner] : value.items()) {
        const std::string shown = inner.is_string() ? inner.get<std::string>() : inner.dump();
        out += fmt::format("  {}: {}\n", one_line(name), one_line(shown));
      }
    } else {
      out += fmt::format("  {}: {}\n", one_line(key),
                         one_line(value.is_string() ? value.get<std::string>() : value.dump()));
    }
  }
  return out;
}

// Whether the line promises a message of DM; what else was exchanged is counted only.
bool promises_message(const Json& line) {
  const auto type = line.is_object() ? line.find("content_type") : line.end();
  return line.is_object() && type != line.end() && type->is_string() &&
         encoding_of(type->get<std::string>()).has_value();
}

class TracePrinter {
 public:
  TracePrinter(const DecodeOptions& options, const Input& input) : options_(options), input_(input) {}

  int print(const std::vector<TraceEntry>& entries) {
    for (const TraceEntry& entry : entries) {
      ++number_;
      print(entry);
    }
    if (options_.json && !options_.quiet) {
      Json document{{"file", options_.file}, {"kind", "trace"}, {"messages", std::move(messages_)}};
      if (failed_) document["exit"] = static_cast<int>(kExitFailed);
      write_out(json_text(document));
    }
    return failed_ ? kExitFailed : kExitDone;
  }

 private:
  void print(const TraceEntry& entry) {
    Json message = entry.line.is_object() ? entry.line : Json::object();
    std::string text = print_line(entry.line, number_);
    std::optional<Error> error = entry.error;
    if (entry.body && !entry.body->empty()) {
      const Capture capture = read_capture(*entry.body, options_.engine, Limits{});
      const bool ours = capture.kind != Kind::unknown || promises_message(entry.line);
      text += ours ? print_capture(capture, 1, options_.offsets)
                   : fmt::format("  {} octets that are no document of OMA DM\n", capture.octets);
      if (ours) message["document"] = json_of_capture(capture, options_.offsets);
      // A web page or a form is no damage.
      if (ours && (capture.kind != Kind::other_markup || promises_message(entry.line))) error = capture.error;
    }
    if (error) {
      failed_ = true;
      message["error"] = error->detail;
      complain(fmt::format("{}: message {}: {}", input_.name, number_, error->detail));
    }
    if (options_.quiet) return;
    options_.json ? messages_.push_back(std::move(message)) : write_out(text + "\n");
  }

  const DecodeOptions& options_;
  const Input& input_;
  std::size_t number_ = 0;
  Json messages_ = Json::array();
  bool failed_ = false;
};

void print_one(const DecodeOptions& options, const Capture& capture) {
  if (options.quiet) return;
  if (options.canonical) {
    if (capture.markup && capture.markup->root) write_out(canonical_xml(*capture.markup->root));
  } else if (options.json) {
    Json document{{"file", options.file}};
    document.update(json_of_capture(capture, options.offsets));
    if (capture.error) document["exit"] = static_cast<int>(kExitFailed);
    write_out(json_text(document));
  } else {
    write_out(print_capture(capture, 0, options.offsets));
  }
}

int decode_one(const DecodeOptions& options, const Input& input) {
  const std::optional<Encoding> encoding = recognise_markup(input.octets);
  if (options.engine == Engine::libwbxml && encoding != Encoding::wbxml) {
    return refuse(input.name + ": libwbxml reads WBXML, and this is none", kExitUsage, options.json);
  }
  const Capture capture = read_capture(input.octets, options.engine, Limits{});
  if (options.canonical && !capture.markup && !capture.error) {
    return refuse(input.name + ": --canonical is for XML and WBXML", kExitUsage, options.json);
  }
  if (options.verbose) complain(fmt::format("{}: taken for: {}", input.name, describe(capture.kind)));
  print_one(options, capture);
  if (!capture.error) return kExitDone;
  std::fflush(stdout);
  complain(input.name + ": " + capture.error->detail);
  return kExitFailed;
}

int decode_file(const DecodeOptions& options) {
  const Result<Input> input = read_capture_file(options.file);
  if (!input) {
    const ExitCode exit = input.error().code == Errc::not_found ? kExitNotFound : kExitFailed;
    return refuse(input.error().detail, exit, options.json);
  }
  if (!looks_like_trace(input->octets)) return decode_one(options, *input);
  if (options.verbose) complain(input->name + ": taken for: trace");
  if (options.canonical) return refuse("--canonical is for one document, not for a trace", kExitUsage, options.json);
  return TracePrinter(options, *input).print(read_trace(input->octets, input->directory));
}

}  // namespace

int run_decode(const DecodeOptions& options) { return decode_file(options); }

}  // namespace omadm::trace
