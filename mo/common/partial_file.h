// A file that arrives in pieces and survives restarts: <path>.part, and <path>.meta that says what it is.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "base/bytes.h"
#include "base/crypto/digest.h"
#include "base/io/file_system.h"
#include "base/result.h"

namespace omadm {

// What must be known to go on after a restart (FUMO-066, FUMO-067).
struct PartialState {
  std::string url;
  std::string etag, last_modified;     // validators of the answer; a weak ETag is none
  std::optional<std::uint64_t> total;  // octets of the whole, when announced
  std::uint64_t durable = 0;           // octets of the file that a power loss cannot take
  unsigned attempts = 0;               // requests sent since the file last grew
  std::uint64_t furthest = 0;          // octets it had then
  std::string boot;                    // the running system's, when the file was last opened
  std::int64_t first_attempt = 0;      // seconds since 1970
};

// 1. Octets up to `durable` are on the medium; the rest of the file is dropped when it is opened again after the system
// was restarted, and kept when only the process was.
// 2. The digest follows in the jobs, which read the file again: appending does not wait for it. 3. A complete file is
// at `path` itself.
class PartialFile {
 public:
  // Takes up what is there for the same URL, else begins with nothing. `files` must outlive the object.
  static Result<PartialFile> open(FileSystem& files, std::string path, const std::string& url);
  // Removes the file, complete or not, and what is known about it.
  static void discard(FileSystem& files, const std::string& path);

  PartialState state;

  bool complete() const noexcept { return complete_; }
  std::uint64_t size() const noexcept { return size_; }

  Result<void> restart();             // empties the file and forgets validators; attempts stay
  Result<void> append(Bytes octets);  // storage_full, io
  Result<void> checkpoint();          // everything so far is durable, and so is `state`
  Result<void> save() const;          // `state` alone
  // The medium failed, and says so once (a later sync would go well): no octet after `durable` counts any more.
  void distrust();
  // The same and the last step of all, which take as long as the medium does, in two halves: a job for another thread,
  // one at a time, while nothing but append(), complete() and size() is called here; and its end, here, when it went
  // well.
  using Job = std::function<Result<void>()>;
  Job checkpoint_job() const;
  void checkpointed(std::uint64_t size);       // size() when the job was made
  Job digest_job(std::uint64_t octets) const;  // the digest follows so far
  std::uint64_t digested() const;              // octets it covers
  Job finish_job();                            // the file is complete: it gets its name
  void finished();
  std::string sha256();  // lower-case hexadecimal, once, of a complete file

 private:
  PartialFile(FileSystem& files, std::string path) : files_(&files), path_(std::move(path)) {}
  Result<void> load(const std::string& url);
  static Result<void> save_as(FileSystem& files, const std::string& path, const PartialState& state);

  FileSystem* files_;
  std::string path_;
  struct Digest {
    Sha256Stream stream;
    std::uint64_t size = 0;  // octets it covers
    Result<void> follow(const std::string& path, std::uint64_t to);
  };
  std::shared_ptr<AppendFile> file_;                             // owners: this and its jobs
  std::shared_ptr<Digest> digest_ = std::make_shared<Digest>();  // owners: this and its jobs
  std::uint64_t size_ = 0;
  bool complete_ = false;
  bool distrusted_ = false;
};

}  // namespace omadm
