// For tests: a real MariaDB of the system on loopback, as a child of the test. Not part of the product.
#pragma once

#include <mysql.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>
#include <optional>
#include <string>

#include "connector/test_program.h"
#include "ledger/test_folder.h"

namespace zhike::external {

/// As root it runs as the package's own user.
class TestMariadb {
 public:
  static constexpr const char* kUser = "reader";
  static constexpr const char* kPassword = "pa'ss word\\";

  /// Null: Debian's mariadb-server is not there. `options`: further ones of the server.
  static std::unique_ptr<TestMariadb> start(std::vector<std::string> options = {}) {
    if (!std::filesystem::exists(kServer) || !std::filesystem::exists(kInstall)) return nullptr;
    std::unique_ptr<TestMariadb> out(new TestMariadb);
    if (out->begin(std::move(options))) return out;
    std::fputs("MariaDB did not start\n", stderr);
    std::abort();
  }

  [[nodiscard]] int port() const { return port_; }

  /// As the database's owner; aborts when it fails. Answers the first cell.
  std::string run(const std::string& sql) {
    MYSQL* connection = connect();
    if (connection == nullptr || mysql_query(connection, sql.c_str()) != 0) {
      std::fprintf(stderr, "%s: %s\n", sql.c_str(), connection == nullptr ? "" : mysql_error(connection));
      std::abort();
    }
    std::string out;
    if (MYSQL_RES* const answer = mysql_store_result(connection); answer != nullptr) {
      const MYSQL_ROW row = mysql_fetch_row(answer);
      if (row != nullptr && row[0] != nullptr) out = row[0];
      mysql_free_result(answer);
    }
    mysql_close(connection);
    return out;
  }

 private:
  static constexpr const char* kServer = "/usr/sbin/mariadbd";
  static constexpr const char* kInstall = "/usr/bin/mariadb-install-db";

  bool begin(std::vector<std::string> options) {
    std::filesystem::permissions(folder_.path, std::filesystem::perms::all);
    const std::string data = folder_.path / "data", setup = folder_.path / "setup.sql";
    std::ofstream(setup)
        << "CREATE DATABASE crm CHARACTER SET utf8mb4;\n"
           "CREATE USER reader@'%' IDENTIFIED BY 'pa\\'ss word\\\\';\n"
           "GRANT SELECT, EXECUTE, SHOW VIEW, CREATE TEMPORARY TABLES ON crm.* TO reader@'%';\n"
           "CREATE USER owner@'%' IDENTIFIED BY 'owns it';\n"
           "GRANT ALL ON *.* TO owner@'%';\n";
    std::filesystem::permissions(setup, std::filesystem::perms::all);
    const std::string user = ::geteuid() == 0 ? " --user=mysql" : "";
    const std::string make =
        std::string(kInstall) + " --no-defaults --skip-test-db --datadir=" + data + user + " >/dev/null 2>&1";
    if (std::system(make.c_str()) != 0) return false;
    port_ = connector::free_port();
    std::vector<std::string> words{kServer,
                                   "--no-defaults",
                                   "--datadir=" + data,
                                   "--socket=" + data + "/s.sock",
                                   "--pid-file=" + data + "/pid",
                                   "--bind-address=127.0.0.1",
                                   "--port=" + std::to_string(port_),
                                   "--init-file=" + setup,
                                   "--innodb-flush-log-at-trx-commit=0",
                                   "--innodb-buffer-pool-size=16M"};
    if (!user.empty()) words.push_back(user.substr(1));
    for (std::string& option : options) words.push_back(std::move(option));
    server_.emplace(words);
    for (int i = 0; i < 600; ++i) {
      MYSQL* const connection = connect();
      if (connection != nullptr) {
        mysql_close(connection);
        return true;
      }
      std::this_thread::sleep_for(std::chrono::milliseconds(50));
    }
    return false;
  }

  MYSQL* connect() const {
    MYSQL* const connection = mysql_init(nullptr);
    mysql_options(connection, MYSQL_SET_CHARSET_NAME, "utf8mb4");
    if (mysql_real_connect(connection, "127.0.0.1", "owner", "owns it", "crm", static_cast<unsigned>(port_),
                           nullptr, 0) != nullptr)
      return connection;
    mysql_close(connection);
    return nullptr;
  }

  TestFolder folder_;
  std::optional<connector::TestProgram> server_;
  int port_ = 0;
};

}  // namespace zhike::external
