// SQLite as the ledger: one writing connection behind a mutex, a pool of reading ones. WAL, so that readers
// never wait for the writer.
#include "ledger/db.h"

#include <condition_variable>
#include <mutex>
#include <vector>

#include "ledger/migrate.h"
#include "ledger/sqlite.h"

namespace zhike::ledger {
namespace {

class SqliteDb final : public Db {
 public:
  SqliteDb(Options options, std::unique_ptr<SqliteConnection> writer)
      : options_(std::move(options)), writer_(std::move(writer)) {}

  Result<void> write(const std::function<Result<void>(Tx&)>& work) override {
    const std::scoped_lock lock(writing_);
    return writer_->transact("BEGIN IMMEDIATE", work);
  }

  Result<void> read(const std::function<Result<void>(Tx&)>& work) override {
    CX_TRY(auto reader, borrow());
    struct Guard {
      SqliteDb& db;
      std::unique_ptr<SqliteConnection>& reader;
      ~Guard() { db.give_back(std::move(reader)); }
    } guard{*this, reader};
    return reader->transact("BEGIN", work);
  }

 private:
  Result<std::unique_ptr<SqliteConnection>> borrow() {
    std::unique_lock lock(pooling_);
    returned_.wait(lock, [&] { return !idle_.empty() || lent_ < options_.readers_max; });
    ++lent_;
    if (!idle_.empty()) {
      auto reader = std::move(idle_.back());
      idle_.pop_back();
      return reader;
    }
    lock.unlock();
    auto reader = SqliteConnection::open(options_, SqliteConnection::Role::kReader);
    if (!reader) give_back(nullptr);
    return reader;
  }

  void give_back(std::unique_ptr<SqliteConnection> reader) {
    {
      const std::scoped_lock lock(pooling_);
      --lent_;
      if (reader) idle_.push_back(std::move(reader));
    }
    returned_.notify_one();
  }

  const Options options_;
  std::mutex writing_;
  std::unique_ptr<SqliteConnection> writer_;  // guarded by writing_
  std::mutex pooling_;
  std::condition_variable returned_;
  std::vector<std::unique_ptr<SqliteConnection>> idle_;  // guarded by pooling_
  unsigned lent_ = 0;                                    // guarded by pooling_
};

}  // namespace

Result<std::unique_ptr<Db>> Db::open(const Options& options) {
  CX_TRY(auto writer, SqliteConnection::open(options, SqliteConnection::Role::kWriter));
  CX_TRY(migrate(*writer, options.migrations));
  Options kept = options;
  if (kept.readers_max == 0) kept.readers_max = 1;
  return std::make_unique<SqliteDb>(std::move(kept), std::move(writer));
}

}  // namespace zhike::ledger
