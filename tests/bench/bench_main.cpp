#include <unistd.h>

#include <cstdio>

#include "tests/bench/ratios.h"

namespace omadm::bench {
namespace {

bool verdict(const std::string& what, double value, Bound bound, double limit) {
  const bool good = bound == Bound::at_most ? value <= limit : value >= limit;
  std::printf("%-4s %-72s %10.3f  (%s %g)\n", good ? "ok" : "MISS", what.c_str(), value,
              bound == Bound::at_most ? "at most" : "at least", limit);
  return good;
}

}  // namespace

TimeKeeper::TimeKeeper() : ConsoleReporter(::isatty(STDOUT_FILENO) != 0 ? OO_ColorTabular : OO_Tabular) {}

void TimeKeeper::ReportRuns(const std::vector<Run>& runs) {
  ConsoleReporter::ReportRuns(runs);
  for (const Run& run : runs) {
    if (run.error_occurred || (run.run_type == Run::RT_Aggregate && run.aggregate_name != "median")) continue;
    if (run.run_type == Run::RT_Iteration && run.repetitions > 1) continue;
    times_[run.run_name.function_name + (run.run_name.args.empty() ? "" : "/" + run.run_name.args)] =
        run.GetAdjustedRealTime();
  }
}

bool TimeKeeper::judge(const std::vector<Ratio>& ratios, const std::vector<Figure>& figures) const {
  bool good = true;
  for (const Ratio& ratio : ratios) {
    const auto over = times_.find(ratio.over);
    const auto under = times_.find(ratio.under);
    if (over == times_.end() || under == times_.end()) continue;
    good &= verdict(ratio.what, over->second / under->second, ratio.bound, ratio.limit);
  }
  for (const Figure& figure : figures) good &= verdict(figure.what, figure.value, figure.bound, figure.limit);
  return good;
}

}  // namespace omadm::bench

int main(int argc, char** argv) {
  using namespace omadm::bench;
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 2;
  TimeKeeper keeper;
  benchmark::RunSpecifiedBenchmarks(&keeper);
  std::vector<Ratio> ratios = tree_ratios();
  for (const Ratio& more : codec_ratios()) ratios.push_back(more);
  std::vector<Figure> figures = tree_figures();
  for (const Figure& more : store_figures()) figures.push_back(more);
  return keeper.judge(ratios, figures) ? 0 : 1;
}
