#include "syncml/session/user_alert.h"

#include <algorithm>
#include <string>

#include "base/text.h"

namespace omadm {
namespace {

constexpr std::uint64_t kLongestWait = 24 * 3600;  // seconds

std::string_view data_of(const Item& item) { return item.data ? item.data->octets : std::string_view(); }

// RFC 2396 escapes and "+" for a space; what is no escape stays as it is.
std::string url_decoded(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%' && i + 2 < text.size()) {
      if (const auto octet = hex_decode(text.substr(i + 1, 2))) {
        out += *octet;
        i += 2;
        continue;
      }
    }
    out += text[i] == '+' ? ' ' : text[i];
  }
  return out;
}

std::optional<std::uint64_t> positive(std::string_view text) {
  const auto number = parse_unsigned(trim(text));
  return number && *number > 0 ? number : std::nullopt;
}

std::optional<InputType> input_type(std::string_view text) {
  constexpr std::string_view kLetters = "ANDTPI";
  const std::size_t at = text.size() == 1 ? kLetters.find(text.front()) : std::string_view::npos;
  if (at == std::string_view::npos) return std::nullopt;
  return static_cast<InputType>(at);
}

// "2-3": each a choice there is, or the whole is unusable.
std::vector<unsigned> choice_numbers(std::string_view text, std::size_t count) {
  std::vector<unsigned> numbers;
  for (const std::string_view part : split(text, '-')) {
    const auto number = positive(part);
    if (!number || *number > count) return {};
    numbers.push_back(static_cast<unsigned>(*number));
  }
  return numbers;
}

void take_default(UserPrompt& prompt, const std::string& value) {
  switch (prompt.kind) {
    case PromptKind::confirm:
      if (value == "0" || value == "1") prompt.default_yes = value == "1";
      break;
    case PromptKind::input:
      if (is_xml_text(value)) prompt.default_text = value;
      break;
    case PromptKind::single_choice:
    case PromptKind::multiple_choice:
      prompt.default_choices = choice_numbers(value, prompt.choices.size());
      if (prompt.kind == PromptKind::single_choice && prompt.default_choices.size() > 1) prompt.default_choices = {};
      break;
    case PromptKind::display:
    case PromptKind::session:
      break;
  }
}

// PRO-340: an option that is unknown, unusable or not for this kind is skipped.
void take_option(UserPrompt& prompt, std::string_view name, const std::string& value) {
  const auto number = positive(value);
  if (name == "MINDT" && number) prompt.min_display = std::chrono::seconds(std::min(*number, kLongestWait));
  if (name == "MAXDT" && number) prompt.max_wait = std::chrono::seconds(std::min(*number, kLongestWait));
  if (name == "DR") take_default(prompt, value);
  if (prompt.kind != PromptKind::input) return;
  if (name == "MAXLEN" && number && *number <= UINT32_MAX) prompt.max_length = static_cast<std::uint32_t>(*number);
  if (name == "IT") prompt.input_type = input_type(value).value_or(prompt.input_type);
  if (name == "ET" && (value == "T" || value == "P")) prompt.hidden = value == "P";
}

}  // namespace

bool is_user_alert(const Command& command) noexcept {
  if (command.name != CommandName::alert) return false;
  const auto code = parse_unsigned(trim(command.data));
  return code && *code >= 1100 && *code <= 1104;
}

std::variant<UserPrompt, StatusCode> user_prompt(const Command& command) {
  UserPrompt prompt;
  prompt.kind = static_cast<PromptKind>(parse_unsigned(trim(command.data)).value_or(1100) - 1100);
  const bool chooses = prompt.kind == PromptKind::single_choice || prompt.kind == PromptKind::multiple_choice;
  if (command.items.size() < (chooses ? 3U : 2U)) return StatusCode::incomplete_command;
  for (std::size_t i = 1; i < command.items.size(); ++i) {
    const Item& item = command.items[i];
    if (!item.data || !is_xml_text(item.data->octets)) return StatusCode::incomplete_command;
    if (i == 1) {
      prompt.text = item.data->octets;
    } else if (chooses) {
      prompt.choices.emplace_back(item.data->octets);
    }
  }
  for (const std::string_view option : split(data_of(command.items.front()), '&')) {
    const std::size_t equals = option.find('=');
    if (equals == std::string_view::npos) continue;
    take_option(prompt, trim(option.substr(0, equals)), url_decoded(option.substr(equals + 1)));
  }
  return prompt;
}

ItemOutcome outcome_of(const UserPrompt& prompt, const UserAnswer& answer) {
  ItemOutcome outcome;
  switch (answer.kind) {
    case UserAnswer::Kind::accepted:
      if (prompt.kind == PromptKind::input) outcome.data.push_back(answer.text);
      for (const unsigned choice : answer.choices) outcome.data.push_back(std::to_string(choice));
      break;
    case UserAnswer::Kind::rejected:
      // Only a confirmation can be refused; elsewhere whoever says no breaks it off.
      outcome.status = prompt.kind == PromptKind::confirm ? StatusCode::not_modified : StatusCode::operation_cancelled;
      break;
    case UserAnswer::Kind::cancelled:
      outcome.status = StatusCode::operation_cancelled;
      break;
    case UserAnswer::Kind::timed_out:
      if (const auto stands_for = default_answer(prompt)) return outcome_of(prompt, *stands_for);
      outcome.status = StatusCode::request_timeout;
      break;
    case UserAnswer::Kind::cannot_display:
      outcome.status = StatusCode::requested_size_too_big;
      break;
    case UserAnswer::Kind::no_user:
      outcome.status = StatusCode::optional_feature_not_supported;
      break;
  }
  return outcome;
}

}  // namespace omadm
