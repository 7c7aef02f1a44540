// For tests: a private engine in a temporary folder. Not part of the product.
#pragma once

#include <stdlib.h>

#include <filesystem>
#include <memory>
#include <string>

#include "warehouse/client.h"
#include "warehouse/supervisor.h"

namespace zhike::warehouse {

/// Owns folder, engine and client; ends and removes them. Errors as Supervisor::start.
class TestEngine {
 public:
  [[nodiscard]] static Result<std::unique_ptr<TestEngine>> start(EngineOptions options = {}) {
    std::string name = (std::filesystem::temp_directory_path() / "zhike-test-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr) return fail(Code::kFileFailed, "{}", name);
    std::unique_ptr<TestEngine> test(new TestEngine(name));
    if (options.program.empty()) options.program = find_engine();
    options.folder = test->folder_ / "store";
    options.socket = test->folder_ / "engine.sock";
    CX_TRY(test->supervisor_, Supervisor::start(std::move(options)));
    test->client_ = Client::connect(test->supervisor_->address());
    return test;
  }
  TestEngine(const TestEngine&) = delete;
  TestEngine& operator=(const TestEngine&) = delete;
  ~TestEngine() {
    client_.reset();
    supervisor_.reset();
    std::error_code error;
    std::filesystem::remove_all(folder_, error);
  }

  [[nodiscard]] Client& client() { return *client_; }
  [[nodiscard]] Supervisor& supervisor() { return *supervisor_; }
  [[nodiscard]] const std::filesystem::path& folder() const { return folder_; }

 private:
  explicit TestEngine(std::filesystem::path folder) : folder_(std::move(folder)) {}
  std::filesystem::path folder_;
  std::unique_ptr<Supervisor> supervisor_;
  std::unique_ptr<Client> client_;
};

}  // namespace zhike::warehouse
