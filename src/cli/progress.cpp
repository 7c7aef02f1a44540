#include "cli/progress.h"

#include <fmt/core.h>

#include <algorithm>
#include <cstdio>

namespace zhike::cli {
namespace {

constexpr int kBarWidth = 28;

std::string duration(double seconds) {
  const auto whole = static_cast<long>(std::clamp(seconds, 0.0, 360'000.0));
  if (whole >= 3600) return fmt::format("{}:{:02}:{:02}", whole / 3600, whole / 60 % 60, whole % 60);
  return fmt::format("{}:{:02}", whole / 60, whole % 60);
}

}  // namespace

void Progress::update(double share, std::uint64_t count, std::string_view what) {
  const auto now = Clock::now();
  if (!shown_ || now - drawn_ < std::chrono::milliseconds(100)) return;
  drawn_ = now;
  visible_ = true;
  share = std::clamp(share, 0.0, 1.0);
  const double took = std::chrono::duration<double>(now - began_).count();
  const int full = static_cast<int>(share * kBarWidth);
  std::string bar;
  for (int i = 0; i < kBarWidth; ++i) bar += i < full ? "█" : "░";
  const std::string left = share > 0.01 ? duration(took / share - took) : "?";
  const double rate = took > 0 ? static_cast<double>(count) / took : 0;
  const std::string counted = unit_.empty() ? "" : fmt::format("{} {} ({:.0f}/s)  ", count, unit_, rate);
  fmt::print(stderr, "\r\033[K{} {:3.0f} %  {}{}  {}", bar, share * 100, counted, left, what.substr(0, 40));
  std::fflush(stderr);
}

void Progress::clear() {
  if (visible_) fmt::print(stderr, "\r\033[K");
  std::fflush(stderr);
  visible_ = false;
}

}  // namespace zhike::cli
