// Figures of one run against each other: what the machine is worth cancels out.
#pragma once

#include <benchmark/benchmark.h>

#include <map>
#include <string>
#include <vector>

namespace omadm::bench {

enum class Bound : unsigned char { at_most, at_least };

// The time of one benchmark in units of another's, as `Bound` says it must be.
struct Ratio {
  std::string what;
  std::string over, under;  // names of benchmarks
  Bound bound = Bound::at_most;
  double limit = 0;
};
// A figure that is no time: octets, seconds.
struct Figure {
  std::string what;
  double value = 0;
  Bound bound = Bound::at_most;
  double limit = 0;
};

// Prints as the console does, and keeps the times.
class TimeKeeper final : public benchmark::ConsoleReporter {
 public:
  TimeKeeper();
  void ReportRuns(const std::vector<Run>& runs) override;
  // Prints each ratio whose two benchmarks ran, and each figure. False when one is out of bounds.
  bool judge(const std::vector<Ratio>& ratios, const std::vector<Figure>& figures) const;

 private:
  std::map<std::string, double> times_;  // real time of an iteration; of the median where there are repetitions
};

// Of the benchmarks of the tree and the store, those of the codec, and what is measured beside them.
std::vector<Ratio> tree_ratios();
std::vector<Ratio> codec_ratios();
std::vector<Figure> tree_figures();
std::vector<Figure> store_figures();

}  // namespace omadm::bench
