// zhike doctor: looks at an installation and says what is wrong and what to do. Changes nothing; while a
// service runs on the folder, what only that service may open is left out.
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <functional>

#include "app/app.h"
#include "base/log.h"
#include "cli/commands.h"
#include "cli/opened.h"
#include "ingest/quality.h"

namespace zhike::cli {
namespace {

enum class Verdict { kOk, kWarning, kProblem };

struct Finding {
  std::string check;
  Verdict verdict = Verdict::kOk;
  std::string text, fix;
};

std::string_view to_string(Verdict verdict) {
  switch (verdict) {
    case Verdict::kOk:
      return "ok";
    case Verdict::kWarning:
      return "warning";
    case Verdict::kProblem:
      return "problem";
  }
  return "";
}

std::string size_text(std::uint64_t bytes) {
  if (bytes >= 1ULL << 30) return fmt::format("{:.1f} GiB", static_cast<double>(bytes) / (1ULL << 30));
  return fmt::format("{:.1f} MiB", static_cast<double>(bytes) / (1ULL << 20));
}

class Doctor {
 public:
  explicit Doctor(Console& console) : console_(console), folder_(console.data_folder()) {}

  void run(std::optional<int> port) {
    auto config = console_.config();
    if (!config) return add_error("settings", config.error());
    if (port) static_cast<void>(config->set("server.port", std::to_string(*port), "--port"));
    add("settings", Verdict::kOk,
        fmt::format("{} {}", all_settings().size(), pick("settings read", "项配置已读取")));
    for (const auto& name : config->unknown())
      if (name != "ZHIKE_DATA" && name != "ZHIKE_DATA_FOLDER" && name != "ZHIKE_MASTER_KEY")
        add("settings", Verdict::kWarning, fmt::format("{} {}", name, pick("is no setting", "不是配置项")),
            pick("Remove it, or correct its spelling.", "请删除或改正拼写。"));
    check_share(*config);
    if (!check_folder()) return;
    check_space(*config);
    check_keys();
    check_port(*config);
    check_store(*config);
  }

  int report() const {
    json::array out;
    std::vector<std::vector<std::string>> rows;
    int problems = 0;
    for (const Finding& finding : findings_) {
      problems += finding.verdict == Verdict::kProblem ? 1 : 0;
      out.push_back(json::object{{"check", finding.check},
                                 {"verdict", to_string(finding.verdict)},
                                 {"text", finding.text},
                                 {"fix", finding.fix}});
      const auto mark = finding.verdict == Verdict::kOk        ? "ok"
                        : finding.verdict == Verdict::kWarning ? "!"
                                                               : "✗";
      rows.push_back({mark, finding.check, finding.text});
      if (!finding.fix.empty()) rows.push_back({"", "", "→ " + finding.fix});
    }
    console_.say(table(rows));
    console_.result({{"data", folder_.string()}, {"problems", problems}, {"findings", std::move(out)}});
    return problems == 0 ? kDone : kFailed;
  }

 private:
  std::string pick(std::string_view english, std::string_view chinese) const {
    return std::string(console_.pick(english, chinese));
  }
  void add(std::string check, Verdict verdict, std::string text, std::string fix = {}) {
    findings_.push_back({std::move(check), verdict, std::move(text), std::move(fix)});
  }
  void add_error(std::string check, const Error& error) {
    const ErrorInfo& about = info(error.code);
    add(std::move(check), Verdict::kProblem,
        fmt::format("{}: {} [{}]", console_.pick(about.text_en, about.text_zh), error.detail, about.id),
        std::string(console_.pick(about.fix_en, about.fix_zh)));
  }

  void check_share(const Config& config) {
    const auto share = app::find_share(config);
    if (!share) return add_error("program files", share.error());
    add("program files", Verdict::kOk, share->string());
    std::error_code error;
    if (const auto web = app::find_web(config, folder_); !web)
      add_error("console", web.error());
    else if (!std::filesystem::exists(*web / "index.html", error))
      add("console", Verdict::kWarning, pick("the console is not built", "控制台尚未构建"),
          pick("Run ./dev build, or set server.web_folder.",
               "请运行 ./dev build，或设置 server.web_folder。"));
    if (!config.text("engine.address").empty()) return;
    auto engine = std::filesystem::path(config.text("engine.program"));
    if (engine.empty()) engine = warehouse::find_engine();
    if (engine.empty() || ::access(engine.c_str(), X_OK) != 0)
      add("engine", Verdict::kProblem, pick("zhike-engine was not found", "未找到 zhike-engine"),
          pick("Keep it beside zhike, or name it in engine.program.",
               "请与 zhike 放在同一目录，或在 engine.program 中指明。"));
    else
      add("engine", Verdict::kOk, engine.string());
  }

  bool check_folder() {
    struct stat about{};
    if (::stat(folder_.c_str(), &about) != 0) {
      add("data folder", Verdict::kWarning,
          fmt::format("{} {}", folder_.string(), pick("does not exist yet", "尚不存在")),
          pick("zhike serve makes it on its first start.", "首次运行 zhike serve 时会创建。"));
      return false;
    }
    if (!S_ISDIR(about.st_mode) || ::access(folder_.c_str(), R_OK | W_OK | X_OK) != 0) {
      add("data folder", Verdict::kProblem,
          fmt::format("{} {}", folder_.string(), pick("cannot be written", "不可写")),
          pick("Give the service's user the folder: chown.", "请将目录授予服务用户（chown）。"));
      return false;
    }
    if ((about.st_mode & 077) != 0)
      add("data folder", Verdict::kWarning,
          pick("others on this machine can look into it", "本机其他用户可以查看该目录"),
          "chmod 700 " + folder_.string());
    else
      add("data folder", Verdict::kOk, folder_.string());
    return true;
  }

  void check_space(const Config& config) {
    struct statvfs disk{};
    if (::statvfs(folder_.c_str(), &disk) != 0) return;
    const auto unit = static_cast<std::uint64_t>(disk.f_frsize);
    const auto free = unit * static_cast<std::uint64_t>(disk.f_bavail);
    const auto inodes = static_cast<std::uint64_t>(disk.f_favail);
    const auto journal = config.bytes("journal.bytes_max");
    const auto text = fmt::format("{} {}", size_text(free), pick("free", "可用"));
    if (free < 1ULL << 30 || (disk.f_files != 0 && inodes < 10'000))
      add("disk", Verdict::kProblem, text, pick("Free space, or enlarge the disk.", "请清理或扩容磁盘。"));
    else if (free < journal)
      add("disk", Verdict::kWarning,
          fmt::format("{}; {} {}", text, pick("the journal may take", "日志最多占用"), size_text(journal)),
          pick("Enlarge the disk, or lower journal.bytes_max.", "请扩容磁盘，或调小 journal.bytes_max。"));
    else
      add("disk", Verdict::kOk, text);
  }

  void check_keys() {
    struct stat about{};
    const auto file = folder_ / "keys" / "master.key";
    if (::getenv("ZHIKE_MASTER_KEY") != nullptr)
      return add("keys", Verdict::kOk,
                 pick("the master key comes from the environment", "主密钥来自环境变量"));
    if (::stat(file.c_str(), &about) != 0)
      return add("keys", Verdict::kWarning, pick("there is no master key yet", "尚无主密钥"),
                 pick("The first start makes one; back it up apart from the data.",
                      "首次启动时生成；请与数据分开备份。"));
    if ((about.st_mode & 077) != 0)
      return add("keys", Verdict::kProblem, pick("others can read the master key", "他人可读取主密钥"),
                 "chmod 600 " + file.string());
    add("keys", Verdict::kOk, file.string());
  }

  void check_port(const Config& config) {
    const auto port = config.integer("server.port");
    if (port == 0) return;
    const Fd fd(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    const int on = 1;
    ::setsockopt(fd.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    sockaddr_in at{};
    at.sin_family = AF_INET;
    at.sin_port = htons(static_cast<std::uint16_t>(port));
    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (::bind(fd.get(), reinterpret_cast<sockaddr*>(&at), sizeof at) == 0)
      add("port", Verdict::kOk, fmt::format("{} {}", port, pick("is free", "空闲")));
    else
      add("port", Verdict::kWarning, fmt::format("{} {}", port, pick("is in use", "已被占用")),
          pick("By a running Zhike: fine. Otherwise choose another with --port.",
               "若由运行中的 Zhike 占用则正常；否则请用 --port 换一个。"));
  }

  /// Opens everything as the service would: migrations, journal recovery, engine.
  void check_store(Config config) {
    log::set_level(log::Level::kError);
    auto opened = open_app(console_, std::move(config), {});
    if (!opened && opened.error().code == Code::kDataInUse)
      return add("store", Verdict::kOk,
                 fmt::format("{}: {}", pick("a service runs on the folder", "服务正在使用该目录"),
                             opened.error().detail));
    if (!opened) return add_error("store", opened.error());
    app::App& app = **opened;
    add("store", Verdict::kOk,
        pick("ledger, identities, hot state, journal and warehouse open",
             "台账、身份、热状态、日志与仓库均可打开"));
    const auto& recovery = app.journal().recovery();
    if (recovery.torn_bytes != 0)
      add("journal", Verdict::kWarning,
          fmt::format("{} {}: {} {}", pick("an unfinished record was cut off", "截去未写完的记录"),
                      recovery.torn_segment, recovery.torn_bytes, pick("bytes", "字节")),
          pick("It was never acknowledged: nothing is lost.", "该记录从未确认，没有数据丢失。"));
    else
      add("journal", Verdict::kOk, fmt::format("{} {}", recovery.records, pick("records", "条记录")));
    const auto engine = app.engine();
    add("warehouse", engine.ready ? Verdict::kOk : Verdict::kProblem,
        fmt::format("{} {}, {} {}", pick("engine memory", "引擎内存"), size_text(engine.resident_bytes),
                    pick("bounded by", "限制方式"), engine.bound));
    const auto retry = app.mover().retry_coverage();
    const bool covered = retry.lost == 0;
    add("retry detection", covered ? Verdict::kOk : Verdict::kWarning,
        fmt::format("{} {} {}", retry.entries, pick("messages remembered since", "条消息，自"),
                    format_utc(retry.since)),
        covered ? ""
                : pick("A damaged file was left out: retries of that time may count twice.",
                       "有损坏文件被忽略：那段时间的重发可能重复计数。"));
    check_quality(app);
    for (const app::Notice& notice : app.notices()) add_notice(notice);
  }

  void add_notice(const app::Notice& notice) {
    using Kind = app::Notice::Kind;
    switch (notice.kind) {
      case Kind::kJournalFull:
      case Kind::kJournalFilling:
        return add(
            "journal", notice.kind == Kind::kJournalFull ? Verdict::kProblem : Verdict::kWarning,
            fmt::format(
                "{} {} {}", size_text(static_cast<std::uint64_t>(notice.value)),
                pick("wait for the warehouse; events are refused at", "等待入库；达到上限即拒绝新事件："),
                size_text(static_cast<std::uint64_t>(notice.limit))),
            pick("See what holds the warehouse up: its disk, memory and log. Nothing is lost meanwhile; "
                 "journal.bytes_max is the limit.",
                 "请检查仓库的磁盘、内存与日志。等待期间不丢数据；上限为 journal.bytes_max。"));
      case Kind::kMoverWaits:
        return add("mover", Verdict::kProblem, notice.subject,
                   pick("It tries again by itself; the error says what it waits for.",
                        "系统会自动重试；错误说明了所等待的事项。"));
      case Kind::kClockJumped:
        return add(
            "clock", Verdict::kWarning,
            fmt::format("{} {} s", pick("the clock of this machine has jumped by", "本机时钟跳变"),
                        notice.value),
            pick("Check its synchronisation (timedatectl). Nothing is deleted by the new time before it has "
                 "held for a day.",
                 "请检查时间同步（timedatectl）。新时间稳定一天之前，不会据此删除任何数据。"));
      case Kind::kNamesFull:
        return add(
            "names", Verdict::kWarning,
            fmt::format("{}: {} {}", notice.subject, notice.value,
                        pick("differently named events, as many as a source may have",
                             "种不同名称的事件，已达数据源上限")),
            pick(
                "Further names are stored as (other), with the name in the property event_name. Take ids and "
                "times out of the names at the sender.",
                "其余名称以 (other) 入库，原名保留在属性 event_name 中。请在发送端去掉名称中的编号与时间。"));
    }
  }

  /// Sources whose data quality has dropped; silent about those with too little data.
  void check_quality(app::App& app) {
    constexpr std::size_t kDays = 21;
    for (const auto& source : app.sources().list()) {
      const auto found =
          ingest::quality_of(source, app.sources(), app.day_counts(), app.clock().now(), kDays);
      if (!found) return add_error("data quality", found.error());
      for (const auto& alert : found->alerts)
        add("data quality", Verdict::kWarning,
            fmt::format(
                "{}: {} {:.0f} %, {} {:.0f} %{}{}", source.name,
                alert.dimension ? to_string(*alert.dimension) : std::string_view(pick_view("score", "得分")),
                alert.value * 100, pick("usually", "平时"), alert.usual * 100,
                source.owner.empty() ? "" : ", ", source.owner),
            pick("Look at the source's quality on the Data page.", "请在“数据”页查看该数据源的质量。"));
    }
  }
  std::string_view pick_view(std::string_view english, std::string_view chinese) const {
    return console_.pick(english, chinese);
  }

  Console& console_;
  std::filesystem::path folder_;
  std::vector<Finding> findings_;
};

}  // namespace

int doctor(Console& console, std::optional<int> port) {
  Doctor doctor(console);
  doctor.run(port);
  return doctor.report();
}

}  // namespace zhike::cli
