// The handlers of what people teach the reading of comments: a part of those of texts.
#pragma once

#include "server/api.h"

namespace zhike::server {

void add_text_learning_handlers(Handlers& handlers);

}  // namespace zhike::server
