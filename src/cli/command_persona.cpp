// zhike persona: kinds of customers under a name, with how many customers each has.
#include <fmt/format.h>
#include <boost/json.hpp>

#include <string>
#include <utility>
#include <vector>

#include "base/file.h"
#include "cli/kept_commands.h"
#include "cli/opened.h"
#include "external/personas.h"
#include "server/persona_json.h"

namespace zhike::cli {
namespace {

std::string name_in(const Console& console, const external::Persona& of) {
  const std::string& first = console.chinese() ? of.name_zh : of.name_en;
  const std::string& other = console.chinese() ? of.name_en : of.name_zh;
  return first.empty() ? other : first;
}

Result<void> list(Console& console, app::App& app, const PersonaCommand& command) {
  CX_TRY(const auto personas, server::personas_of(app).list(Grant::owner()));
  CX_TRY(const auto filter, filter_of(app, command.filters));
  CX_TRY(const json::object sizes, server::persona_sizes_json(app, Grant::owner(), filter, personas));
  std::vector<std::vector<std::string>> rows{
      {std::string(console.pick("key", "键")), std::string(console.pick("name", "名称")),
       std::string(console.pick("customers", "客户")), "%", std::string(console.pick("condition", "条件"))}};
  json::array items;
  for (std::size_t i = 0; i < personas.size(); ++i) {
    json::object one = server::persona_json(personas[i]);
    const json::object& size = sizes.at("items").at(i).as_object();
    for (const char* field : {"customers", "share", "problem"}) one[field] = size.at(field);
    const json::value& share = size.at("share");
    rows.push_back({personas[i].key, name_in(console, personas[i]),
                    size.at("customers").is_null() ? json::value_to<std::string>(size.at("problem"))
                                                   : json::serialize(size.at("customers")),
                    share.is_null() ? "–" : fmt::format("{:.1f}", 100 * share.as_double()),
                    personas[i].where});
    items.push_back(std::move(one));
  }
  console.say(table(rows));
  console.say(fmt::format(fmt::runtime(console.pick("{} customers: {} in none, {} in several",
                                                    "{} 位客户：{} 位不属于任何画像，{} 位属于多个画像")),
                          json::serialize(sizes.at("customers")), json::serialize(sizes.at("in_none")),
                          json::serialize(sizes.at("in_several"))));
  json::object out = sizes;
  out["items"] = std::move(items);
  console.result(out);
  return {};
}

/// What is there, then what the file names, then what the options name.
Result<external::Persona> wanted(const external::Personas& personas, const PersonaCommand& command) {
  external::Persona out;
  const auto before = personas.find(Grant::owner(), command.key);
  if (before && before->key == command.key)
    out = *before;
  else if (!before && before.error().code != Code::kNotFound)
    return std::unexpected(before.error());
  if (!command.file.empty()) {
    CX_TRY(const std::string bytes, read_file(command.file));
    CX_TRY(const auto fields, server::Fields::parse(bytes));
    const std::uint64_t version = out.version;
    CX_TRY(out, server::persona_wanted(fields, command.key));
    out.version = version;
  }
  out.key = command.key;
  for (const auto& [text, to] :
       {std::pair(&command.name_en, &out.name_en), std::pair(&command.name_zh, &out.name_zh),
        std::pair(&command.description, &out.description), std::pair(&command.goals, &out.goals),
        std::pair(&command.frustrations, &out.frustrations), std::pair(&command.quote, &out.quote),
        std::pair(&command.condition, &out.where)})
    if (!text->empty()) *to = *text;
  if (command.position != 0) out.position = command.position;
  return out;
}

Result<void> set(Console& console, app::App& app, const PersonaCommand& command) {
  const auto personas = server::personas_of(app);
  CX_TRY(auto wish, wanted(personas, command));
  CX_TRY(const auto made, personas.put(Grant::owner(), std::move(wish)));
  console.say(fmt::format("{} · {} · {} {}", made.key, name_in(console, made),
                          console.pick("version", "版本"), made.version));
  console.result(server::persona_json(made));
  return {};
}

Result<void> remove(Console& console, app::App& app, const PersonaCommand& command) {
  const auto personas = server::personas_of(app);
  CX_TRY(const auto found, personas.find(Grant::owner(), command.key));
  CX_TRY(personas.remove(Grant::owner(), found.key));
  console.say(fmt::format("{} {}", console.pick("removed", "已删除"), found.key));
  console.result({{"removed", found.key}});
  return {};
}

}  // namespace

int persona_list(Console& console, const PersonaCommand& command) {
  return with_app(console, [&](app::App& app) { return list(console, app, command); });
}
int persona_set(Console& console, const PersonaCommand& command) {
  return with_app(console, [&](app::App& app) { return set(console, app, command); });
}
int persona_remove(Console& console, const PersonaCommand& command) {
  return with_app(console, [&](app::App& app) { return remove(console, app, command); });
}

}  // namespace zhike::cli
