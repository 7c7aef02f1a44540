// text_test [--engine PATH] [WORD ...]: runs the text tests (README.md) on a private engine.
#include <stdlib.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <string>
#include <vector>

#include "base/file.h"
#include "run.h"
#include "warehouse/migrate.h"
#include "warehouse/supervisor.h"

namespace {

namespace fs = std::filesystem;
using namespace zhike;

std::vector<fs::path> find_tests(const fs::path& source, const std::vector<std::string>& words) {
  std::vector<fs::path> found;
  for (const char* folder : {"src", "tests/text"}) {
    std::error_code error;
    for (const auto& entry : fs::recursive_directory_iterator(source / folder, error)) {
      const std::string path = entry.path().lexically_relative(source).generic_string();
      if (entry.path().extension() != ".test") continue;
      const bool wanted = words.empty() || std::ranges::any_of(words, [&](const auto& w) {
                            return path.find(w) != std::string::npos;
                          });
      if (wanted) found.push_back(entry.path());
    }
  }
  std::ranges::sort(found);
  return found;
}

Result<bool> run_all(const fs::path& source, const fs::path& engine, const fs::path& folder,
                     const std::vector<std::string>& words) {
  CX_TRY(const auto supervisor,
         warehouse::Supervisor::start(
             {.program = engine, .folder = folder / "store", .socket = folder / "engine.sock"}));
  const auto client = warehouse::Client::connect(supervisor->address());
  CX_TRY(warehouse::migrate(*client, source / "migrations/warehouse"));
  text_test::Runner runner(*client, ZHIKE_GEN_DIR);
  int passed = 0, failed = 0;
  for (const fs::path& file : find_tests(source, words)) {
    const auto from = std::chrono::steady_clock::now();
    CX_TRY(const std::string text, read_file(file));
    const auto outcome = runner.run(text);
    const auto ms =
        std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - from)
            .count();
    const std::string name = file.lexically_relative(source).generic_string();
    std::printf("%-5s %s (%d cases, %lld ms)\n", outcome.failed == 0 ? "ok" : "FAIL", name.c_str(),
                outcome.passed + outcome.failed, static_cast<long long>(ms));
    for (const auto& message : outcome.messages) std::printf("  %s: %s\n", name.c_str(), message.c_str());
    passed += outcome.passed;
    failed += outcome.failed;
  }
  std::printf("%d passed, %d failed, 0 skipped\n", passed, failed);
  return failed == 0;
}

}  // namespace

int main(int argc, char** argv) {
  fs::path engine = warehouse::find_engine();
  std::vector<std::string> words;
  for (int i = 1; i < argc; ++i) {
    if (std::string_view(argv[i]) == "--engine" && i + 1 < argc)
      engine = argv[++i];
    else
      words.emplace_back(argv[i]);
  }
  if (engine.empty()) {
    std::fprintf(stderr, "text_test: no zhike-engine beside it; name one with --engine\n");
    return 2;
  }
  std::string folder = (fs::temp_directory_path() / "zhike-text-XXXXXX").string();
  if (::mkdtemp(folder.data()) == nullptr) {
    std::perror("text_test");
    return 2;
  }
  const auto ok = run_all(ZHIKE_SOURCE_DIR, engine, folder, words);
  std::error_code error;
  fs::remove_all(folder, error);
  if (!ok) std::fprintf(stderr, "text_test: %s\n", to_string(ok.error()).c_str());
  return ok && *ok ? 0 : 1;
}
