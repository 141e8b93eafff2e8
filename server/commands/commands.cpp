#include "server/commands/commands.hpp"

#include "server/records/summary_sql.hpp"
#include "shared/base/ids.hpp"

#include <CLI/CLI.hpp>
#include <sodium.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>

namespace commands {

base::Result<std::string> read_whole_file(const std::string& path) {
    std::error_code error;
    std::ifstream   in(path, std::ios::binary);
    if (!in || std::filesystem::is_directory(path, error))
        return base::fail(base::Outcome::not_found_locally, path);
    return std::string(std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>());
}

base::Status write_whole_file(const std::string& path, std::string_view bytes, Readers readers) {
    std::ofstream out(path, std::ios::binary | std::ios::trunc);
    if (readers == Readers::owner) {
        using std::filesystem::perms;
        std::error_code error;
        std::filesystem::permissions(path, perms::owner_read | perms::owner_write, error);
        if (error) return base::fail(base::Outcome::storage_failed, path);
    }
    out.write(bytes.data(), std::streamsize(bytes.size()));
    out.flush();
    if (!out) return base::fail(base::Outcome::storage_failed, path);
    return {};
}

} // namespace commands

namespace {

// A key id is base64url and may begin with "-": behind "--" it is not taken for options.
std::vector<std::string> key_ids_last(int argument_count, char** arguments) {
    std::vector<std::string> options, key_ids;
    for (int i = 1; i < argument_count; ++i) {
        const std::string argument = arguments[i];
        const bool        value = i > 1 && std::string_view(arguments[i - 1]).starts_with("--");
        const bool        is_key_id =
            !value && argument.starts_with('-') && base::parse_key_id(argument).has_value();
        (is_key_id ? key_ids : options).push_back(argument);
    }
    if (key_ids.empty()) return options;
    options.emplace_back("--");
    options.insert(options.end(), key_ids.begin(), key_ids.end());
    return options;
}

// The page's address: slips add the code's fragment to it. What has no "/" at its end gets one.
std::string page_address_fault(std::string& address) {
    if (!address.starts_with("http://") && !address.starts_with("https://"))
        return "申报网址应以 https:// 或 http:// 开头";
    if (address.find_first_of("#? ") != address.npos) return "申报网址里不应有空格、# 或 ?";
    if (address.back() != '/') address += '/';
    return {};
}

std::string summary_help() {
    std::string names;
    for (const std::string_view name : records::summary_names()) names += std::string(name) + "、";
    return names + "或者一张表的代号";
}

} // namespace

int run_command(int argument_count, char** arguments) {
    using namespace commands;
    CLI::App app("申报：离线填报、一键同步");
    app.require_subcommand(1);
    app.set_help_all_flag("--help-all", "所有命令的说明");
    std::function<base::Status()> chosen;
    std::string                   data, file, unit, out, kid, name, period, notice, form;
    std::string                   format = "csv";
    bool                          all = false;
    ServeOptions                  serve_options;
    DeviceOptions                 device;
    CodeOptions                   codes;
    DeviceReviewOptions           reviewer;

    const auto with_data = [&](CLI::App* command) {
        command->add_option("--data", data, "数据目录")->required();
        return command;
    };

    auto* init_command = with_data(app.add_subcommand("init", "建立数据目录"));
    init_command->add_option("--notice", notice, "通知包目录（缺省为内置的通知）");
    init_command->callback([&] { chosen = [&] { return init(data, notice); }; });

    auto* serve_command = app.add_subcommand("serve", "启动服务");
    serve_command->add_option("--data", serve_options.data, "数据目录")->required();
    serve_command->add_option("--listen", serve_options.listen, "地址:端口")->capture_default_str();
    serve_command->add_option("--web", serve_options.web, "网页目录");
    auto* certificate =
        serve_command->add_option("--tls-cert", serve_options.tls_certificate, "TLS证书（PEM）");
    auto* key = serve_command->add_option("--tls-key", serve_options.tls_key, "TLS私钥（PEM）");
    certificate->needs(key);
    key->needs(certificate);
    serve_command
        ->add_option("--db", serve_options.db, "数据库；目前只有 sqlite:，即数据目录里的文件")
        ->check(CLI::IsMember({"sqlite:"}, CLI::ignore_case));
    serve_command->add_option("--clock", serve_options.clock,
                              "演练：服务器时间从这里开始，如 2023-03-29T09:00:00+08:00");
    serve_command
        ->add_option("--address", serve_options.address,
                     "学校打开的申报网址，如 https://shenbao.example.cn/，印在登记码单上")
        ->transform(CLI::Validator(page_address_fault, ""));
    serve_command->callback([&] { chosen = [&] { return serve(serve_options); }; });

    auto* units_command = app.add_subcommand("units", "单位名单")->require_subcommand(1);
    auto* import_units_command = with_data(units_command->add_subcommand("import", "从CSV导入"));
    import_units_command->add_option("file", file, "CSV文件：id,name,kind,city,review_by")
        ->required();
    import_units_command->callback([&] { chosen = [&] { return import_units(data, file); }; });

    auto* catalogue_command = app.add_subcommand("catalogue", "证书目录")->require_subcommand(1);
    auto* import_catalogue_command =
        with_data(catalogue_command->add_subcommand("import", "从CSV导入"));
    import_catalogue_command
        ->add_option("file", file, "CSV文件：id,batch,name,organisation,levels,min_headcount")
        ->required();
    import_catalogue_command->callback(
        [&] { chosen = [&] { return import_catalogue(data, file); }; });

    const auto for_units = [&](CLI::App* command) {
        command->add_option("--unit", unit, "一个单位")
            ->excludes(command->add_flag("--all", all, "所有单位"));
    };
    const auto require_units = [&] {
        if (!all && unit.empty()) throw CLI::RequiredError("--unit 或 --all");
    };
    auto* codes_command = app.add_subcommand("codes", "登记码")->require_subcommand(1);
    auto* new_codes_command = with_data(codes_command->add_subcommand("new", "生成登记码"));
    for_units(new_codes_command);
    new_codes_command->add_option("--out", out, "写入CSV文件（缺省为标准输出）");
    auto* slips = new_codes_command->add_option("--slips", codes.slips, "打印用的登记码单，写入HTML文件");
    new_codes_command
        ->add_option("--address", codes.address, "申报网址，如 https://shenbao.example.cn/，印成二维码")
        ->transform(CLI::Validator(page_address_fault, ""))
        ->needs(slips);
    new_codes_command->callback([&] {
        require_units();
        codes.data = data, codes.unit = unit, codes.out = out;
        chosen = [&] { return new_codes(codes); };
    });

    with_data(codes_command->add_subcommand("list", "还没有用的登记码"))->callback([&] {
        chosen = [&] { return list_codes(data); };
    });
    auto* expire_command = with_data(codes_command->add_subcommand("expire", "作废没有用的登记码"));
    for_units(expire_command);
    expire_command->callback([&] {
        require_units();
        chosen = [&] { return expire_codes(data, unit); };
    });

    auto* keys_command = app.add_subcommand("keys", "设备密钥")->require_subcommand(1);
    auto* revoke_command = with_data(keys_command->add_subcommand("revoke", "停用一个密钥"));
    revoke_command->add_option("kid", kid, "密钥编号")->required();
    revoke_command->callback([&] { chosen = [&] { return revoke_key(data, kid); }; });

    auto* summary_command = with_data(app.add_subcommand("summary", "导出汇总"));
    summary_command->add_option("name", name, summary_help())
        ->required();
    summary_command->add_option("--period", period, "时段，如 2023-spring");
    summary_command->add_option("--form", form, "missing 查哪张表");
    summary_command->add_option("--format", format, "csv 或 json")->capture_default_str();
    summary_command->add_option("--out", out, "写入文件（缺省为标准输出）");
    summary_command->callback(
        [&] { chosen = [&] { return summary(data, name, period, form, format, out); }; });

    DecideOptions decide_options;
    std::string   filing;
    bool          apply = false;
    auto* decide_command = with_data(app.add_subcommand("decide", "审核一份申报，或者按文件成批审核"));
    auto* filing_option = decide_command->add_option("filing", filing, "申报编号");
    decide_command->add_option("--verdict", decide_options.verdict, "pass、return 或 reject");
    decide_command->add_option("--stage", decide_options.stage, "first_review 或 final_review")
        ->capture_default_str();
    decide_command->add_option("--approved", decide_options.approved,
                               "审核通过人数，缺省为申报人数；调增申请按行用逗号隔开");
    decide_command->add_option("--reason", decide_options.reason, "原因");
    decide_command->add_option("--due", decide_options.due, "退回修改的期限");
    decide_command->add_option("--remark", decide_options.remarks,
                               "对一格的意见，栏目=意见；可以写几次");
    decide_command
        ->add_option("--file", file, "国家平台审核结果CSV：school_code,certificate,level,approved")
        ->excludes(filing_option);
    decide_command->add_option("--period", period, "轮次，缺省为最近开始申报的一轮");
    decide_command->add_flag("--apply", apply, "写入；缺省只预览");
    decide_command->callback([&] {
        if (filing.empty() && file.empty()) throw CLI::RequiredError("申报编号或 --file");
        if (!filing.empty() && decide_options.verdict.empty())
            throw CLI::RequiredError("--verdict");
        chosen = [&] {
            return file.empty() ? decide(data, filing, decide_options)
                                : decide_file(data, file, period, decide_options.reason,
                                              apply ? Apply::write : Apply::preview);
        };
    });

    ExtendOptions extend_options;
    auto* extend_command = with_data(app.add_subcommand("extend", "为一个单位延期"));
    extend_command->add_option("--unit", extend_options.unit, "单位")->required();
    extend_command->add_option("--form", extend_options.form, "表")->required();
    extend_command->add_option("--period", extend_options.period, "时段")->required();
    extend_command->add_option("--until", extend_options.until, "延到哪天或哪个时刻")->required();
    extend_command->add_option("--reason", extend_options.reason, "原因")->required();
    extend_command->callback([&] { chosen = [&] { return extend(data, extend_options); }; });

    auto* rebuild_command = with_data(app.add_subcommand("rebuild", "由日志重建全部统计"));
    rebuild_command->callback([&] { chosen = [&] { return rebuild(data); }; });
    auto* check_command = with_data(app.add_subcommand("check", "核对每个签名和每行统计"));
    check_command->callback([&] { chosen = [&] { return check(data); }; });

    auto* verify_command = app.add_subcommand("verify", "离线核对一份回执");
    verify_command->add_option("file", file, "回执文件")->required();
    auto* trusted = verify_command->add_option("--data", data, "信任这个数据目录的服务器");
    verify_command->add_option("--key", kid, "信任这个编号的服务器密钥")->excludes(trusted);
    verify_command->callback([&] { chosen = [&] { return verify(file, data, kid); }; });

    auto* notice_command = app.add_subcommand("notice", "通知包")->require_subcommand(1);
    auto* check_notice_command = notice_command->add_subcommand("check", "检查通知包");
    check_notice_command->add_option("folder", notice, "通知包目录")->required();
    check_notice_command->callback([&] { chosen = [&] { return check_notice(notice); }; });
    auto* publish_command =
        with_data(notice_command->add_subcommand("publish", "发布通知包，使它成为现行通知"));
    publish_command->add_option("folder", notice, "通知包目录")->required();
    publish_command->callback([&] { chosen = [&] { return publish_notice(data, notice); }; });

    auto* device_command =
        app.add_subcommand("device", "没有屏幕的填报设备")->require_subcommand(1);
    const auto device_act = [&](const char* act, const char* help,
                                base::Status (*run)(const DeviceOptions&)) {
        auto* command = device_command->add_subcommand(act, help);
        command->add_option("--store", device.store, "本机数据文件")->required();
        command->callback([&device, &chosen, run] {
            chosen = [&device, run] { return run(device); };
        });
        return command;
    };
    auto* enrol_command = device_act("enrol", "用登记码登记", device_enrol);
    enrol_command->add_option("--server", device.server, "服务器地址")->required();
    enrol_command->add_option("--code", device.code, "登记码")->required();
    enrol_command->add_option("--name", device.name, "本机名称")->required();
    const auto filling_act = [&](const char* act, const char* help,
                                 base::Status (*run)(const DeviceOptions&)) {
        auto* command = device_act(act, help, run);
        command->add_option("--period", device.period, "时段，如 2023-spring（缺省为正在填报的）");
        command->add_option("--replace", device.replace, "修改这一份（编号），而不是新填");
        command->add_option("--set", device.values, "填写一项：名称=值");
        command->add_option("--explain", device.explanations, "原因说明：规则=原因");
        return command;
    };
    auto* fill_command = filling_act("fill", "填写并签名任一张表", device_fill);
    fill_command->add_option("--form", device.form, "哪张表，如 附件3")->required();
    fill_command->add_option("--row", device.rows, "表中的一行：名称=值,名称=值");
    auto* declare_command = filling_act("declare", "填写并签名一张证书申报表", device_declare);
    declare_command->add_option("--certificate", device.certificate, "证书代码或名称")->required();
    declare_command->add_option("--level", device.level, "级别")->required();
    declare_command->add_option("--headcount", device.headcount, "考核人数")->required();
    auto* summarise_command = filling_act("summarise", "生成并签名学校汇总表", device_summarise);
    summarise_command->add_option("--contact", device.contact, "联络人员姓名")->required();
    summarise_command->add_option("--phone", device.phone, "电话");
    auto* sync_command = device_act("sync", "一键同步", device_sync);
    sync_command->add_option("--server", device.server, "服务器地址")->required();
    auto* status_command = device_act("status", "本机的申报与回执", device_status);
    status_command->add_option("--receipts", device.out, "把回执写入这个目录");
    auto* rescue_command =
        device_act("rescue", "接收本单位另一台设备备份文件里的草稿", device_rescue);
    rescue_command->add_option("file", device.file, "备份文件，或另一台设备的本机数据文件")->required();
    rescue_command->add_flag_callback(
        "--preview", [&] { device.apply = Apply::preview; }, "只看里面有什么，不接收");
    const auto reviewer_act = [&](const char* act, const char* help,
                                  base::Status (*run)(const DeviceReviewOptions&)) {
        auto* command = device_command->add_subcommand(act, help);
        command->add_option("--store", reviewer.store, "本机数据文件")->required();
        command->callback(
            [&reviewer, &chosen, run] { chosen = [&reviewer, run] { return run(reviewer); }; });
        return command;
    };
    const auto with_roots = [&](CLI::App* command) {
        command->add_option("filing", reviewer.roots, "申报编号，可以写几份")->required();
        return command;
    };
    auto* queue_command = reviewer_act("queue", "本单位审核的申报", device_queue);
    queue_command->add_flag("--mine", reviewer.mine, "只看等待本单位审核的");
    queue_command->add_option("--period", reviewer.period, "时段");
    queue_command->add_option("--form", reviewer.form, "哪张表，如 附件1");
    queue_command->add_option("--stage", reviewer.stage, "submitted、first_passed、returned等");
    auto* sign_command =
        with_roots(reviewer_act("decide", "审核并签名，不需要网络", device_decide));
    sign_command->add_option("--verdict", reviewer.word.verdict, "pass、return 或 reject")
        ->required();
    sign_command->add_option("--approved", reviewer.word.approved,
                             "审核通过人数，缺省为申报人数；调增申请按行用逗号隔开");
    sign_command->add_option("--reason", reviewer.word.reason, "原因");
    sign_command->add_option("--due", reviewer.word.due, "退回修改的期限");
    with_roots(reviewer_act("cancel", "撤销还没有送出的审核", device_cancel));
    with_roots(reviewer_act("history", "一份申报的经过", device_history));

    try {
        std::vector<std::string> parts = key_ids_last(argument_count, arguments);
        std::reverse(parts.begin(), parts.end()); // CLI11 takes them from the back.
        app.parse(std::move(parts));
    } catch (const CLI::ParseError& error) {
        return app.exit(error) == 0 ? 0 : 2;
    }
    const base::Status status = chosen();
    if (status) return 0;
    std::fprintf(stderr, "%s\n", std::string(base::outcome_text(status.error().outcome).sentence).c_str());
    if (!status.error().detail.empty())
        std::fprintf(stderr, "%s\n", status.error().detail.c_str());
    return status.error().outcome == base::Outcome::wrong_use ? 2 : 1;
}
