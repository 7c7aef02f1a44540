#include "server/static_files.h"

#include <fmt/core.h>

#include <algorithm>
#include <array>

#include "base/crypto.h"
#include "base/file.h"

namespace zhike::server {
namespace {

constexpr std::size_t kPackFrom = 1024;

struct Type {
  std::string_view extension, type;
  bool pack;
};
constexpr std::array kTypes{
    Type{".html", "text/html; charset=utf-8", true},
    Type{".js", "text/javascript; charset=utf-8", true},
    Type{".css", "text/css; charset=utf-8", true},
    Type{".json", "application/json", true},
    Type{".svg", "image/svg+xml", true},
    Type{".txt", "text/plain; charset=utf-8", true},
    Type{".map", "application/json", true},
    Type{".webmanifest", "application/manifest+json", true},
    Type{".png", "image/png", false},
    Type{".jpg", "image/jpeg", false},
    Type{".ico", "image/x-icon", false},
    Type{".woff2", "font/woff2", false},
    Type{".woff", "font/woff", false},
    Type{".wasm", "application/wasm", false},
};

const Type* type_of(std::string_view name) {
  for (const Type& type : kTypes)
    if (name.ends_with(type.extension)) return &type;
  return nullptr;
}

constexpr std::string_view kNoConsole =
    "<!doctype html><meta charset=utf-8><title>Zhike</title><h1>Zhike 知客</h1>"
    "<p>The service runs, but the console was not built: run <code>./dev build</code>, or set "
    "<code>server.web_folder</code>. The API is at <a href=\"/api/openapi.json\">/api/openapi.json</a>.</p>"
    "<p>服务正在运行，但尚未构建控制台：请运行 <code>./dev build</code>，或设置 "
    "<code>server.web_folder</code>。</p>";

}  // namespace

Result<StaticFiles> StaticFiles::load(const std::filesystem::path& folder) {
  StaticFiles files;
  std::error_code error;
  if (folder.empty() || !std::filesystem::is_directory(folder, error)) return files;
  for (auto at = std::filesystem::recursive_directory_iterator(folder, error);
       !error && at != std::filesystem::recursive_directory_iterator(); at.increment(error)) {
    if (at->is_symlink(error) || !at->is_regular_file(error)) continue;
    const std::string name = "/" + std::filesystem::relative(at->path(), folder, error).generic_string();
    const Type* type = type_of(name);
    if (type == nullptr) continue;
    File file;
    CX_TRY(file.bytes, read_file(at->path()));
    file.type = type->type;
    if (type->pack && file.bytes.size() >= kPackFrom) file.packed = gzip(file.bytes);
    const auto print = crypto::fingerprint(file.bytes);
    file.tag = fmt::format("\"{:016x}{:016x}\"", print.high, print.low);
    // Vite puts a hash of the content into the names under assets/: such a name never changes its bytes.
    file.hashed_name = name.starts_with("/assets/");
    files.files_.emplace(name, std::move(file));
  }
  if (error) return fail(Code::kFileFailed, "{}: {}", folder.string(), error.message());
  return files;
}

Result<Response> StaticFiles::get(const Request& request) const {
  auto found = files_.find(request.path);
  if (found == files_.end()) {
    const auto name = request.path.substr(request.path.rfind('/') + 1);
    if (name.find('.') != std::string::npos && name != "index.html")
      return fail(Code::kUnknownPath, "{}", request.path.substr(0, 200));
    found = files_.find("/index.html");
  }
  Response response;
  if (found == files_.end()) {
    response.type = "text/html; charset=utf-8";
    response.body = kNoConsole;
    return response;
  }
  const File& file = found->second;
  response.type = file.type;
  response.headers.emplace_back("ETag", file.tag);
  response.headers.emplace_back("Cache-Control",
                                file.hashed_name ? "public, max-age=31536000, immutable" : "no-cache");
  if (!file.packed.empty()) response.headers.emplace_back("Vary", "Accept-Encoding");
  if (request.header("if-none-match") == file.tag) {
    response.status = 304;
    return response;
  }
  const bool packed =
      !file.packed.empty() && request.header("accept-encoding").find("gzip") != std::string_view::npos;
  if (packed) response.headers.emplace_back("Content-Encoding", "gzip");
  response.body = packed ? file.packed : file.bytes;
  return response;
}

void add_security_headers(Response& response) {
  response.headers.emplace_back("X-Content-Type-Options", "nosniff");
  response.headers.emplace_back("Referrer-Policy", "no-referrer");
  const auto policy =
      std::ranges::find(response.headers, "Content-Security-Policy", &Pairs::value_type::first);
  // A page that names the sites that may hold it cannot say so in this header, which older browsers obey.
  if (policy == response.headers.end() || policy->second.ends_with("frame-ancestors 'none'"))
    response.headers.emplace_back("X-Frame-Options", "DENY");
  if (policy != response.headers.end()) return;
  // Ant Design writes its styles into the page; scripts come from this server only.
  response.headers.emplace_back(
      "Content-Security-Policy",
      "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; "
      "img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self'; "
      "object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'");
}

}  // namespace zhike::server
