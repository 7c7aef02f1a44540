// A temporary folder and a day key for the tests and benchmarks of this module.
#pragma once

#include <stdlib.h>

#include <filesystem>

#include "journal/journal.h"

namespace zhike::journal {

class TestFolder {
 public:
  TestFolder() {
    std::string name = (std::filesystem::temp_directory_path() / "zhike_journal_XXXXXX").string();
    cx_check(::mkdtemp(name.data()) != nullptr, "a temporary folder");
    path_ = name;
  }
  ~TestFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  TestFolder(const TestFolder&) = delete;
  TestFolder& operator=(const TestFolder&) = delete;
  [[nodiscard]] const std::filesystem::path& path() const noexcept { return path_; }

 private:
  std::filesystem::path path_;
};

inline Result<crypto::Key> test_key(std::int32_t utc_day) {
  return crypto::derive(crypto::Key{}, "day/" + std::to_string(utc_day));
}

}  // namespace zhike::journal
