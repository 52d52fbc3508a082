#include "tools/common/help_format.h"

#include <algorithm>
#include <sstream>

namespace omadm {
namespace {

constexpr std::size_t kLeft = 18;       // columns of names
constexpr std::size_t kLeastText = 30;  // narrower than that nothing is readable

// `text` in lines of at most `width` characters, each but the first after `indent` blanks.
std::string wrapped(const std::string& text, std::size_t width, std::size_t indent) {
  std::istringstream words(text);
  std::string out, word;
  std::size_t used = 0;
  while (words >> word) {
    if (used != 0 && used + 1 + word.size() > width) {
      out += "\n" + std::string(indent, ' ');
      used = 0;
    }
    out += (used != 0 ? " " : "") + word;
    used += (used != 0 ? 1 : 0) + word.size();
  }
  return out;
}

}  // namespace

std::string HelpFormat::row(const std::string& left, const std::string& right) const {
  std::string line = "  " + left;
  const bool fits = line.size() + 2 <= kLeft;
  line += fits ? std::string(kLeft - line.size(), ' ') : "\n" + std::string(kLeft, ' ');
  return line + wrapped(right, std::max(width_, kLeft + kLeastText) - kLeft, kLeft) + "\n";
}

std::string HelpFormat::make_description(const CLI::App* app) const {
  return app->get_description().empty() ? std::string() : wrapped(app->get_description(), width_, 0) + "\n";
}

std::string HelpFormat::make_option(const CLI::Option* option, bool is_positional) const {
  std::string name = make_option_name(option, is_positional);
  // A check appends what it accepts to the type; the description says that in words.
  const std::string type = option->get_type_name();
  if (!is_positional && option->get_type_size() != 0) name += " " + type.substr(0, type.find(':'));
  std::string description = option->get_description();
  if (!is_positional && option->get_required()) description += " (required)";
  if (!option->get_default_str().empty()) description += " (default: " + option->get_default_str() + ")";
  return row(name, description);
}

std::string HelpFormat::make_subcommand(const CLI::App* command) const {
  return row(command->get_name(), command->get_description());
}

std::string HelpFormat::make_footer(const CLI::App* app) const {
  return app->get_footer().empty() ? std::string() : wrapped(app->get_footer(), width_, 0) + "\n";
}

}  // namespace omadm
