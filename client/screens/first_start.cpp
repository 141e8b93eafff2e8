#include "client/app.hpp"
#include "client/platform/browser.hpp"
#include "client/platform/disk.hpp"
#include "client/screens/all.hpp"
#include "client/screens/parts.hpp"
#include "client/widgets/controls.hpp"
#include "client/widgets/fields.hpp"
#include "client/widgets/layout.hpp"
#include "client/widgets/shell.hpp"
#include "client/widgets/words.hpp"
#include "shared/print/slip.hpp"

namespace {

std::string sentence_of(const base::Fault& fault) {
    if (fault.outcome == base::Outcome::offline)
        return "现在连不上服务器。登记需要网络，请检查网络后再试。";
    return std::string(base::outcome_text(fault.outcome).sentence);
}

void draw_enrolment(App& app) {
    std::string& code = app.memory("first_start/code");
    // A slip's QR code leads here with the code. Read once: what is typed over it stays.
    if (std::string& seen = app.memory("first_start/seen"); seen.empty()) {
        seen = "1";
        code = print::code_in_address(platform::address());
    }
    std::string& name = app.memory("first_start/name");
    Courier&     courier = app.courier();
    const widgets::Card card("enrolment", {.title = "登记本机"});
    widgets::text("第一次使用时，用主管部门发给本单位的登记码登记一次。登记后，没有网络也能填写。");
    widgets::gap(8);
    const std::string wrong =
        courier.enrolment_fault() ? sentence_of(*courier.enrolment_fault()) : std::string();
    const auto  typed_code = widgets::text_field(
        "code", code,
        {.label = "登记码",
         .hint = "12位字母和数字，不分大小写，每个码只能用一次。",
         .error = wrong,
         .placeholder = "XXXX-XXXX-XXXX",
         .need = widgets::Need::required,
         .max_length = 40,
         .takes_focus = true});
    const auto typed_name = widgets::text_field("name", name,
                                                {.label = "本机名称",
                                                 .hint = "便于区分同一单位的几台电脑。",
                                                 .placeholder = "例如：教务处一号机",
                                                 .need = widgets::Need::required,
                                                 .max_length = 60});
    widgets::gap(8);
    const std::string_view off = courier.enrolling()                 ? "正在登记"
                                 : code.empty() || name.empty() ? "请先填写登记码和本机名称"
                                                                : "";
    const bool pressed = widgets::button("enrol", courier.enrolling() ? "正在登记…" : "登记",
                                         {.kind = widgets::ButtonKind::primary,
                                          .size = widgets::ButtonSize::large,
                                          .width = widgets::Width::fill,
                                          .off_because = off});
    if (pressed || ((typed_code.entered || typed_name.entered) && off.empty())) {
        platform::disk::ask_to_persist();
        courier.enrol(code, name);
    }
}

} // namespace

void draw_first_start(App& app) {
    const widgets::Frame frame;
    const widgets::LonePage page("first_start", "登记", 480);
    {
        widgets::heading("申报", 1);
        widgets::text("1+X证书申报：离线填写，一键同步", {.colour = widgets::colour::second_ground});
        widgets::gap(16);
        draw_enrolment(app);
        widgets::gap(16);
        widgets::text("以前在别的电脑或浏览器里填写过？可以用当时保存的备份文件接着填写。",
                      {.size = widgets::type_size::small,
                       .colour = widgets::colour::second_ground});
        draw_restore(app);
        widgets::text("原来的设备已停用的，请用新的登记码登记，再到“设置与备份”接收它的草稿。",
                      {.size = widgets::type_size::small,
                       .colour = widgets::colour::second_ground});
        widgets::gap(16);
        widgets::text("填写的内容保存在这台电脑的浏览器里。请使用固定的电脑和浏览器，不要使用无痕模式。",
                      {.size = widgets::type_size::small,
                       .colour = widgets::colour::second_ground});
    }
}
