// The Store's meaning, written down as plainly as possible: a list of facts, and every answer found
// by walking through all of them. It is slow and knows no SQL; what the conformance suite compares
// a real Store with. It judges no rules.
#pragma once

#include "server/records/store.hpp"

#include <memory>

namespace records {

std::unique_ptr<Store> make_memory_store();

} // namespace records
