// A short-lived zhike-engine without a store, for files that only the engine can read. It has these files
// open and nothing else of ours, and ends with its owner.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "base/file.h"
#include "base/result.h"

namespace zhike::warehouse {

/// One thread.
class EngineChild {
 public:
  using Deadline = std::chrono::steady_clock::time_point;
  struct Limits {
    Deadline deadline = Deadline::max();
    std::uint64_t memory_bytes_max = 0;  ///< of its own memory, looked at every 100 ms; 0: not looked at
  };
  struct End {
    bool clean = false;  ///< it did what it was asked
    bool died = false;   ///< by a signal, or by this program
    std::string words{};
  };

  /// `program`: zhike-engine; empty: find_engine(). `files` become descriptors 3, 4, ..., `input` its
  /// standard input (not open: nothing). Errors: kEngineFailed.
  [[nodiscard]] static Result<EngineChild> start(const std::filesystem::path& program,
                                                 std::vector<std::string> words, const Fd& input,
                                                 std::span<const Fd> files);
  EngineChild(EngineChild&& other) noexcept;
  EngineChild& operator=(EngineChild&&) = delete;
  ~EngineChild();  ///< ends the program

  /// Waits for output: how many bytes came; 0 at its end. Errors: kQueryTooSlow, kQueryTooLarge,
  /// kEngineFailed.
  [[nodiscard]] Result<std::size_t> read(std::span<char> into, const Limits& limits);
  [[nodiscard]] bool is_running() const noexcept { return pid_ > 0; }
  /// Once its output has ended.
  [[nodiscard]] End end();

 private:
  EngineChild(int pid, Fd output, Fd errors)
      : pid_(pid), output_(std::move(output)), errors_(std::move(errors)) {}
  [[nodiscard]] std::uint64_t memory_bytes() const;

  int pid_ = 0;
  Fd output_, errors_;
};

}  // namespace zhike::warehouse
