// FirmwareSlot by two places for an image and a link to the one in use: [fumo] backend = "file".
#pragma once

#include <atomic>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "tools/dm-client/installer.h"

namespace omadm {

// Writes the package into the slot, file or device, that `active` does not lead to, reads it back, and then lets the
// symbolic link `active` lead there, in one step: whenever power is lost, it leads to a whole image. A link that is
// missing or leads elsewhere fails the installation. The work is done on a thread of its own.
class FileSlot final : public Installer {
 public:
  FileSlot(std::vector<std::string> slots, std::string active);
  FileSlot(const FileSlot&) = delete;
  FileSlot& operator=(const FileSlot&) = delete;
  ~FileSlot() override;  // an installation under way is given up

  void attach(Client& client) override;
  // unavailable: another package is being installed; io.
  Result<void> install(const FirmwarePackage& package, std::function<void(int)> progress, Done done) override;

 private:
  Result<void> start();
  void heard();

  // On the thread.
  void work(const FirmwarePackage& package);
  Result<std::string> other_slot() const;  // failed: `active` does not tell which one is in use
  InstallResult write_image(const FirmwarePackage& package);
  Result<void> copy(const FirmwarePackage& package, const std::string& slot);
  Result<void> make_active(const std::string& slot) const;
  void tell();

  const std::vector<std::string> slots_;
  const std::string active_;
  Client* client_ = nullptr;
  struct Job {
    FirmwarePackage package;
    std::function<void(int)> progress;
    Done done;
  };
  std::optional<Job> job_;
  int wake_ = -1;  // eventfd: the thread has something to tell
  std::atomic<int> percent_{0};
  std::atomic<bool> stop_{false}, ended_{false};
  InstallResult result_;  // of the thread, once `ended_`
  std::thread thread_;
};

}  // namespace omadm
