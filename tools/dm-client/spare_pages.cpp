#include "tools/dm-client/spare_pages.h"

#include <elf.h>
#include <link.h>
#include <malloc.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cstdint>

namespace omadm {
namespace {

// Fewer page faults than these since the last time: nothing worth another round.
constexpr long kWorthIt = 128;

long page_faults() {
  rusage usage{};
  return getrusage(RUSAGE_SELF, &usage) == 0 ? usage.ru_minflt + usage.ru_majflt : 0;
}

// Code that was relocated when it was loaded differs from its file.
bool writes_to_code(const dl_phdr_info& object) {
  for (int i = 0; i < object.dlpi_phnum; ++i) {
    if (object.dlpi_phdr[i].p_type != PT_DYNAMIC) continue;
    // NOLINTNEXTLINE(performance-no-int-to-ptr): the loader gives addresses as numbers
    const auto* entry = reinterpret_cast<const ElfW(Dyn)*>(object.dlpi_addr + object.dlpi_phdr[i].p_vaddr);
    for (; entry->d_tag != DT_NULL; ++entry) {
      if (entry->d_tag == DT_TEXTREL || (entry->d_tag == DT_FLAGS && (entry->d_un.d_val & DF_TEXTREL) != 0))
        return true;
    }
  }
  return false;
}

// The segments of one program or library that are mapped as they are in its file.
int give_back_segments(dl_phdr_info* object, std::size_t /*size*/, void* /*unused*/) {
  if (writes_to_code(*object)) return 0;
  const auto page = static_cast<std::uintptr_t>(sysconf(_SC_PAGESIZE));
  std::uintptr_t end = 0;
  for (int i = object->dlpi_phnum - 1; i >= 0; --i) {  // from the last, each ends where the next one's pages begin
    const ElfW(Phdr)& segment = object->dlpi_phdr[i];
    if (segment.p_type != PT_LOAD) continue;
    const std::uintptr_t start = (object->dlpi_addr + segment.p_vaddr) & ~(page - 1);
    const std::uintptr_t own_end = (object->dlpi_addr + segment.p_vaddr + segment.p_memsz + page - 1) & ~(page - 1);
    const std::uintptr_t length = (end != 0 && end < own_end ? end : own_end) - start;
    end = start;
    // NOLINTNEXTLINE(performance-no-int-to-ptr): as above. A refusal (pages are locked) leaves things as they are.
    if ((segment.p_flags & PF_W) == 0) (void)madvise(reinterpret_cast<void*>(start), length, MADV_DONTNEED);
  }
  return 0;
}

}  // namespace

void give_back_pages() {
  malloc_trim(0);
  dl_iterate_phdr(give_back_segments, nullptr);
}

void SparePages::idle() {
  const auto now = std::chrono::steady_clock::now();
  const long faults = page_faults();
  if (faults - faults_ >= kWorthIt / 8 || quiet_since_ == decltype(quiet_since_){}) quiet_since_ = now;
  faults_ = faults;
  if (now - quiet_since_ < kQuiet || faults - after_giving_ < kWorthIt) return;
  give_back_pages();
  after_giving_ = faults_ = page_faults();
}

}  // namespace omadm
