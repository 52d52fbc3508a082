#include "syncml/session/user_prompt.h"

#include <algorithm>
#include <set>

#include "base/text.h"

namespace omadm {
namespace {

bool only(std::string_view text, std::string_view characters) {
  return text.find_first_not_of(characters) == std::string_view::npos;
}

constexpr std::size_t kLongestInput = 8192;  // octets
constexpr std::string_view kDigits = "0123456789";

bool is_number(std::string_view text) {
  if (text.starts_with('+') || text.starts_with('-')) text.remove_prefix(1);
  return only(text, "0123456789.,") && text.find_first_of(kDigits) != std::string_view::npos &&
         std::count_if(text.begin(), text.end(), [](char c) { return c == '.' || c == ','; }) <= 1;
}

std::uint64_t part(std::string_view text, std::size_t from, std::size_t length) {
  return parse_unsigned(text.substr(from, length)).value_or(UINT64_MAX);
}

bool is_date(std::string_view text) {  // DDMMYYYY
  using namespace std::chrono;
  if (text.size() != 8 || !only(text, kDigits)) return false;
  return year_month_day(year(static_cast<int>(part(text, 4, 4))), month(static_cast<unsigned>(part(text, 2, 2))),
                        day(static_cast<unsigned>(part(text, 0, 2))))
      .ok();
}

bool is_time(std::string_view text) {  // hhmmss
  return text.size() == 6 && only(text, kDigits) && part(text, 0, 2) < 24 && part(text, 2, 2) < 60 &&
         part(text, 4, 2) < 60;
}

bool is_phone(std::string_view text) {
  if (text.starts_with('+')) text.remove_prefix(1);
  return !text.empty() && only(text, "0123456789pws");
}

bool is_ip_address(std::string_view text) {
  const auto parts = split(text, '.');
  return parts.size() == 4 && std::all_of(parts.begin(), parts.end(), [](std::string_view number) {
           return number.size() <= 3 && parse_unsigned(number).value_or(256) < 256;
         });
}

std::string input_problem(const UserPrompt& prompt, const std::string& text) {
  if (text.size() > kLongestInput) return "it is too long";
  if (!is_xml_text(text)) return "it holds characters that cannot be sent";
  if (prompt.max_length && utf8_length(text) > *prompt.max_length) {
    return "at most " + std::to_string(*prompt.max_length) + " characters are allowed";
  }
  switch (prompt.input_type) {
    case InputType::alphanumeric:
      return {};
    case InputType::numeric:
      return is_number(text) ? "" : "a number is wanted";
    case InputType::date:
      return is_date(text) ? "" : "a date is wanted, as DDMMYYYY";
    case InputType::time:
      return is_time(text) ? "" : "a time is wanted, as hhmmss";
    case InputType::phone:
      return is_phone(text) ? "" : "a telephone number is wanted: digits, p, w, s, and + in front";
    case InputType::ip_address:
      return is_ip_address(text) ? "" : "an IP address is wanted, as xxx.yyy.zzz.www";
  }
  return {};
}

}  // namespace

std::string problem_with(const UserPrompt& prompt, const UserAnswer& answer) {
  if (answer.kind != UserAnswer::Kind::accepted) return {};
  if (prompt.kind == PromptKind::input) return input_problem(prompt, answer.text);
  const bool one = prompt.kind == PromptKind::single_choice;
  if (!one && prompt.kind != PromptKind::multiple_choice) return {};
  if (one && answer.choices.size() != 1) return "one of the choices is wanted";
  std::set<unsigned> seen;
  for (const unsigned choice : answer.choices) {
    if (choice == 0 || choice > prompt.choices.size()) {
      return "there is no choice " + std::to_string(choice);
    }
    if (!seen.insert(choice).second) return "choice " + std::to_string(choice) + " is there twice";
  }
  return {};
}

std::optional<UserAnswer> default_answer(const UserPrompt& prompt) {
  UserAnswer answer;
  answer.kind = UserAnswer::Kind::accepted;
  switch (prompt.kind) {
    case PromptKind::display:
      return answer;  // PRO-322: it was shown
    case PromptKind::confirm:
      if (!prompt.default_yes) return std::nullopt;
      if (!*prompt.default_yes) answer.kind = UserAnswer::Kind::rejected;
      return answer;
    case PromptKind::input:
      if (!prompt.default_text) return std::nullopt;
      answer.text = *prompt.default_text;
      break;
    case PromptKind::single_choice:
    case PromptKind::multiple_choice:
      if (prompt.default_choices.empty()) return std::nullopt;
      answer.choices = prompt.default_choices;
      break;
    case PromptKind::session:
      return std::nullopt;
  }
  if (!problem_with(prompt, answer).empty()) return std::nullopt;
  return answer;
}

}  // namespace omadm
