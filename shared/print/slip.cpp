#include "shared/print/slip.hpp"

#include "shared/base/text.hpp"

#include <qrcodegen.h>

#include <array>
#include <cstring>

namespace print {
namespace {

constexpr std::string_view fragment = "#code=";
constexpr int              quiet_modules = 4; // As the standard asks.
constexpr int              version_max   = 12; // 65 modules, 287 characters.

} // namespace

std::string enrolment_address(std::string_view page_address, std::string_view code) {
    return std::string(page_address) + std::string(fragment) + std::string(code);
}

std::string_view code_in_address(std::string_view address) {
    const std::size_t at = address.find('#');
    if (at == address.npos || address.substr(at, fragment.size()) != fragment) return {};
    return address.substr(at + fragment.size());
}

std::string qr_svg(std::string_view text) {
    using Buffer = std::array<std::uint8_t, qrcodegen_BUFFER_LEN_FOR_VERSION(version_max)>;
    Buffer data{}, code{};
    if (text.size() > data.size()) return {};
    std::memcpy(data.data(), text.data(), text.size());
    if (!qrcodegen_encodeBinary(data.data(), text.size(), code.data(), qrcodegen_Ecc_MEDIUM, 1,
                                version_max, qrcodegen_Mask_AUTO, true))
        return {};
    const int   size = qrcodegen_getSize(code.data());
    std::string path;
    for (int y = 0; y < size; ++y)
        for (int x = 0; x < size; ++x) {
            if (!qrcodegen_getModule(code.data(), x, y)) continue;
            int run = 1;
            while (qrcodegen_getModule(code.data(), x + run, y)) ++run;
            const std::string length = std::to_string(run);
            path += "M" + std::to_string(x) + " " + std::to_string(y) + "h" + length + "v1h-" +
                    length + "z";
            x += run;
        }
    const std::string side = std::to_string(size + 2 * quiet_modules);
    const std::string from = std::to_string(-quiet_modules);
    return "<svg viewBox=\"" + from + " " + from + " " + side + " " + side +
           "\" shape-rendering=\"crispEdges\" role=\"img\" aria-label=\"二维码\"><path d=\"" +
           path + "\"/></svg>";
}

std::string slips(const std::vector<Slip>& slips) {
    std::string html =
        "<!doctype html><html lang=\"zh-CN\"><meta charset=\"utf-8\"><title>登记码</title><style>"
        "@page{size:A4;margin:20mm}body{font:16px sans-serif;text-align:center;margin:0}"
        "section{break-after:page}h1{font-size:24px}"
        "b{display:block;font:bold 40px monospace;border:2px solid;padding:8mm}"
        "svg{width:60mm;height:60mm}</style><body>";
    for (const Slip& slip : slips) {
        html += "<section><h1>" + base::html_escaped(slip.unit_name) + "</h1><p>" +
                (slip.rehearsal ? "演练用　" : "") + "申报系统登记码</p><b>" +
                base::html_escaped(slip.code) + "</b>";
        const std::string svg =
            slip.address.empty() ? "" : qr_svg(enrolment_address(slip.address, slip.code));
        if (!slip.address.empty())
            html += "<p>在要用来填报的设备上打开 " + base::html_escaped(slip.address) +
                    " ，填入登记码。</p>" +
                    (svg.empty() ? "" : "<p>扫二维码打开时，登记码会自动填好。</p>") + svg;
        html += "<p>只能登记一台设备，" + base::clerk_date(base::date_of(slip.expires_at)) +
                "前有效。请勿转给其他单位。</p></section>";
    }
    return html + "</body></html>";
}

} // namespace print
