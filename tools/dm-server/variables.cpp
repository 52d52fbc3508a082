#include "tools/dm-server/variables.h"

namespace omadm::server {

void Variables::set(const std::string& name, std::string value) {
  const std::lock_guard<std::mutex> lock(mutex_);
  values_[name] = std::move(value);
}

std::string Variables::get(const std::string& name) const {
  const std::lock_guard<std::mutex> lock(mutex_);
  const auto found = values_.find(name);
  return found == values_.end() ? std::string() : found->second;
}

Result<std::string> Variables::expand(std::string_view text) const {
  const std::lock_guard<std::mutex> lock(mutex_);
  std::string out;
  while (true) {
    const std::size_t begin = text.find("${");
    const std::size_t end = begin == std::string_view::npos ? begin : text.find('}', begin);
    if (end == std::string_view::npos) break;
    const std::string name(text.substr(begin + 2, end - begin - 2));
    const auto found = values_.find(name);
    if (found == values_.end()) return Error{Errc::not_found, "no variable " + name};
    out.append(text.substr(0, begin)).append(found->second);
    text.remove_prefix(end + 1);
  }
  return out.append(text);
}

}  // namespace omadm::server
