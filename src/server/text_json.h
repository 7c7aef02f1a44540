// JSON of what texts say, shared by the handlers of comments and of reputation.
#pragma once

#include <optional>

#include "feedback/comments.h"
#include "feedback/readings.h"
#include "server/json.h"

namespace zhike::app {
class App;
}

namespace zhike::server {

[[nodiscard]] json::object portion_json(const feedback::Portion& portion);
/// n, unknown, enough, negative, neutral and positive.
void put_sentiments(json::object& out, const feedback::Sentiments& of);
[[nodiscard]] json::value change_json(const std::optional<feedback::ShareChange>& change);
[[nodiscard]] json::object state_json(const feedback::ReadingStatus& status);

/// Where comments are looked up now, with what people say of their aspects. Borrows the app.
[[nodiscard]] feedback::CommentStore comment_store(app::App& app);

}  // namespace zhike::server
