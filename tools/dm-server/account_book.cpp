#include "tools/dm-server/account_book.h"

#include <nlohmann/json.hpp>

#include "base/io/file_system.h"
#include "base/text.h"

namespace omadm::server {
namespace {

constexpr std::uint64_t kLargestState = 64ULL << 20U;

std::optional<Octets> octets_at(const nlohmann::json& entry, const char* key) {
  const auto found = entry.find(key);
  if (found == entry.end() || !found->is_string()) return std::nullopt;
  Result<Octets> decoded = base64_decode(found->get<std::string>());
  if (!decoded) return std::nullopt;
  return std::move(decoded).value();
}

std::string text_at(const nlohmann::json& entry, const char* key) {
  const auto found = entry.find(key);
  return found == entry.end() || !found->is_string() ? std::string() : found->get<std::string>();
}

}  // namespace

Nonces& AccountBook::nonces(const AccountScript& account, const std::string& device) {
  if (!device.empty()) last_device_[account.name] = device;
  const auto [entry, is_new] = entries_.try_emplace(Key{account.name, device});
  if (is_new) {
    entry->second.client = account.client_nonce;
    entry->second.server = account.server_nonce;
    // What was prepared before anybody knew the device's name.
    if (const auto nameless = entries_.find(Key{account.name, ""}); nameless != entries_.end() && !device.empty()) {
      entry->second = nameless->second;
    }
  }
  return entry->second;
}

std::string AccountBook::last_device(const AccountScript& account) const {
  const auto found = last_device_.find(account.name);
  return found == last_device_.end() ? std::string() : found->second;
}

void AccountBook::reset(const AccountScript& account, const std::string& device) {
  Nonces& entry = nonces(account, device);
  entry = Nonces{account.client_nonce, account.server_nonce, std::nullopt, false};
}

Result<void> AccountBook::load(const std::string& path) {
  PosixFileSystem files;
  const Result<Octets> text = files.read(path, kLargestState);
  if (!text) return text.error().code == Errc::not_found ? Result<void>() : Result<void>(text.error());
  const nlohmann::json document = nlohmann::json::parse(*text, nullptr, false);
  if (!document.is_object() || !document.contains("clients") || !document["clients"].is_array()) {
    return Error{Errc::malformed, path + ": not a state file of dm-server"};
  }
  for (const nlohmann::json& entry : document["clients"]) {
    if (!entry.is_object()) continue;
    const std::string account = text_at(entry, "account");
    const std::string device = text_at(entry, "device");
    Nonces& nonces = entries_[Key{account, device}];
    nonces.client = octets_at(entry, "client_nonce");
    nonces.server = octets_at(entry, "server_nonce");
    nonces.server_before = octets_at(entry, "server_nonce_before");
    if (!device.empty()) last_device_[account] = device;
  }
  return {};
}

Result<void> AccountBook::save(const std::string& path) const {
  nlohmann::ordered_json clients = nlohmann::ordered_json::array();
  for (const auto& [key, nonces] : entries_) {
    nlohmann::ordered_json entry{{"account", key.first}, {"device", key.second}};
    if (nonces.client) entry["client_nonce"] = base64_encode(*nonces.client);
    if (nonces.server) entry["server_nonce"] = base64_encode(*nonces.server);
    if (nonces.server_before) entry["server_nonce_before"] = base64_encode(*nonces.server_before);
    clients.push_back(std::move(entry));
  }
  const std::string text = nlohmann::ordered_json{{"clients", clients}}.dump(2) + "\n";
  PosixFileSystem files;
  const std::string aside = path + ".new";
  static_cast<void>(files.remove(aside));
  {
    const std::unique_ptr<AppendFile> file = DM_TRY(files.open_append(aside));
    DM_TRY(file->append(text));
    DM_TRY(file->sync());
  }
  return files.rename(aside, path);
}

}  // namespace omadm::server
