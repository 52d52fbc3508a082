// UserInterface by whoever asked the daemon for a session on a terminal.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <nlohmann/json.hpp>

#include "client/platform.h"

namespace omadm {

// Questions go out as events {"prompt": {"id": N, …}} and {"withdrawn": N}; answers come as {"reply": {"id": N, …}}.
class RemoteUser final : public UserInterface {
 public:
  using Send = std::function<bool(const nlohmann::json& event)>;  // false: nobody listens any more
  // From now on there is a user, until he is removed.
  std::uint64_t add(Send send);
  void remove(std::uint64_t user);
  void reply(const nlohmann::json& reply);

  bool present() const override { return !users_.empty(); }
  std::unique_ptr<Question> ask(const UserPrompt& prompt, Answered answered) override;

 private:
  struct Asked;
  bool send(const nlohmann::json& event);  // to the last who came, and still listens

  std::map<std::uint64_t, Send> users_;
  std::map<std::uint64_t, Asked*> open_;
  std::uint64_t next_ = 1;
};

}  // namespace omadm
