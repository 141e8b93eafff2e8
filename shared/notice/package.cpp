#include "shared/notice/package.hpp"

#include "shared/base/bytes.hpp"
#include "shared/base/limits.hpp"

#include <algorithm>
#include <initializer_list>
#include <map>
#include <set>

namespace notice {
namespace {

using base::Json;

constexpr std::size_t expression_bytes_max = 4000;
constexpr std::string_view unit_name_place = "{unit_name}";

struct FieldTypeName {
    const char* name;
    FieldType   type;
};
constexpr FieldTypeName field_types[] = {
    {"text", FieldType::text},           {"integer", FieldType::integer},
    {"money", FieldType::money},         {"choice", FieldType::choice},
    {"certificate", FieldType::certificate}, {"phone", FieldType::phone},
    {"filing", FieldType::filing},
};

struct BlockKindName {
    const char* name;
    Block::Kind kind;
};
constexpr BlockKindName block_kinds[] = {
    {"appendix", Block::Kind::appendix}, {"title", Block::Kind::title},
    {"line", Block::Kind::line},         {"paragraph", Block::Kind::paragraph},
    {"table", Block::Kind::table},       {"signature", Block::Kind::signature},
    {"date", Block::Kind::date},         {"remark", Block::Kind::remark},
    {"note", Block::Kind::note},
};

struct ServesName {
    std::string_view              name;
    std::vector<std::string_view> columns;
};
const ServesName serves_names[] = {
    {"", {}},
    {"declared", {"certificate", "level", "headcount"}},
    {"increase", {"certificate", "level", "approved_before", "approved_after"}},
    {"report",
     {"quota", "month_registered", "month_assessed", "cum_assessed", "cum_certified",
      "cum_fee_paid", "cum_fee_unpaid"}},
};

// A member's name as a part of a JSON pointer (RFC 6901).
std::string escaped(std::string_view name) {
    std::string text;
    for (const char c : name) {
        if (c == '~') text += "~0";
        else if (c == '/') text += "~1";
        else text += c;
    }
    return text;
}

// Reads one JSON object and notes every mistake with its JSON pointer; it goes on after each, so
// that an author sees all of them at once.
class Node {
public:
    Node(const Json& json, std::string path, std::vector<PackageMistake>& mistakes)
        : m_json(json), m_path(std::move(path)), m_mistakes(mistakes) {
        if (!json.is_object()) wrong("", "这里应是一个对象（{…}）。");
    }

    void wrong(std::string_view member, std::string reason) {
        std::string path = m_path;
        if (!member.empty()) path += "/" + escaped(member);
        m_mistakes.push_back({path, std::move(reason)});
    }

    const Json* find(const char* name) {
        m_known.insert(name);
        if (!m_json.is_object()) return nullptr;
        const auto found = m_json.find(name);
        return found == m_json.end() ? nullptr : &*found;
    }

    std::string text_or(const char* name, std::string otherwise, std::size_t bytes_max = 2000) {
        const Json* found = find(name);
        if (found == nullptr) return otherwise;
        if (!found->is_string()) {
            wrong(name, "这里应是文字。");
            return otherwise;
        }
        std::string read = found->get<std::string>();
        if (read.size() > bytes_max) wrong(name, "文字太长。");
        return read;
    }
    std::string text(const char* name, std::size_t bytes_max = 2000) {
        if (find(name) == nullptr) {
            wrong("", std::string("缺少“") + name + "”。");
            return {};
        }
        std::string read = text_or(name, {}, bytes_max);
        if (read.empty() && find(name)->is_string()) wrong(name, "这里不能为空。");
        return read;
    }
    std::int64_t integer_or(const char* name, std::int64_t otherwise, std::int64_t min,
                            std::int64_t max) {
        const Json* found = find(name);
        if (found == nullptr) return otherwise;
        if (!found->is_number_integer()) {
            wrong(name, "这里应是整数。");
            return otherwise;
        }
        const std::int64_t read = found->get<std::int64_t>();
        if (read < min || read > max)
            wrong(name, "应在" + std::to_string(min) + "到" + std::to_string(max) + "之间。");
        return read;
    }
    bool flag(const char* name) {
        const Json* found = find(name);
        if (found == nullptr) return false;
        if (!found->is_boolean()) wrong(name, "这里应是 true 或 false。");
        return found->is_boolean() && found->get<bool>();
    }
    std::vector<std::string> texts(const char* name) {
        std::vector<std::string> read;
        each(name, [&](const Json& item, const std::string& path) {
            if (item.is_string()) read.push_back(item.get<std::string>());
            else m_mistakes.push_back({path, "这里应是文字。"});
        });
        return read;
    }
    base::Date date(const char* name) {
        const std::string read = text(name, 10);
        const auto        parsed = base::parse_date(read);
        if (!parsed && !read.empty()) wrong(name, "日期应写成 2023-03-31。");
        return parsed ? *parsed : base::Date{};
    }
    template <class Each>
    void each(const char* name, Each&& visit) {
        const Json* found = find(name);
        if (found == nullptr) return;
        if (!found->is_array()) return wrong(name, "这里应是一个列表（[…]）。");
        std::size_t index = 0;
        for (const Json& item : *found) visit(item, child(name, index++));
    }
    template <class Item, class Read>
    std::vector<Item> list(const char* name, Read&& read) {
        std::vector<Item> items;
        each(name, [&](const Json& item, const std::string& path) {
            Node node(item, path, m_mistakes);
            items.push_back(read(node));
            node.finish();
        });
        return items;
    }
    // A list that must be there and hold something.
    void needs(const char* name) {
        const Json* found = find(name);
        if (found == nullptr) wrong("", std::string("缺少“") + name + "”。");
        else if (found->is_array() && found->empty()) wrong(name, "这里至少要有一项。");
    }
    // Members that only some kinds have are mistakes in the others.
    void only_if(bool allowed, std::initializer_list<const char*> names) {
        for (const char* name : names)
            if (find(name) != nullptr && !allowed)
                wrong(name, "这里用不到这个成员，请删除。");
    }
    std::string child(const char* name, std::size_t index) const {
        return m_path + "/" + name + "/" + std::to_string(index);
    }
    const std::string&           path() const { return m_path; }
    std::vector<PackageMistake>& mistakes() { return m_mistakes; }

    void finish() {
        if (!m_json.is_object()) return;
        std::string known;
        for (const std::string& name : m_known) known += (known.empty() ? "" : "、") + name;
        for (const auto& [name, value] : m_json.items())
            if (m_known.count(name) == 0)
                wrong(name, "不认识的成员，请删除或改正拼写。这里可以有：" + known + "。");
    }

private:
    const Json&                  m_json;
    std::string                  m_path;
    std::vector<PackageMistake>& m_mistakes;
    std::set<std::string>        m_known;
};

bool is_digit(char c) { return c >= '0' && c <= '9'; }

bool lower_snake(const std::string& text) {
    return !text.empty() && text[0] >= 'a' && text[0] <= 'z' &&
           std::all_of(text.begin(), text.end(), [](char c) {
               return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
           });
}

// base::FieldId and base::FormId have at most 40 characters, base::RuleId 60.
std::string identifier(Node& node, std::size_t bytes_max = 40) {
    std::string read = node.text("id", bytes_max);
    if (!read.empty() && !lower_snake(read))
        node.wrong("id", "只能用小写字母、数字和下划线，并以字母开头。");
    return read;
}

Field read_field(Node& node) {
    Field field;
    field.id = base::FieldId(identifier(node));
    field.label = node.text("label");
    const std::string type = node.text("type");
    const auto* found = std::find_if(std::begin(field_types), std::end(field_types),
                                     [&](const FieldTypeName& one) { return type == one.name; });
    if (found != std::end(field_types)) field.type = found->type;
    else if (!type.empty()) node.wrong("type", "没有这种字段类型：" + type + "。");
    field.unit = node.text_or("unit", "");
    field.help = node.text_or("help", "");
    field.prefill = node.text_or("prefill", "", expression_bytes_max);
    field.was = node.text_or("was", "", 40);
    const bool counts = field.type == FieldType::integer || field.type == FieldType::money;
    field.min = node.integer_or("min", 0, 0, base::limits::json_integer_max);
    field.max = node.integer_or("max", base::limits::headcount_max, 0,
                                base::limits::json_integer_max);
    if (counts && field.min > field.max) node.wrong("min", "最小值大于最大值。");
    field.characters_max =
        std::size_t(node.integer_or("characters_max", 100, 1, 200));
    field.choices = node.texts("choices");
    if (field.type == FieldType::choice) node.needs("choices");
    if (std::set<std::string>(field.choices.begin(), field.choices.end()).size() !=
        field.choices.size())
        node.wrong("choices", "选择项有重复。");
    node.only_if(counts, {"unit", "min", "max"});
    node.only_if(field.type == FieldType::text, {"characters_max"});
    node.only_if(field.type == FieldType::choice, {"choices"});
    return field;
}

Computed read_computed(Node& node) {
    Computed computed;
    computed.id = base::FieldId(identifier(node));
    computed.label = node.text("label");
    computed.expression = node.text("expression", expression_bytes_max);
    computed.decimals = int(node.integer_or("decimals", 0, 0, 4));
    computed.absent = node.text_or("absent", "");
    return computed;
}

// The value of one {name} in a rule's text.
Computed read_value(Node& node) {
    Computed value;
    value.id = base::FieldId(identifier(node));
    value.expression = node.text("expression", expression_bytes_max);
    return value;
}

// Every {name} of a text has its value, and every value its {name}.
void check_places(Node& node, const Rule& rule) {
    std::set<std::string> places;
    for (std::size_t at = 0; (at = rule.text.find('{', at)) != std::string::npos; ++at) {
        const std::size_t end = rule.text.find('}', at);
        places.insert(rule.text.substr(at + 1, end == std::string::npos ? end : end - at - 1));
    }
    for (const Computed& value : rule.values)
        if (places.erase(value.id.text()) == 0)
            node.wrong("values", "text 里没有用到 {" + value.id.text() + "}，或它重复了。");
    for (const std::string& place : places)
        node.wrong("text", "values 里没有 {" + place + "} 的值。");
}

Rule read_rule(Node& node) {
    Rule rule;
    rule.id = base::RuleId(identifier(node, 60));
    rule.check = node.text("check", expression_bytes_max);
    for (std::string& field : node.texts("fields")) rule.fields.emplace_back(std::move(field));
    node.needs("fields");
    const std::string severity = node.text("severity");
    if (severity == "error") rule.severity = Severity::error;
    else if (severity == "warning") rule.severity = Severity::warning;
    else if (severity == "hint") rule.severity = Severity::hint;
    else if (!severity.empty()) node.wrong("severity", "应是 error、warning 或 hint。");
    rule.text = node.text("text");
    rule.values = node.list<Computed>("values", read_value);
    check_places(node, rule);
    return rule;
}

Inline read_inline(Node& node) {
    Inline inline_part;
    const struct {
        const char*  name;
        Inline::Kind kind;
    } kinds[] = {{"text", Inline::Kind::text},
                 {"field", Inline::Kind::field},
                 {"computed", Inline::Kind::computed},
                 {"context", Inline::Kind::context}};
    int found = 0;
    for (const auto& kind : kinds) {
        if (node.find(kind.name) == nullptr) continue;
        inline_part.kind = kind.kind;
        inline_part.text = node.text(kind.name);
        ++found;
    }
    if (found != 1) node.wrong("", "应恰有 text、field、computed、context 之一。");
    inline_part.width_em = int(node.integer_or("width_em", 0, 1, 40));
    node.only_if(inline_part.kind != Inline::Kind::text, {"width_em"});
    return inline_part;
}

TableColumn read_table_column(Node& node) {
    TableColumn column;
    column.id = base::FieldId(identifier(node));
    column.head = node.text("head");
    column.share = int(node.integer_or("share", 1, 1, 100));
    const std::string align = node.text_or("align", "center");
    if (align == "left") column.align = TableColumn::Align::left;
    else if (align == "right") column.align = TableColumn::Align::right;
    else if (align != "center") node.wrong("align", "应是 left、center 或 right。");
    return column;
}

// Which members a block has depends on its kind.
void check_members(Node& node, const Block& block) {
    const Block::Kind kind = block.kind;
    const bool        runs = kind == Block::Kind::line || kind == Block::Kind::paragraph;
    const bool        table = kind == Block::Kind::table;
    const bool        signature = kind == Block::Kind::signature;
    if (runs) node.needs("inlines");
    else if (table) node.needs("columns");
    else node.text("text");
    node.only_if(runs, {"inlines"});
    node.only_if(!runs && !table, {"text"});
    node.only_if(table, {"columns", "total_label", "total_computed", "total_under", "blank_rows"});
    node.only_if(signature, {"blank_count"});
    node.only_if(signature || kind == Block::Kind::line, {"two_up"});
}

Block read_block(Node& node) {
    Block             block;
    const std::string kind = node.text("kind");
    const auto* found = std::find_if(std::begin(block_kinds), std::end(block_kinds),
                                     [&](const BlockKindName& one) { return kind == one.name; });
    if (found != std::end(block_kinds)) block.kind = found->kind;
    else if (!kind.empty()) node.wrong("kind", "没有这种版面块：" + kind + "。");
    block.text = node.text_or("text", "");
    block.inlines = node.list<Inline>("inlines", read_inline);
    block.columns = node.list<TableColumn>("columns", read_table_column);
    block.total_label = node.text_or("total_label", "");
    block.total_computed = base::FieldId(node.text_or("total_computed", ""));
    block.total_under = base::FieldId(node.text_or("total_under", ""));
    block.blank_rows = int(node.integer_or("blank_rows", 0, 0, 40));
    block.blank_count = int(node.integer_or("blank_count", 1, 1, 5));
    block.two_up = node.flag("two_up");
    check_members(node, block);
    return block;
}

Window read_window(Node& node) {
    Window window;
    window.period = base::Period(node.text("period"));
    window.always = node.flag("always");
    node.only_if(!window.always, {"opens", "closes"});
    if (window.always) return window;
    window.opens = node.date("opens");
    window.closes = node.date("closes");
    if (window.closes < window.opens) node.wrong("closes", "截止日早于开始日。");
    return window;
}

std::optional<Table> read_table(Node& form) {
    const Json* found = form.find("table");
    if (found == nullptr) return std::nullopt;
    Node  node(*found, form.path() + "/table", form.mistakes());
    Table table;
    table.columns = node.list<Field>("columns", read_field);
    node.needs("columns");
    table.rows_min = std::size_t(
        node.integer_or("rows_min", 1, 0, std::int64_t(base::limits::rows_max)));
    table.rows_max = std::size_t(node.integer_or("rows_max", std::int64_t(base::limits::rows_max),
                                                 1, std::int64_t(base::limits::rows_max)));
    if (table.rows_min > table.rows_max) node.wrong("rows_min", "最少行数大于最多行数。");
    table.rows_from = node.text_or("rows_from", "");
    if (!table.rows_from.empty() && table.rows_from != "declared")
        node.wrong("rows_from", "只能是 declared。");
    node.finish();
    return table;
}

std::optional<Mail> read_mail(Node& form) {
    const Json* found = form.find("mail");
    if (found == nullptr) return std::nullopt;
    Node node(*found, form.path() + "/mail", form.mistakes());
    Mail mail{node.text("to"), node.text("subject_pattern")};
    if (mail.to.find('@') == std::string::npos) node.wrong("to", "这里应是邮箱地址。");
    if (mail.subject_pattern.find(unit_name_place) == std::string::npos)
        node.wrong("subject_pattern", "邮件名称里应有 {unit_name}。");
    node.finish();
    return mail;
}

void read_serves(Node& parent, Form& form) {
    const Json* found = parent.find("serves");
    if (found == nullptr) return;
    Node              node(*found, parent.path() + "/serves", parent.mistakes());
    const std::string as = node.text("as");
    for (const Serves one : {Serves::declared, Serves::increase, Serves::report})
        if (serves_name(one) == as) form.serves = one;
    if (form.serves == Serves::nothing) {
        if (!as.empty()) node.wrong("as", "应是 declared、increase 或 report。");
        return;
    }
    std::map<std::string_view, std::string> named;
    if (const Json* columns = node.find("columns")) {
        Node list(*columns, node.path() + "/columns", node.mistakes());
        for (const std::string_view column : standard_columns(form.serves))
            named[column] = list.text_or(std::string(column).c_str(), "", 40);
        list.finish();
    }
    for (const std::string_view column : standard_columns(form.serves)) {
        const std::string& own = named[column].empty() ? named[column] = column : named[column];
        form.serves_columns.emplace_back(column, base::FieldId(own));
    }
    node.finish();
}

Form read_form(Node& node) {
    Form form;
    form.id = base::FormId(identifier(node));
    form.appendix = node.text("appendix");
    form.title = node.text("title");
    form.short_title = node.text("short_title");
    form.unit_kinds = node.texts("unit_kinds");
    node.needs("unit_kinds");
    for (std::string& field : node.texts("key")) form.key.emplace_back(std::move(field));
    form.many = node.flag("many");
    const std::string review = node.text("review");
    if (review == "received") form.review = ReviewKind::received;
    else if (review != "decided" && !review.empty())
        node.wrong("review", "应是 decided 或 received。");
    form.direct = node.flag("direct");
    if (form.direct && form.review == ReviewKind::received)
        node.wrong("direct", "received 的表没有人审核，不能再写 direct。");
    form.fields = node.list<Field>("fields", read_field);
    form.table = read_table(node);
    form.computed = node.list<Computed>("computed", read_computed);
    form.rules = node.list<Rule>("rules", read_rule);
    form.blocks = node.list<Block>("blocks", read_block);
    node.needs("blocks");
    form.windows = node.list<Window>("windows", read_window);
    node.needs("windows");
    if (form.fields.empty() && !form.table) node.wrong("fields", "这张表没有任何要填的内容。");
    form.mail = read_mail(node);
    read_serves(node, form);
    const std::string page = node.text_or("page", "portrait");
    if (page == "landscape") form.page_shape = PageShape::landscape;
    else if (page != "portrait") node.wrong("page", "应是 portrait 或 landscape。");
    form.national_platform = node.flag("national_platform");
    return form;
}

// "2023-spring", "2023-05", "2023": a year, then what the kind adds.
bool is_period(std::string_view id, Period::Kind kind) {
    if (id.size() < 4 || !std::all_of(id.begin(), id.begin() + 4, is_digit)) return false;
    if (kind == Period::Kind::year) return id.size() == 4;
    if (id.size() < 6 || id[4] != '-') return false;
    if (kind == Period::Kind::month)
        return id.size() == 7 && base::parse_date(std::string(id) + "-01").has_value();
    return std::all_of(id.begin() + 5, id.end(), [](char c) { return c >= 'a' && c <= 'z'; });
}

Period read_period(Node& node) {
    Period period;
    period.id = base::Period(node.text("id", 20));
    period.name = node.text("name");
    const std::string kind = node.text("kind");
    if (kind == "month") period.kind = Period::Kind::month;
    else if (kind == "year") period.kind = Period::Kind::year;
    else if (kind != "round" && !kind.empty()) node.wrong("kind", "应是 round、month 或 year。");
    if (!period.id.empty() && !is_period(period.id.text(), period.kind))
        node.wrong("id", "时段应写成 2023-spring、2023-05 或 2023，并与 kind 一致。");
    return period;
}

ReviewWindow read_review_window(Node& node) {
    ReviewWindow window;
    window.period = base::Period(node.text("period"));
    window.stage = node.text("stage");
    if (window.stage != "first_review" && window.stage != "final_review")
        node.wrong("stage", "应是 first_review 或 final_review。");
    window.opens = node.date("opens");
    window.closes = node.date("closes");
    if (window.closes < window.opens) node.wrong("closes", "截止日早于开始日。");
    return window;
}

UnitKind read_unit_kind(Node& node) {
    UnitKind kind;
    kind.id = identifier(node);
    kind.name = node.text("name");
    kind.role = node.text("role");
    if (kind.role != "school" && kind.role != "city" && kind.role != "province")
        node.wrong("role", "应是 school、city 或 province。");
    kind.first_review = node.flag("first_review");
    return kind;
}

Holiday read_holiday(Node& node) { return Holiday{node.date("date"), node.text("name")}; }

// What refers to something else must find it. Works on the whole package, with pointers rebuilt.
class References {
public:
    References(const Package& package, std::vector<PackageMistake>& mistakes)
        : m_package(package), m_mistakes(mistakes) {}

    void check() {
        unique(m_package.periods, "/periods", [](const Period& p) { return p.id.text(); });
        unique(m_package.unit_kinds, "/unit_kinds", [](const UnitKind& k) { return k.id; });
        unique(m_package.forms, "/forms", [](const Form& f) { return f.id.text(); });
        unique(m_package.holidays, "/holidays",
               [](const Holiday& h) { return base::to_iso(h.date); });
        unique(m_package.cities, "/cities", [](const std::string& city) { return city; });
        unique(m_package.review_windows, "/review_windows",
               [](const ReviewWindow& w) { return w.period.text() + " " + w.stage; });
        for (std::size_t i = 0; i < m_package.review_windows.size(); ++i)
            period(m_package.review_windows[i].period,
                   "/review_windows/" + std::to_string(i) + "/period");
        for (std::size_t i = 0; i < m_package.forms.size(); ++i)
            form(m_package.forms[i], "/forms/" + std::to_string(i));
        std::set<Serves> served;
        for (std::size_t i = 0; i < m_package.forms.size(); ++i)
            if (m_package.forms[i].serves != Serves::nothing &&
                !served.insert(m_package.forms[i].serves).second)
                wrong("/forms/" + std::to_string(i) + "/serves/as", "已有另一张表这样用。");
    }

private:
    void wrong(std::string path, std::string reason) {
        m_mistakes.push_back({std::move(path), std::move(reason)});
    }
    template <class Items, class Key>
    void unique(const Items& items, const std::string& path, Key key) {
        std::set<std::string> seen;
        for (std::size_t i = 0; i < items.size(); ++i)
            if (!seen.insert(key(items[i])).second)
                wrong(path + "/" + std::to_string(i), "重复：" + key(items[i]) + "。");
    }
    void period(const base::Period& id, const std::string& path) {
        if (m_package.find_period(id) == nullptr) wrong(path, "没有这个时段：" + id.text() + "。");
    }
    void taken(bool is_taken, const std::string& path) {
        if (is_taken) wrong(path, "这个名称另有用处，请换一个。");
    }
    static bool is_computed(const Form& form, const std::string& id) {
        return std::any_of(form.computed.begin(), form.computed.end(),
                           [&](const Computed& one) { return one.id.text() == id; });
    }
    // A field of the form, "rows", or a column as "rows.level".
    static bool is_field(const Form& form, const std::string& id) {
        if (form.find_field(id) != nullptr || is_computed(form, id)) return true;
        if (!form.table) return false;
        return id == "rows" || (id.rfind("rows.", 0) == 0 && form.find_column(id.substr(5)));
    }

    void form(const Form& form, const std::string& path) {
        unique(form.fields, path + "/fields", [](const Field& f) { return f.id.text(); });
        unique(form.rules, path + "/rules", [](const Rule& r) { return r.id.text(); });
        unique(form.computed, path + "/computed", [](const Computed& c) { return c.id.text(); });
        unique(form.windows, path + "/windows", [](const Window& w) { return w.period.text(); });
        // "rows" is the member of the answers, "seq" the number that each row has of itself.
        for (std::size_t i = 0; i < form.fields.size(); ++i)
            taken(form.fields[i].id.text() == "rows" || is_computed(form, form.fields[i].id.text()),
                  path + "/fields/" + std::to_string(i) + "/id");
        if (form.table) {
            unique(form.table->columns, path + "/table/columns",
                   [](const Field& f) { return f.id.text(); });
            for (std::size_t i = 0; i < form.table->columns.size(); ++i)
                taken(form.table->columns[i].id.text() == "seq",
                      path + "/table/columns/" + std::to_string(i) + "/id");
        }
        for (std::size_t i = 0; i < form.windows.size(); ++i)
            period(form.windows[i].period, path + "/windows/" + std::to_string(i) + "/period");
        for (std::size_t i = 0; i < form.unit_kinds.size(); ++i)
            if (m_package.find_unit_kind(form.unit_kinds[i]) == nullptr)
                wrong(path + "/unit_kinds/" + std::to_string(i),
                      "没有这类单位：" + form.unit_kinds[i] + "。");
        for (std::size_t i = 0; i < form.key.size(); ++i)
            if (form.find_field(form.key[i].text()) == nullptr)
                wrong(path + "/key/" + std::to_string(i), "没有这个字段：" + form.key[i].text() + "。");
        for (std::size_t i = 0; i < form.rules.size(); ++i)
            for (std::size_t k = 0; k < form.rules[i].fields.size(); ++k)
                if (!is_field(form, form.rules[i].fields[k].text()))
                    wrong(path + "/rules/" + std::to_string(i) + "/fields/" + std::to_string(k),
                          "没有这个字段：" + form.rules[i].fields[k].text() + "。");
        for (std::size_t i = 0; i < form.blocks.size(); ++i)
            block(form, form.blocks[i], path + "/blocks/" + std::to_string(i));
        serves(form, path + "/serves");
    }

    void serves(const Form& form, const std::string& path) {
        for (const auto& [column, own] : form.serves_columns) {
            const Field* field = form.find_standard(column);
            const bool   word = column == "certificate" || column == "level";
            // A report may do without a column that its form does not name.
            if (field == nullptr && (form.serves != Serves::report || own.text() != column))
                wrong(path + "/columns/" + column, "没有这个字段：" + own.text() + "。");
            else if (field != nullptr && (field->type == FieldType::certificate ||
                                          field->type == FieldType::choice) != word)
                wrong(path + "/columns/" + column, "字段类型不合：" + own.text() + "。");
        }
    }

    void block(const Form& form, const Block& block, const std::string& path) {
        for (std::size_t i = 0; i < block.inlines.size(); ++i) {
            const Inline&     part = block.inlines[i];
            const std::string where = path + "/inlines/" + std::to_string(i);
            const bool        known =
                part.kind == Inline::Kind::text ||
                (part.kind == Inline::Kind::field && form.find_field(part.text) != nullptr) ||
                (part.kind == Inline::Kind::computed && is_computed(form, part.text)) ||
                (part.kind == Inline::Kind::context && part.text == "unit.name");
            if (!known) wrong(where, "没有这个字段：" + part.text + "。");
        }
        for (std::size_t i = 0; i < block.columns.size(); ++i) {
            const std::string& id = block.columns[i].id.text();
            const bool known = form.table ? id == "seq" || form.find_column(id) != nullptr
                                          : form.find_field(id) != nullptr || is_computed(form, id);
            if (!known) wrong(path + "/columns/" + std::to_string(i) + "/id", "没有这一列：" + id + "。");
        }
        if (block.total_label.empty()) return;
        if (!is_computed(form, block.total_computed.text()))
            wrong(path + "/total_computed", "没有这个计算值：" + block.total_computed.text() + "。");
        if (std::none_of(block.columns.begin(), block.columns.end(),
                         [&](const TableColumn& one) { return one.id == block.total_under; }))
            wrong(path + "/total_under", "没有这一列：" + block.total_under.text() + "。");
    }

    const Package&               m_package;
    std::vector<PackageMistake>& m_mistakes;
};

} // namespace

std::string_view severity_name(Severity severity) {
    switch (severity) {
    case Severity::error: return "error";
    case Severity::warning: return "warning";
    case Severity::hint: return "hint";
    }
    return {};
}

std::string_view serves_name(Serves serves) { return serves_names[int(serves)].name; }

const std::vector<std::string_view>& standard_columns(Serves serves) {
    return serves_names[int(serves)].columns;
}

std::string Mail::subject_of(std::string_view unit_name) const {
    std::string subject = subject_pattern;
    return subject.replace(subject.find(unit_name_place), unit_name_place.size(), unit_name);
}

const Field* Form::find_standard(std::string_view column) const {
    for (const auto& [standard, own] : serves_columns)
        if (standard == column)
            return serves == Serves::increase ? find_column(own.text()) : find_field(own.text());
    return nullptr;
}

const Field* Form::find_field(std::string_view field) const {
    for (const Field& one : fields)
        if (one.id.text() == field) return &one;
    return nullptr;
}

const Field* Form::find_column(std::string_view field) const {
    if (!table) return nullptr;
    for (const Field& one : table->columns)
        if (one.id.text() == field) return &one;
    return nullptr;
}

const Window* Form::find_window(const base::Period& period) const {
    for (const Window& one : windows)
        if (one.period == period) return &one;
    return nullptr;
}

const Form* Package::find_form(const base::FormId& form) const {
    for (const Form& one : forms)
        if (one.id == form) return &one;
    return nullptr;
}

const Form* Package::find_serving(Serves serves) const {
    for (const Form& one : forms)
        if (one.serves == serves && serves != Serves::nothing) return &one;
    return nullptr;
}

const Period* Package::find_period(const base::Period& period) const {
    for (const Period& one : periods)
        if (one.id == period) return &one;
    return nullptr;
}

const UnitKind* Package::find_unit_kind(std::string_view kind) const {
    for (const UnitKind& one : unit_kinds)
        if (one.id == kind) return &one;
    return nullptr;
}

bool Package::files(const Form& form, std::string_view unit_kind) const {
    return std::find(form.unit_kinds.begin(), form.unit_kinds.end(), unit_kind) !=
           form.unit_kinds.end();
}

LoadedPackage load(std::string_view text) {
    LoadedPackage loaded;
    if (text.size() > base::limits::package_bytes_max) {
        loaded.mistakes.push_back({"", "文件太大。"});
        return loaded;
    }
    const auto json = base::parse_json(text);
    if (!json) {
        loaded.mistakes.push_back({"", "不是合格的 JSON：" + json.error().detail});
        return loaded;
    }
    Package package;
    package.text = std::string(text);
    Node node(*json, "", loaded.mistakes);
    node.text_or("$schema", "");
    package.ref = {base::NoticeId(node.text("id", 60)), base::sha256_hex(text)};
    if (!base::parse_notice_ref(package.ref.text()))
        node.wrong("id", "只能用小写字母、数字和连字符。");
    package.document_number = node.text("document_number");
    package.title = node.text("title");
    package.issuer = node.text("issuer");
    package.date = node.date("date");
    package.year = node.text("year", 4);
    package.body = node.text("body", 60000);
    package.platform = node.text("platform");
    package.periods = node.list<Period>("periods", read_period);
    package.review_windows = node.list<ReviewWindow>("review_windows", read_review_window);
    package.holidays = node.list<Holiday>("holidays", read_holiday);
    package.unit_kinds = node.list<UnitKind>("unit_kinds", read_unit_kind);
    package.cities = node.texts("cities");
    if (node.find("accept_until") != nullptr) package.accept_until = node.date("accept_until");
    package.forms = node.list<Form>("forms", read_form);
    for (const char* list : {"periods", "unit_kinds", "cities", "forms"}) node.needs(list);
    node.finish();
    References(package, loaded.mistakes).check();
    if (loaded.mistakes.empty()) loaded.package = std::move(package);
    return loaded;
}

base::Result<Package> load_package(std::string_view text) {
    LoadedPackage loaded = load(text);
    if (loaded.package) return std::move(*loaded.package);
    std::string lines;
    for (const PackageMistake& mistake : loaded.mistakes)
        lines += (lines.empty() ? "" : "\n") + mistake.path + "：" + mistake.reason;
    return base::fail(base::Outcome::bad_package, lines);
}

} // namespace notice
