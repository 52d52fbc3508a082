// FUMO: firmware packages below ./FUMO. [FUMO] "Firmware Update Management Object".
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "dmtree/management_object.h"
#include "mo/fumo/fumo_context.h"
#include "mo/fumo/package_update.h"

namespace omadm {

// To be attached to ./FUMO. Operations run on the loop; an Exec returns at once with `accepted` and its report
// comes through FumoContext::report, in a later session and after a restart too.
class FumoObject final : public ManagementObject, private FileKeeper {
 public:
  FumoObject(FumoContext context, FumoSettings settings);

  // Once after attaching: makes the default instance when there is none, completes instances, and goes on with
  // what a restart interrupted. Reports that are still owed are handed over on the loop, later.
  Result<void> resume();
  void configure(FumoSettings settings);  // counts for operations that begin later

  // The server has answered a report for good (FUMO-032): the package object is cleaned up. Others are ignored.
  void report_acknowledged(const GenericAlert& alert);

  std::vector<PackageStatus> packages() const;  // those with something to show: not idle
  bool idle() const;                            // no download and no installation

  FileKeeper* file_keeper() noexcept override { return this; }
  Result<void> check(const Transaction& after, Edits edits) override;
  void committed(Edits edits) noexcept override;
  Result<ExecOutcome> exec(const ExecRequest& request) override;

 private:
  // PkgData is a file from its first octet on.
  bool keeps(const Uri& leaf) const override;
  std::uint64_t largest() const noexcept override;
  Result<std::uint64_t> size(const Uri& leaf) const override;
  Result<std::unique_ptr<ValueSink>> receive(const Uri& leaf, std::uint64_t size) override;

  Result<void> check_edit(const Transaction& after, const Edit& edit) const;
  Result<void> check_source(std::string_view x, const Uri& uri, bool is_data) const;
  Result<void> make_default_instance();
  Result<void> complete(const Uri& instance);
  Result<void> report_earlier(std::uint64_t finished);
  PackageUpdate* adopt(std::string_view x);

  FumoContext context_;
  FumoSettings settings_;
  PackagesShared shared_;
  std::map<std::string, std::unique_ptr<PackageUpdate>, std::less<>> packages_;
};

}  // namespace omadm
