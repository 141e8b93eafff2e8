// Every outcome of the program: a number that never changes its meaning, the HTTP status that
// carries it, and one Chinese sentence a clerk can act on. The list below is the only one; the
// wire, the screens, the command line and the tests read it. Numbers 100-140 stand in the order of
// judgement of protocol.md. A retired number stays here in a comment and is never given out again.
//
// It stands in base, not in protocol, because envelope, notice, sqlite and rules return outcomes
// too.
#pragma once

#include <string_view>

namespace base {

// X(name, number, http status, sentence)
#define SHENBAO_OUTCOMES(X)                                                                        \
    X(accepted, 0, 200, "已收到。")                                                                \
    /* Envelopes, in the order of judgement. */                                                    \
    X(too_large, 100, 413, "这份文件太大，系统不能接收。请减少内容后重新提交。")                   \
    X(not_compact_jws, 101, 400, "这份文件不完整或已损坏。请重新生成后再同步。")                   \
    X(bad_header, 102, 400, "签名方式不被接受。请更新程序后重新提交。")                            \
    X(unknown_key, 110, 403, "本机的签名密钥未登记。请重新登记本机。")                             \
    X(revoked_key, 111, 403, "本机的签名密钥已被停用。请向主管部门索取新的登记码。")               \
    X(bad_signature, 112, 403, "签名无效，内容可能被改动。请重新提交。")                           \
    X(bad_payload, 120, 400, "内容格式不正确。请更新程序后重新填写提交。")                         \
    X(unknown_kind, 121, 403, "本单位不能提交这类文件。")                                          \
    X(foreign_unit, 122, 403, "文件中的单位与本机登记的单位不一致。")                              \
    X(bad_anchor, 123, 400, "这份文件不是为本服务器制作的。请联网刷新后重新提交。")                \
    X(id_reused, 124, 409, "该编号已用于另一份文件。请重新提交。")                                 \
    X(unknown_notice, 125, 400, "服务器没有这个通知。请联网更新通知后再提交。")                    \
    X(notice_retired, 126, 400, "通知已更新，旧版本不再接收。请更新后核对再提交。")                \
    X(unknown_form, 127, 400, "本单位在该时段不需要填报此表。")                                    \
    X(window_not_open, 128, 400, "填报时间还没有开始，请在开始后提交。")                           \
    X(unknown_target, 130, 404, "找不到所指的文件。请先同步再操作。")                              \
    X(not_newest, 131, 409, "该文件已有更新的版本。请先同步，再在新版本上修改。")                  \
    X(frozen, 132, 409, "这份文件的审核已到下一步，退回之后才能再改动。")                          \
    X(rules_failed, 140, 422, "内容没有通过检查，请按提示修改。")                                  \
    /* The programs' own surroundings. */                                                          \
    X(storage_failed, 200, 503, "存储出现故障，内容没有保存。请检查磁盘后重试。")                  \
    X(storage_full, 201, 507, "磁盘已满，内容没有保存。请清理磁盘后重试。")                        \
    X(storage_busy, 202, 503, "数据正被另一个程序使用。请关闭它后重试。")                          \
    X(storage_newer, 203, 409, "数据由更新版本的程序写成。请更新程序后再打开。")                   \
    X(storage_foreign, 204, 409, "这里的数据不属于申报系统，程序没有改动它。")                     \
    X(not_found_locally, 205, 404, "找不到所指的内容。")                                           \
    X(mode_mismatch, 206, 409, "演练数据与正式数据不能混用。请换一个数据目录。")                   \
    /* Input that a person gave. */                                                                \
    X(wrong_use, 210, 400, "用法不正确。")                                                         \
    X(bad_file, 211, 400, "文件内容有误，没有导入任何一行。")                                      \
    X(bad_package, 212, 400, "通知包有误，不能使用。")                                             \
    X(bad_rule, 213, 500, "通知包中的规则有误，请联系省级主管部门。")                              \
    X(bad_receipt, 214, 400, "回执无效：签名不成立或内容被改动。")                                 \
    X(unknown_issuer, 215, 400, "签名成立，签发者未知。")                                          \
    X(incomplete, 216, 400, "还有必填内容没有填写。")                                              \
    X(not_enrolled, 217, 400, "本机尚未登记。请先用登记码登记。")                                  \
    X(foreign_server, 218, 400, "签名无效：服务器密钥与登记时不一致。")                            \
    X(already_enrolled, 219, 409, "本机已登记。")                                                  \
    X(too_many_rows, 225, 400, "表中的行数已到上限，没有改动。")                                    \
    X(table_signed, 226, 409, "表已签名，这一步不能再撤销。需要时请按“修改”后再改。")               \
    X(copy_beside_signed, 227, 409, "那一份已经签名。请先打开它按“修改”，再换用。")                 \
    /* Requests. */                                                                                \
    X(bad_request, 300, 400, "请求格式不正确。")                                                   \
    X(not_signed_in, 301, 401, "登录已失效，请重新同步。")                                         \
    X(not_found, 302, 404, "没有找到。")                                                           \
    X(method_not_allowed, 303, 405, "不支持这种操作。")                                            \
    X(body_too_large, 304, 413, "一次发送的内容太多，请分批发送。")                                \
    X(encoded_body, 305, 415, "请求内容不能压缩或改变编码。")                                      \
    X(wrong_media_type, 306, 415, "请求的内容类型不正确。")                                        \
    X(queue_full, 307, 503, "服务器正忙，请稍后再试，内容已保存在本机。")                          \
    X(shutting_down, 308, 503, "服务器正在停机，请稍后再试。")                                     \
    X(internal_fault, 309, 500, "服务器内部出现故障，请联系管理员。")                              \
    X(bad_code, 310, 403, "登记码不正确。请核对后重新输入。")                                      \
    X(used_code, 311, 403, "登记码已被使用。请向主管部门索取新的登记码。")                         \
    X(expired_code, 312, 403, "登记码已过期或已作废。请向主管部门索取新的登记码。")                  \
    X(too_many_attempts, 313, 429, "尝试次数过多，请稍后再试。")                                   \
    X(stale_anchor, 314, 403, "登录请求已过时，请重新同步。")                                      \
    X(replayed_session, 315, 403, "登录请求已被使用，请重新同步。")                                \
    X(bad_query, 316, 400, "查询条件不正确。")                                                     \
    X(offline, 320, 0, "现在连不上服务器，内容已保存在本机，联网后再同步。")                       \
    X(bad_answer, 321, 0, "服务器的回答不完整，请稍后再同步。")

enum class Outcome : int {
#define SHENBAO_ENUMERATOR(name, number, status, sentence) name = number,
    SHENBAO_OUTCOMES(SHENBAO_ENUMERATOR)
#undef SHENBAO_ENUMERATOR
};

struct OutcomeText {
    Outcome          outcome;
    std::string_view name;        // The identifier, for logs and metrics.
    int              http_status; // 0 for outcomes that never cross the wire.
    std::string_view sentence;    // Chinese, ends with 。, says what to do.
};

// The whole list in the order above; it lives as long as the program.
extern const OutcomeText outcome_texts[];
extern const int         outcome_count;

// Never absent: a number that is not in the list fails a check.
const OutcomeText& outcome_text(Outcome outcome);

// The entry with this number, or null: for numbers that arrive from outside.
const OutcomeText* find_outcome(long long number);

} // namespace base
