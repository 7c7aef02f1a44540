// For tests: a real PostgreSQL of the system on loopback, as a child of the test. Not part of the product.
#pragma once

#include <libpq-fe.h>
#include <pwd.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <memory>
#include <optional>
#include <string>

#include "connector/test_program.h"
#include "ledger/test_folder.h"

namespace zhike::external {

/// PostgreSQL refuses to run as root: it then runs as the package's own user.
class TestPostgres {
 public:
  static constexpr const char* kUser = "reader";
  static constexpr const char* kPassword = "pa'ss word\\";

  /// Null: Debian's postgresql-15 is not there.
  static std::unique_ptr<TestPostgres> start() {
    std::filesystem::path programs;
    std::error_code error;
    for (const auto& version : std::filesystem::directory_iterator("/usr/lib/postgresql", error))
      if (std::filesystem::exists(version.path() / "bin/initdb", error)) programs = version.path() / "bin";
    if (programs.empty()) return nullptr;
    std::unique_ptr<TestPostgres> out(new TestPostgres(programs));
    return out->begin() ? std::move(out) : nullptr;
  }

  [[nodiscard]] int port() const { return port_; }
  void stop() { server_.reset(); }

  /// As the database's owner; aborts when it fails. Answers the first cell.
  std::string run(const std::string& sql) {
    const std::string place = "host=127.0.0.1 dbname=crm user=reader port=" + std::to_string(port_);
    PGconn* connection = PQconnectdb((place + " password='pa\\'ss word\\\\'").c_str());
    PGresult* answer = PQexec(connection, sql.c_str());
    const auto status = PQresultStatus(answer);
    if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK) {
      std::fprintf(stderr, "%s: %s\n", sql.c_str(), PQerrorMessage(connection));
      std::abort();
    }
    std::string out = PQntuples(answer) > 0 ? PQgetvalue(answer, 0, 0) : "";
    PQclear(answer);
    PQfinish(connection);
    return out;
  }

 private:
  explicit TestPostgres(std::filesystem::path programs) : programs_(std::move(programs)) {}

  bool begin() {
    std::filesystem::permissions(folder_.path, std::filesystem::perms::all);
    const auto secret = folder_.path / "secret";
    std::ofstream(secret) << kPassword << "\n";
    const std::string data = folder_.path / "data";
    const std::string make =
        as_user() + (programs_ / "initdb").string() + " -D " + data +
        " -U reader -E UTF8 --locale=C.UTF-8 --auth=scram-sha-256 --pwfile=" + secret.string() +
        " >/dev/null 2>&1";
    if (std::system(make.c_str()) != 0) return false;
    port_ = connector::free_port();
    std::vector<std::string> words{
        "/bin/sh", "-c",
        "exec " + as_user() + (programs_ / "postgres").string() + " -D " + data +
            " -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c fsync=off -c port=" +
            std::to_string(port_)};
    server_.emplace(words);
    if (!connector::TestProgram::wait_for(port_)) return false;
    const std::string place = "host=127.0.0.1 dbname=postgres user=reader port=" + std::to_string(port_);
    for (int i = 0; i < 100; ++i) {
      PGconn* connection = PQconnectdb((place + " password='pa\\'ss word\\\\'").c_str());
      const bool ready = PQstatus(connection) == CONNECTION_OK;
      if (ready) PQclear(PQexec(connection, "CREATE DATABASE crm"));
      PQfinish(connection);
      if (ready) return true;
      std::this_thread::sleep_for(std::chrono::milliseconds(50));
    }
    return false;
  }

  static std::string as_user() {
    if (::geteuid() != 0) return "";
    return "/usr/bin/setpriv --reuid=postgres --regid=postgres --clear-groups --pdeathsig=INT ";
  }

  TestFolder folder_;
  std::filesystem::path programs_;
  std::optional<connector::TestProgram> server_;
  int port_ = 0;
};

}  // namespace zhike::external
