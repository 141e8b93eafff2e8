// The test bed of the widgets: every one of them, in the states it can have. Built on request only
// (target shenbao_gallery); tests/browser/platform.test.mjs drives it.
#include "client/platform/application.hpp"
#include "client/widgets/controls.hpp"
#include "client/widgets/fields.hpp"
#include "client/widgets/layout.hpp"
#include "client/widgets/words.hpp"

namespace {

using namespace widgets;

class Gallery final : public platform::Application {
public:
    void frame() override {
        const Frame frame;
        heading("部件陈列", 1);
        text_field("unit", m_unit, {.label = "学校名称", .hint = "与公章一致。", .width = 320});
        text("您输入了：" + m_unit);
        if (button("count", "按一下", primary_button)) ++m_count;
        text("按了 " + std::to_string(m_count) + " 次");
    }

private:
    std::string m_unit;
    int         m_count = 0;
};

} // namespace

std::unique_ptr<platform::Application> platform::make_application() { return std::make_unique<Gallery>(); }
