#include "tools/dm-client/remote_user.h"

#include <utility>

#include "tools/dm-client/prompt_json.h"

namespace omadm {

struct RemoteUser::Asked final : Question {
  Asked(RemoteUser& user, std::uint64_t number, Answered done) : of(user), id(number), answered(std::move(done)) {
    of.open_[id] = this;
  }
  Asked(const Asked&) = delete;
  Asked& operator=(const Asked&) = delete;
  ~Asked() override {
    of.open_.erase(id);
    if (answered) of.send({{"withdrawn", id}});
  }

  RemoteUser& of;
  std::uint64_t id;
  Answered answered;
};

std::uint64_t RemoteUser::add(Send send) {
  const std::uint64_t user = next_++;
  users_[user] = std::move(send);
  return user;
}

void RemoteUser::remove(std::uint64_t user) { users_.erase(user); }

bool RemoteUser::send(const nlohmann::json& event) {
  while (!users_.empty()) {
    const auto last = std::prev(users_.end());
    const std::uint64_t user = last->first;
    const Send to = last->second;
    if (to(event)) return true;
    users_.erase(user);
  }
  return false;
}

std::unique_ptr<Question> RemoteUser::ask(const UserPrompt& prompt, Answered answered) {
  auto question = std::make_unique<Asked>(*this, next_++, std::move(answered));
  nlohmann::json event = prompt_json(prompt);
  event["id"] = question->id;
  if (send({{"prompt", std::move(event)}})) return question;
  const Answered done = std::exchange(question->answered, nullptr);
  done({UserAnswer::Kind::no_user, {}, {}});
  return question;
}

void RemoteUser::reply(const nlohmann::json& reply) {
  if (!reply.is_object() || !reply.contains("id") || !reply["id"].is_number_unsigned()) return;
  const auto found = open_.find(reply["id"].get<std::uint64_t>());
  const auto answer = answer_from(reply);
  if (found == open_.end() || !answer || !found->second->answered) return;
  const Answered done = std::exchange(found->second->answered, nullptr);
  done(*answer);
}

}  // namespace omadm
