#include "shared/sqlite/json_value.hpp"

namespace sqlite {

base::Json json_value(const Statement& row, int column) {
    switch (row.type(column)) {
    case Type::integer: return row.integer(column);
    case Type::text: return row.text(column);
    default: return nullptr;
    }
}

} // namespace sqlite
