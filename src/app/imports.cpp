#include "app/imports.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "app/import_report.h"
#include "base/encoding.h"
#include "base/file.h"
#include "base/log.h"
#include "ingest/file_format.h"

namespace zhike::app {
namespace {

namespace fs = std::filesystem;
constexpr std::array<std::string_view, 6> kStates{"draft",     "running",     "done",
                                                  "cancelled", "interrupted", "failed"};
constexpr std::size_t kNameMax = 200;
constexpr std::size_t kMappingMax = 256 * 1024;

constexpr std::string_view kColumns =
    "id, state, created, changed, mapping, reports, seconds, error_code, error_detail, started";

bool is_file_name(std::string_view name) {
  return !name.empty() && name.size() <= kNameMax && name[0] != '.' && is_valid_utf8(name) &&
         std::ranges::none_of(
             name, [](char c) { return c == '/' || c == '\\' || static_cast<unsigned char>(c) < 0x20; });
}

std::string json_of(const std::vector<ingest::FileReport>& reports) {
  boost::json::array all;
  for (const auto& report : reports) all.push_back(to_json(report));
  return boost::json::serialize(all);
}

ImportView view_of(const ledger::Statement& s) {
  ImportView v;
  v.id = s.u64(0);
  v.state = static_cast<ImportState>(s.i64(1));
  v.created = {s.i64(2)};
  v.changed = {s.i64(3)};
  v.mapping = s.text(4);
  v.reports = reports_from_json(s.text(5));
  v.seconds = s.real(6);
  v.error_code = s.text(7);
  v.error_detail = s.text(8);
  return v;
}

Result<ingest::Mapping> parse_mapping(std::string_view text, std::span<const fs::path> files) {
  if (text.empty()) return ingest::default_mapping(files);
  if (text.size() > kMappingMax) return fail(Code::kBadMapping, "a mapping above {} bytes", kMappingMax);
  return ingest::Mapping::parse(text, "mapping");
}

}  // namespace

std::string_view to_string(ImportState state) noexcept { return kStates[static_cast<std::size_t>(state)]; }

Result<std::unique_ptr<Imports>> Imports::open(Parts parts, Options options) {
  std::error_code error;
  fs::create_directories(options.folder, error);
  if (error) return std::unexpected(file_error("create", options.folder, error.value()));
  std::unique_ptr<Imports> imports(new Imports(std::move(parts), std::move(options)));
  CX_TRY(imports->parts_.ledger.write([&](ledger::Tx& tx) -> Result<void> {
    CX_TRY(tx.sql("UPDATE imports SET state = $1 WHERE state = $2")
               .bind(1, static_cast<int>(ImportState::kInterrupted))
               .bind(2, static_cast<int>(ImportState::kRunning))
               .run());
    return {};
  }));
  CX_TRY(imports->clean());
  imports->thread_ = std::thread([self = imports.get()] { self->work(); });
  return imports;
}

Imports::~Imports() {
  {
    const std::lock_guard lock(mutex_);
    closing_ = true;
  }
  changed_.notify_all();
  if (thread_.joinable()) thread_.join();
}

fs::path Imports::folder_of(std::uint64_t id) const { return options_.folder / std::to_string(id); }

std::vector<ImportFile> Imports::files_of(std::uint64_t id) const {
  std::vector<ImportFile> files;
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator(folder_of(id), ignored))
    files.push_back({entry.path().filename().string(), entry.file_size(ignored)});
  std::ranges::sort(files, {}, &ImportFile::name);
  return files;
}

std::vector<fs::path> Imports::paths_of(const ImportView& import) const {
  std::vector<fs::path> paths;
  for (const ImportFile& file : import.files) paths.push_back(folder_of(import.id) / file.name);
  return paths;
}

void Imports::add_progress(ImportView& import) {
  import.files = files_of(import.id);
  const std::lock_guard lock(mutex_);
  if (import.id != current_ || import.state != ImportState::kRunning) return;
  import.progress = progress_;
  import.seconds = std::max(0.0, static_cast<double>((parts_.clock.now() - current_since_).value) / 1000);
}

Result<ImportView> Imports::read(ledger::Tx& tx, std::uint64_t id) {
  ledger::Statement& s = tx.sql(fmt::format("SELECT {} FROM imports WHERE id = $1", kColumns)).bind(1, id);
  CX_TRY(const bool found, s.step());
  if (!found) return fail(Code::kUnknownImport, "{}", id);
  return view_of(s);
}

Result<ImportView> Imports::get(std::uint64_t id) {
  ImportView view;
  CX_TRY(parts_.ledger.read([&](ledger::Tx& tx) -> Result<void> {
    CX_TRY(view, read(tx, id));
    return {};
  }));
  add_progress(view);
  return view;
}

Result<std::vector<ImportView>> Imports::list() {
  std::vector<ImportView> all;
  CX_TRY(parts_.ledger.read([&](ledger::Tx& tx) -> Result<void> {
    ledger::Statement& s = tx.sql(fmt::format("SELECT {} FROM imports ORDER BY id DESC LIMIT 200", kColumns));
    for (;;) {
      CX_TRY(const bool more, s.step());
      if (!more) return {};
      all.push_back(view_of(s));
    }
  }));
  for (ImportView& view : all) add_progress(view);
  return all;
}

Result<ImportView> Imports::create() {
  std::uint64_t id = 0;
  const Instant now = parts_.clock.now();
  CX_TRY(parts_.ledger.write([&](ledger::Tx& tx) -> Result<void> {
    ledger::Statement& s =
        tx.sql(
              "INSERT INTO imports (id, state, created, changed, started, mapping, reports, seconds, "
              "error_code, "
              "error_detail) SELECT coalesce(max(id), 0) + 1, 0, $1, $1, 0, '', '[]', 0, '', '' FROM imports "
              "RETURNING id")
            .bind(1, now);
    CX_TRY(const bool made, s.step());
    cx_check(made, "an insert returns its row");
    id = s.u64(0);
    return {};
  }));
  return get(id);
}

Result<ImportView> Imports::editable(std::uint64_t id) {
  CX_TRY(ImportView view, get(id));
  if (view.state == ImportState::kRunning || view.state == ImportState::kDone)
    return fail(Code::kImportState, "{}", to_string(view.state));
  return view;
}

Result<ImportView> Imports::upload(std::uint64_t id, std::string_view name, std::uint64_t offset,
                                   std::string_view piece) {
  if (!is_file_name(name)) return fail(Code::kBadField, "the name of the file");
  CX_TRY(const ImportView view, editable(id));
  const std::lock_guard lock(upload_mutex_);
  std::uint64_t there = 0, all = 0;
  for (const ImportFile& file : files_of(id)) there = file.name == name ? file.bytes : there;
  if (offset != 0 && offset != there) return fail(Code::kUploadGap, "{} bytes are there", there);
  if (offset == 0 && view.files.size() >= kFilesMax) return fail(Code::kUploadsFull, "{} files", kFilesMax);
  if (offset + piece.size() > options_.file_bytes_max)
    return fail(Code::kBodyTooLarge, "server.upload_bytes_max is {}", options_.file_bytes_max);
  std::error_code ignored;
  for (const auto& entry : fs::recursive_directory_iterator(options_.folder, ignored))
    if (entry.is_regular_file(ignored)) all += entry.file_size(ignored);
  if (all + piece.size() > options_.all_bytes_max)
    return fail(Code::kUploadsFull, "server.uploads_bytes_max is {}", options_.all_bytes_max);
  const fs::path path = folder_of(id) / name;
  fs::create_directories(path.parent_path(), ignored);
  const int flags = O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW | (offset == 0 ? O_TRUNC : 0);
  const Fd fd(::open(path.c_str(), flags, 0600));
  if (!fd.is_open()) return std::unexpected(file_error("open", path, errno));
  if (auto written = write_all(fd.get(), piece, path); !written) {
    if (::ftruncate(fd.get(), static_cast<off_t>(offset)) != 0)
      log::warn("upload_not_cut_back", {{"import", id}});
    return std::unexpected(written.error());
  }
  // A new file is another import: what an earlier run counted does not hold for it.
  if (offset == 0) CX_TRY(note(id, ImportState::kDraft, {}, 0, nullptr));
  return get(id);
}

Result<ImportView> Imports::remove_file(std::uint64_t id, std::string_view name) {
  if (!is_file_name(name)) return fail(Code::kBadField, "the name of the file");
  CX_TRY(editable(id));
  std::error_code ignored;
  fs::remove(folder_of(id) / name, ignored);
  CX_TRY(note(id, ImportState::kDraft, {}, 0, nullptr));
  return get(id);
}

Result<void> Imports::remove(std::uint64_t id) {
  CX_TRY(const ImportView view, get(id));
  if (view.state == ImportState::kRunning) return fail(Code::kImportState, "{}", to_string(view.state));
  std::error_code ignored;
  fs::remove_all(folder_of(id), ignored);
  return parts_.ledger.write([&](ledger::Tx& tx) -> Result<void> {
    CX_TRY(tx.sql("DELETE FROM imports WHERE id = $1").bind(1, id).run());
    return {};
  });
}

Result<fs::path> Imports::path_of(std::uint64_t id, std::string_view name) {
  CX_TRY(const ImportView view, get(id));
  if (std::ranges::find(view.files, name, &ImportFile::name) == view.files.end())
    return fail(Code::kBadField, "there is no such file in the import");
  return folder_of(id) / name;
}

Result<ingest::Sample> Imports::sample(std::uint64_t id, std::string_view name,
                                       const ingest::FileRule& rule) {
  CX_TRY(const fs::path path, path_of(id, name));
  return ingest::sample_file(path, rule);
}

Result<ingest::DryRun> Imports::preview(std::uint64_t id, std::string_view text, std::size_t rows) {
  CX_TRY(const ImportView view, get(id));
  if (view.files.empty()) return fail(Code::kImportState, "no files");
  const std::vector<fs::path> paths = paths_of(view);
  CX_TRY(const ingest::Mapping mapping, parse_mapping(text, paths));
  return ingest::dry_run(paths, mapping, rows, parts_.clock.now());
}

Result<ImportView> Imports::start(std::uint64_t id, std::string_view text) {
  CX_TRY(const ImportView view, editable(id));
  if (view.files.empty()) return fail(Code::kImportState, "no files");
  const std::string mapping = text.empty() ? view.mapping : std::string(text);
  CX_TRY(parse_mapping(mapping, paths_of(view)));
  // Another mapping makes other events of the same rows, so nothing counts as done.
  const bool anew = mapping != view.mapping || view.state == ImportState::kDraft;
  CX_TRY(parts_.ledger.write([&](ledger::Tx& tx) -> Result<void> {
    CX_TRY(tx.sql("UPDATE imports SET state = $2, changed = $3, mapping = $4, reports = CASE WHEN $5 = 1 "
                  "THEN '[]' ELSE "
                  "reports END, started = CASE WHEN $5 = 1 THEN $3 ELSE started END, error_code = '', "
                  "error_detail = '' "
                  "WHERE id = $1")
               .bind(1, id)
               .bind(2, static_cast<int>(ImportState::kRunning))
               .bind(3, parts_.clock.now())
               .bind(4, mapping)
               .bind(5, anew)
               .run());
    return {};
  }));
  {
    const std::lock_guard lock(mutex_);
    if (std::ranges::find(queue_, id) == queue_.end() && current_ != id) queue_.push_back(id);
  }
  changed_.notify_all();
  return get(id);
}

Result<ImportView> Imports::cancel(std::uint64_t id) {
  CX_TRY(const ImportView view, get(id));
  bool waits = false;
  {
    const std::lock_guard lock(mutex_);
    if (current_ == id) cancelling_ = true;
    waits = std::erase(queue_, id) > 0;
  }
  if (waits) CX_TRY(note(id, ImportState::kCancelled, view.reports, view.seconds, nullptr));
  return get(id);
}

Result<void> Imports::note(std::uint64_t id, ImportState state,
                           const std::vector<ingest::FileReport>& reports, double seconds,
                           const Error* error) {
  return parts_.ledger.write([&](ledger::Tx& tx) -> Result<void> {
    CX_TRY(tx.sql("UPDATE imports SET state = $2, changed = $3, reports = $4, seconds = $5, error_code = $6, "
                  "error_detail = $7 WHERE id = $1")
               .bind(1, id)
               .bind(2, static_cast<int>(state))
               .bind(3, parts_.clock.now())
               .bind(4, json_of(reports))
               .bind(5, seconds)
               .bind(6, error == nullptr ? std::string_view{} : info(error->code).id)
               .bind(7, error == nullptr ? std::string() : error->detail)
               .run());
    return {};
  });
}

void Imports::work() {
  for (;;) {
    std::uint64_t id = 0;
    {
      std::unique_lock lock(mutex_);
      changed_.wait(lock, [&] { return closing_ || !queue_.empty(); });
      if (closing_) return;
      id = current_ = queue_.front();
      queue_.pop_front();
      progress_ = {};
      current_since_ = parts_.clock.now();
      cancelling_ = false;
    }
    run(id);
    const std::lock_guard lock(mutex_);
    current_ = 0;
  }
}

// Rows that were refused after the last checkpoint of a run that died lie in the quarantine already.
Result<ingest::ImportOptions> Imports::options_for(const ImportView& import, const ingest::Mapping& mapping) {
  ingest::ImportOptions options;
  options.resume = import.reports;
  std::int64_t started = 0;
  CX_TRY(parts_.ledger.read([&](ledger::Tx& tx) -> Result<void> {
    ledger::Statement& s = tx.sql("SELECT started FROM imports WHERE id = $1").bind(1, import.id);
    CX_TRY(const bool found, s.step());
    started = found ? s.i64(0) : 0;
    return {};
  }));
  if (started == import.changed.ms) return options;  // the first run
  // What a run that was killed had sent is still on its way after a start.
  if (!parts_.importer.settle(seconds(60)))
    return fail(Code::kWarehouseDown, "rows of the run before are on their way");
  const auto sources = parts_.sources.list();
  const auto source = std::ranges::find(sources, mapping.source, &ingest::Source::name);
  if (source == sources.end()) return options;
  ingest::QuarantineFilter filter;
  filter.source = source->id;
  filter.from = Instant{started};
  for (std::uint64_t before = 0;;) {
    CX_TRY(const auto page, parts_.quarantine.list(filter, before, 1000));
    for (const auto& entry : page) options.known_rejects.insert(entry.origin);
    if (page.size() < 1000) return options;
    before = page.back().id;
  }
}

Result<ingest::ImportReport> Imports::run_files(const ImportView& import, const ingest::Mapping& mapping) {
  CX_TRY(ingest::ImportOptions options, options_for(import, mapping));
  options.progress = [this](const ingest::ImportProgress& at) {
    const std::lock_guard lock(mutex_);
    progress_ = at;
    return !cancelling_ && !closing_;
  };
  options.checkpoint = [this, id = import.id](const ingest::ImportCheckpoint& done) {
    if (const auto noted = note(id, ImportState::kRunning, done, 0, nullptr); !noted)
      log::error("import_not_noted", noted.error());
  };
  return parts_.importer.run(paths_of(import), mapping, options);
}

void Imports::run(std::uint64_t id) {
  const Instant began = parts_.clock.now();
  auto import = get(id);
  if (!import) return log::error("import_not_read", import.error());
  const auto mapping = parse_mapping(import->mapping, paths_of(*import));
  auto report =
      mapping ? run_files(*import, *mapping) : Result<ingest::ImportReport>(std::unexpected(mapping.error()));
  const double seconds = std::max(0.0, static_cast<double>((parts_.clock.now() - began).value) / 1000);
  bool closing = false;
  {
    const std::lock_guard lock(mutex_);
    closing = closing_;
  }
  Result<void> noted;
  if (!report) {
    // What the checkpoints counted holds, so that it can go on from there.
    if (auto last = get(id)) import = std::move(last);
    noted = note(id, ImportState::kFailed, import->reports, seconds, &report.error());
  } else if (report->cancelled) {
    noted = note(id, closing ? ImportState::kInterrupted : ImportState::kCancelled, report->files, seconds,
                 nullptr);
  } else {
    noted = note(id, ImportState::kDone, report->files, seconds, nullptr);
    std::error_code ignored;
    if (noted) fs::remove_all(folder_of(id), ignored);
  }
  if (!noted) log::error("import_not_noted", noted.error());
}

Result<std::vector<SavedMapping>> Imports::mappings() {
  std::vector<SavedMapping> all;
  CX_TRY(parts_.ledger.read([&](ledger::Tx& tx) -> Result<void> {
    ledger::Statement& s = tx.sql("SELECT name, body, changed FROM saved_mappings ORDER BY name");
    for (;;) {
      CX_TRY(const bool more, s.step());
      if (!more) return {};
      all.push_back({std::string(s.text(0)), std::string(s.text(1)), {s.i64(2)}});
    }
  }));
  return all;
}

Result<void> Imports::save_mapping(std::string_view name, std::string_view body) {
  if (!is_file_name(name)) return fail(Code::kBadField, "the name of the mapping");
  if (body.size() > kMappingMax) return fail(Code::kBadMapping, "a mapping above {} bytes", kMappingMax);
  CX_TRY(ingest::Mapping::parse(body, "mapping"));
  return parts_.ledger.write([&](ledger::Tx& tx) -> Result<void> {
    CX_TRY(tx.sql("INSERT INTO saved_mappings (name, body, changed) VALUES ($1, $2, $3) "
                  "ON CONFLICT (name) DO UPDATE SET body = excluded.body, changed = excluded.changed")
               .bind(1, name)
               .bind(2, body)
               .bind(3, parts_.clock.now())
               .run());
    return {};
  });
}

Result<void> Imports::remove_mapping(std::string_view name) {
  return parts_.ledger.write([&](ledger::Tx& tx) -> Result<void> {
    CX_TRY(const auto gone, tx.sql("DELETE FROM saved_mappings WHERE name = $1").bind(1, name).run());
    if (gone == 0) return fail(Code::kUnknownMapping, "{}", name.substr(0, 80));
    return {};
  });
}

Result<void> Imports::clean() {
  CX_TRY(const auto all, list());
  const Instant before = parts_.age.now() - options_.drafts_kept;
  for (const ImportView& view : all) {
    if (view.state == ImportState::kRunning || view.changed > before) continue;
    if (view.state == ImportState::kDraft) {
      CX_TRY(remove(view.id));
    } else {
      std::error_code ignored;
      fs::remove_all(folder_of(view.id), ignored);
    }
  }
  return {};
}

}  // namespace zhike::app
