#include "tools/dm-client/prompt_json.h"

#include "base/text.h"

namespace omadm {
namespace {

using Json = nlohmann::json;

constexpr unsigned kLastKind = static_cast<unsigned>(PromptKind::session);
constexpr unsigned kLastInput = static_cast<unsigned>(InputType::ip_address);
constexpr unsigned kLastAnswer = static_cast<unsigned>(UserAnswer::Kind::no_user);

std::string text_of(const Json& json, const char* key) {
  const auto found = json.find(key);
  return found != json.end() && found->is_string() ? found->get<std::string>() : std::string();
}

unsigned number_of(const Json& json, const char* key, unsigned last) {
  const auto found = json.find(key);
  const auto number = found != json.end() && found->is_number_unsigned() ? found->get<std::uint64_t>() : 0;
  return number <= last ? static_cast<unsigned>(number) : 0U;
}

std::vector<unsigned> numbers_of(const Json& json, const char* key) {
  std::vector<unsigned> numbers;
  const auto found = json.find(key);
  if (found == json.end() || !found->is_array()) return numbers;
  for (const Json& entry : *found) {
    numbers.push_back(entry.is_number_unsigned() ? entry.get<unsigned>() : 0U);
  }
  return numbers;
}

}  // namespace

Json prompt_json(const UserPrompt& prompt) {
  Json json = {{"kind", static_cast<unsigned>(prompt.kind)},
               {"server", prompt.server_id},
               {"text", prompt.text},
               {"choices", prompt.choices},
               {"default_choices", prompt.default_choices},
               {"input", static_cast<unsigned>(prompt.input_type)},
               {"hidden", prompt.hidden},
               {"complaint", prompt.complaint}};
  if (prompt.default_yes) json["default_yes"] = *prompt.default_yes;
  if (prompt.default_text) json["default_text"] = *prompt.default_text;
  return json;
}

UserPrompt prompt_from(const Json& json) {
  UserPrompt prompt;
  if (!json.is_object()) return prompt;
  prompt.kind = static_cast<PromptKind>(number_of(json, "kind", kLastKind));
  prompt.server_id = text_of(json, "server");
  prompt.text = text_of(json, "text");
  if (const auto choices = json.find("choices"); choices != json.end() && choices->is_array()) {
    for (const Json& choice : *choices) prompt.choices.push_back(choice.is_string() ? choice.get<std::string>() : "");
  }
  prompt.default_choices = numbers_of(json, "default_choices");
  prompt.input_type = static_cast<InputType>(number_of(json, "input", kLastInput));
  prompt.hidden = json.value("hidden", Json()) == true;
  prompt.complaint = text_of(json, "complaint");
  if (json.contains("default_yes")) prompt.default_yes = json["default_yes"] == true;
  if (json.contains("default_text")) prompt.default_text = text_of(json, "default_text");
  return prompt;
}

Json answer_json(const UserAnswer& answer) {
  return {{"kind", static_cast<unsigned>(answer.kind)}, {"text", answer.text}, {"choices", answer.choices}};
}

std::optional<UserAnswer> answer_from(const Json& json) {
  if (!json.is_object() || !json.contains("kind") || !json["kind"].is_number_unsigned()) return std::nullopt;
  if (json["kind"].get<std::uint64_t>() > kLastAnswer) return std::nullopt;
  UserAnswer answer;
  answer.kind = static_cast<UserAnswer::Kind>(json["kind"].get<unsigned>());
  answer.text = text_of(json, "text");
  answer.choices = numbers_of(json, "choices");
  return answer;
}

}  // namespace omadm
